package org.lines4j.spark;

import java.util.Map;
import org.lines4j.error.Version;
import org.lines4j.files.Digests;
import org.lines4j.format.Checkpoint;
import org.lines4j.format.Shard;
import org.lines4j.plan.Plan;
import org.lines4j.plan.PlannedPass;
import org.lines4j.plan.TensorPlan;

/// What tells plans apart: those that have the same do the same with the same files, as far as can
/// be told without reading tensors.
final class PlanDigest {
  private PlanDigest() {}

  static String of(Plan plan) {
    StringBuilder text = new StringBuilder(Version.current()).append('\n');
    for (TensorPlan tensor : plan.tensors()) {
      text.append(tensor.info())
          .append(tensor.storedAs())
          .append(tensor.sourceStoredAs())
          .append(tensor.lambda())
          .append(tensor.isCopied())
          .append('\n');
    }
    for (PlannedPass pass : plan.passes()) {
      text.append(pass.kind()).append(pass.bytesToRead()).append('\n');
    }
    for (Map.Entry<String, Checkpoint> input : plan.inputs().entrySet()) {
      text.append(input.getKey()).append('\n');
      for (Shard shard : input.getValue().shards()) {
        text.append(shard.location().name()).append(' ').append(shard.file().size()).append('\n');
      }
    }
    text.append(plan.files()).append(' ').append(plan.bytesToWrite());
    return Digests.sha256(text.toString());
  }
}

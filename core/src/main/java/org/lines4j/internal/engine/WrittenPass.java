package org.lines4j.internal.engine;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.lines4j.internal.work.Facts;
import org.lines4j.internal.work.OutputShard;
import org.lines4j.internal.work.PlannedRun;
import org.lines4j.internal.work.PlannedTensor;
import org.lines4j.internal.work.Work;
import org.lines4j.method.TensorMerge;
import org.lines4j.plan.PlannedPass.Kind;
import org.lines4j.run.Pass;
import org.lines4j.storage.Sink;
import org.lines4j.storage.Sinks;

/// Passes as data: what kind of pass it is, what was measured until then, and what it is to count.
/// All else follows from the plan, which is the same wherever it is made.
public final class WrittenPass {
  private WrittenPass() {}

  /// Begins to write a pass.
  ///
  /// @param facts that its plan knows
  static void write(Kind kind, Facts facts, DataOutput out) throws IOException {
    out.writeUTF(kind.name());
    facts.writeTo(out);
  }

  /// A pass that another JVM has written.
  ///
  /// @param plan as it was planned, with nothing measured yet
  public static Pass<?> read(PlannedRun plan, DataInput in, Sinks sinks) throws IOException {
    Kind kind = Kind.valueOf(in.readUTF());
    Facts facts = Facts.readFrom(in);
    PlannedRun informed = plan.knowing(facts, 0);
    return switch (kind) {
      case SAMPLE, MAGNITUDES -> Magnitudes.read(kind, wholeModels(informed.tensors()), in);
      case MODELS -> WholeModels.read(measuredModels(informed.tensors()), in);
      case NORMS -> Norms.pass(merges(informed.tensors()), facts);
      case WRITE -> {
        List<Sink> files = new ArrayList<>();
        for (OutputShard shard : informed.shards()) {
          files.add(sinks.open(shard.fileName(), shard.size()));
        }
        yield WritePass.all(informed.shards(), facts, files, in.readInt());
      }
      case TENSORS ->
          throw new IllegalArgumentException("tensors are measured by whoever merges them");
    };
  }

  /// The tensors that are merged.
  static List<Work.Merge> merges(List<PlannedTensor> tensors) {
    return tensors.stream()
        .map(PlannedTensor::work)
        .filter(Work.Merge.class::isInstance)
        .map(Work.Merge.class::cast)
        .toList();
  }

  /// The tensors that are merged once whole models were measured.
  static List<Work.Merge> wholeModels(List<PlannedTensor> tensors) {
    return merges(tensors).stream()
        .filter(work -> work.merge() instanceof TensorMerge.WholeModel)
        .toList();
  }

  /// The tensors whose method must know something else of whole models.
  static List<Work.Merge> measuredModels(List<PlannedTensor> tensors) {
    return merges(tensors).stream()
        .filter(work -> work.merge() instanceof TensorMerge.MeasuredModel)
        .toList();
  }
}

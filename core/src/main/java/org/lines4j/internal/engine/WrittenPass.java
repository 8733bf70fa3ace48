package org.lines4j.internal.engine;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.List;
import org.lines4j.internal.work.Facts;
import org.lines4j.internal.work.Lineage;
import org.lines4j.internal.work.PlannedRun;
import org.lines4j.internal.work.PlannedTensor;
import org.lines4j.internal.work.Work;
import org.lines4j.method.TensorMerge;
import org.lines4j.plan.PlannedPass.Kind;
import org.lines4j.plan.SharedPass;

/// Passes as data: what kind of pass it is, what was measured until then, and what it is to count.
/// All else follows from the plan, which is the same wherever it is made.
public final class WrittenPass {
  /// The kind of the pass that hashes the inputs, which no plan lists.
  private static final String HASH = "HASH";

  private WrittenPass() {}

  /// Begins to write a pass.
  ///
  /// @param facts that its plan knows
  static void write(Kind kind, Facts facts, DataOutput out) throws IOException {
    out.writeUTF(kind.name());
    facts.writeTo(out);
  }

  /// Begins to write the pass that hashes the inputs.
  static void writeHash(DataOutput out) throws IOException {
    out.writeUTF(HASH);
  }

  /// A pass that another JVM has written.
  ///
  /// @param plan as it was planned, with nothing measured yet
  public static SharedPass<?> read(PlannedRun plan, DataInput in) throws IOException {
    String name = in.readUTF();
    if (name.equals(HASH)) {
      return new SharedPass<>(HashPass.read(Lineage.originals(plan), in), List.of());
    }
    Kind kind = Kind.valueOf(name);
    Facts facts = Facts.readFrom(in);
    PlannedRun informed = plan.knowing(facts, 0);
    return switch (kind) {
      case SAMPLE, MAGNITUDES ->
          new SharedPass<>(Magnitudes.read(kind, wholeModels(informed.tensors()), in), List.of());
      case MODELS -> WholeModels.read(measuredModels(informed.tensors()), in);
      case NORMS -> new SharedPass<>(Norms.pass(merges(informed.tensors()), facts), List.of());
      case WRITE -> WritePass.read(informed.shards(), facts, in);
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

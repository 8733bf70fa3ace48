package org.lines4j.numbers;

import java.io.IOException;
import java.nio.file.Path;
import java.util.function.UnaryOperator;
import org.lines4j.Edit;
import org.lines4j.format.Checkpoint;
import org.lines4j.internal.work.PlannedRun;
import org.lines4j.internal.work.PlannedTensor;
import org.lines4j.plan.Plan;

/// Plans and runs edits of small models in a folder.
final class Planning {
  private static final float BASE = 0;
  private static final float TUNED = 1;

  private final Path folder;

  Planning(Path folder) {
    this.folder = folder;
  }

  /// Plans an edit; the plan can be looked at, not run.
  Plan plan(ModelFile base, ModelFile tuned, UnaryOperator<Edit> options) throws IOException {
    try (Checkpoint from = Checkpoint.open(base.write(folder.resolve("base.safetensors")));
        Checkpoint to = Checkpoint.open(tuned.write(folder.resolve("tuned.safetensors")))) {
      return options.apply(Edit.of(from, to)).plan(folder.resolve("out.safetensors"));
    }
  }

  /// Runs an edit and opens its result.
  Checkpoint run(ModelFile base, ModelFile tuned, UnaryOperator<Edit> options) throws IOException {
    Path out = folder.resolve("out.safetensors");
    try (Checkpoint from = Checkpoint.open(base.write(folder.resolve("base.safetensors")));
        Checkpoint to = Checkpoint.open(tuned.write(folder.resolve("tuned.safetensors")))) {
      options.apply(Edit.of(from, to)).withForce().plan(out).run();
    }
    return Checkpoint.open(out);
  }

  /// A model of tensors with two elements each, all zero: as base, λ becomes visible in the output.
  static ModelFile base(String... names) {
    return filled(BASE, names);
  }

  /// The same model, fine-tuned to ones.
  static ModelFile tuned(String... names) {
    return filled(TUNED, names);
  }

  private static ModelFile filled(float value, String... names) {
    ModelFile file = new ModelFile();
    for (String name : names) {
      file.filled(name, value, 2);
    }
    return file;
  }

  /// A tensor of a plan.
  static PlannedTensor tensor(Plan plan, String name) {
    return PlannedRun.of(plan).tensors().stream()
        .filter(t -> t.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  /// λ of a tensor; NaN if it has none.
  static double lambda(Plan plan, String name) {
    return tensor(plan, name).lambda().orElse(Double.NaN);
  }

  /// The values of a tensor.
  static float[] values(Checkpoint checkpoint, String name) throws IOException {
    return ReferenceEdit.floats(checkpoint, checkpoint.find(name).orElseThrow());
  }
}

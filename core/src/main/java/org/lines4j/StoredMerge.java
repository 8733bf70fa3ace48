package org.lines4j;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.lines4j.format.Checkpoint;
import org.lines4j.format.Formats;
import org.lines4j.internal.engine.StreamEngine;
import org.lines4j.internal.work.OutputShard;
import org.lines4j.internal.work.PlannedRun;
import org.lines4j.internal.work.PlannedTensor;
import org.lines4j.internal.work.Source;
import org.lines4j.internal.work.Survey;
import org.lines4j.internal.work.Work;
import org.lines4j.method.TensorMerge;
import org.lines4j.plan.Plan;
import org.lines4j.plan.RunOptions;
import org.lines4j.storage.Draft;
import org.lines4j.storage.Location;
import org.lines4j.storage.Storages;
import org.lines4j.tensor.DType;
import org.lines4j.tensor.TensorInfo;

/// What a merge method made of the models, kept in a file in float32, so that outputs which differ
/// in λ alone need not compute it again: each then costs a read of the base and of this, and a
/// write.
///
/// The bytes of such outputs are those that their own plans would write.
///
/// ```java
/// try (StoredMerge stored = StoredMerge.compute(plan, file, options)) {
///   stored.applyTo(planWithOtherLambda).run();
/// }
/// ```
public final class StoredMerge implements Closeable {
  private final Checkpoint values;
  private final OptionalDouble alpha;

  private StoredMerge(Checkpoint values, OptionalDouble alpha) {
    this.values = values;
    this.alpha = alpha;
  }

  /// Whether this can be done for `plan`: something is merged at all, and the inputs are not
  /// rounded to another type first, which would round what is stored, too.
  public static boolean isPossible(Plan plan) {
    List<Work.Merge> merges =
        PlannedRun.of(plan).tensors().stream().flatMap(t -> merge(t).stream()).toList();
    return !merges.isEmpty()
        && merges.stream().allMatch(work -> work.base().isPresent() && isBaseKept(work));
  }

  private static boolean isBaseKept(Work.Merge work) {
    DType type = work.computeType().orElse(DType.F32);
    return type == DType.F32 || type == work.base().orElseThrow().dtype();
  }

  /// The bytes that it takes for `plan`.
  public static long byteSize(Plan plan) {
    return shard(PlannedRun.of(plan).tensors(), "").size();
  }

  /// Computes what `plan` merges, and measures what it needs for that; its λ do not matter, but for
  /// tensors that they make mere copies.
  ///
  /// @param file to make
  /// @throws IllegalArgumentException unless it [#isPossible]
  public static StoredMerge compute(Plan plan, Path file, RunOptions options) throws IOException {
    if (!isPossible(plan)) {
      throw new IllegalArgumentException("nothing to store of " + plan.out());
    }
    PlannedRun measured = PlannedRun.of(plan.measure(options));
    OutputShard shard = shard(measured.tensors(), String.valueOf(file.getFileName()));
    Location place = Location.of(file);
    try (Draft draft = Storages.of(place).draft(place, false)) {
      StreamEngine.Written _ = StreamEngine.write(List.of(shard), draft::create, options);
      draft.publish();
    }
    return new StoredMerge(Checkpoint.open(file), measured.alpha());
  }

  private static OutputShard shard(List<PlannedTensor> tensors, String file) {
    List<PlannedTensor> stored = new ArrayList<>();
    for (PlannedTensor tensor : tensors) {
      merge(tensor)
          .ifPresent(
              work -> {
                TensorInfo info = new TensorInfo(tensor.name(), DType.F32, tensor.info().shape());
                stored.add(new PlannedTensor(info, tensor.place(), OptionalDouble.empty(), work));
              });
    }
    return new OutputShard(file, Formats.ofFolder(), Map.of(), stored);
  }

  private static Optional<Work.Merge> merge(PlannedTensor tensor) {
    return tensor.work() instanceof Work.Merge work ? Optional.of(work) : Optional.empty();
  }

  /// α, where the plan said `auto`.
  public OptionalDouble alpha() {
    return alpha;
  }

  /// A plan, which merges the same models in the same way, with what is stored in place of the
  /// computation. This must stay open until it has run.
  ///
  /// @throws IllegalArgumentException if its α is still to be measured, or it has other tensors
  public Plan applyTo(Plan asked) {
    PlannedRun plan = PlannedRun.of(asked);
    if (plan.survey().flatMap(Survey::auto).isPresent()) {
      throw new IllegalArgumentException("α of " + plan.out() + " is not known");
    }
    Map<String, PlannedTensor> changed = new HashMap<>();
    plan.tensors().forEach(tensor -> changed.put(tensor.name(), stored(tensor)));
    List<PlannedTensor> tensors =
        plan.tensors().stream().map(t -> changed.getOrDefault(t.name(), t)).toList();
    List<OutputShard> shards =
        plan.shards().stream()
            .map(shard -> shard.with(t -> changed.getOrDefault(t.name(), t)))
            .toList();
    Survey nothing = Survey.of(List.of(), Optional.empty());
    return plan.withSurvey(shards, tensors, plan.settings(), nothing);
  }

  private PlannedTensor stored(PlannedTensor tensor) {
    return merge(tensor).map(work -> tensor.with(reading(tensor, work))).orElse(tensor);
  }

  private Work reading(PlannedTensor tensor, Work.Merge work) {
    String name = tensor.name();
    Optional<Source> base = work.storedBase();
    if (base.isPresent() && tensor.isWithoutUpdate()) {
      return new Work.Copy(base.get());
    }
    Source source =
        values
            .find(name)
            .map(found -> new Source(values, found))
            .orElseThrow(() -> new IllegalArgumentException("not stored: tensor " + name));
    TensorMerge asItIs = new AsStored(work.merge().givesTaskVector());
    return new Work.Merge(name, work.base(), List.of(source), asItIs, Optional.empty());
  }

  @Override
  public void close() throws IOException {
    values.close();
  }

  private record AsStored(boolean givesTaskVector) implements TensorMerge.Elementwise {
    @Override
    public void merge(long first, float[] base, float[][] models, float[] out, int count) {
      System.arraycopy(models[0], 0, out, 0, count);
    }
  }
}

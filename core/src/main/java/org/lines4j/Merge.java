package org.lines4j;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.lines4j.error.InputException;
import org.lines4j.error.MethodException;
import org.lines4j.error.RequestException;
import org.lines4j.internal.kernel.KernelChoice;
import org.lines4j.internal.planner.AdapterMergePlanner;
import org.lines4j.internal.planner.MergePlanner;
import org.lines4j.internal.posix.Posix;
import org.lines4j.layers.LayerOptions;
import org.lines4j.lowrank.RankChoice;
import org.lines4j.merge.ResolvedMerge;
import org.lines4j.plan.Plan;
import org.lines4j.plan.RunOptions;
import org.lines4j.storage.Location;

/// What is wanted of a merge: many models made one, as a recipe says.
///
/// ```java
/// Plan plan = Merge.of(resolved).withSeed(7).plan(Path.of("out"));
/// RunResult result = plan.run();
/// ```
///
/// @param recipe with its models opened; they must stay so until the plan has run
/// @param seed of random methods
/// @param layers how tensors are assigned to layers
/// @param shardSize the most bytes of tensors in one file; empty for files as the base (or first
///   model) has them
/// @param stackless whether a model without any stack is all outside, not an error
/// @param force whether an output that exists is replaced
/// @param isStage whether what it makes is only a model of another merge: it gets no model card
public record Merge(
    ResolvedMerge recipe,
    long seed,
    LayerOptions layers,
    OptionalLong shardSize,
    boolean stackless,
    boolean force,
    boolean isStage) {

  /// Begins what the first merge would otherwise wait for. Worth a call at the start of a program
  /// that will merge soon, on a thread of its own, as it takes some hundredths of a second; nothing
  /// depends on it.
  public static void prepare() {
    KernelChoice.prepareSums();
    Posix.prepare();
  }

  /// Everything as safe as it can be; seed 0.
  public static Merge of(ResolvedMerge recipe) {
    return new Merge(recipe, 0, LayerOptions.defaults(), OptionalLong.empty(), false, false, false);
  }

  /// This merge with another seed.
  public Merge withSeed(long number) {
    return with(parts -> parts.seed = number);
  }

  /// This merge with another assignment of tensors to layers.
  public Merge withLayers(LayerOptions options) {
    return with(parts -> parts.layers = options);
  }

  /// This merge with output files of at most `bytes` of tensors each, or one tensor.
  public Merge withShardSize(long bytes) {
    return with(parts -> parts.shardSize = OptionalLong.of(bytes));
  }

  /// This merge, taking every tensor for outside where no stack is found.
  public Merge withStackless() {
    return with(parts -> parts.stackless = true);
  }

  /// This merge, allowed to replace an output that exists.
  public Merge withForce() {
    return with(parts -> parts.force = true);
  }

  /// This merge, whose output is only a model of another merge.
  public Merge asStage() {
    return with(parts -> parts.isStage = true);
  }

  private Merge with(Consumer<Parts> change) {
    Parts parts = new Parts(this);
    change.accept(parts);
    return parts.merge();
  }

  /// A merge while one of its parts is changed.
  private static final class Parts {
    private final ResolvedMerge recipe;
    private long seed;
    private LayerOptions layers;
    private OptionalLong shardSize;
    private boolean stackless;
    private boolean force;
    private boolean isStage;

    Parts(Merge merge) {
      recipe = merge.recipe;
      seed = merge.seed;
      layers = merge.layers;
      shardSize = merge.shardSize;
      stackless = merge.stackless;
      force = merge.force;
      isStage = merge.isStage;
    }

    Merge merge() {
      return new Merge(recipe, seed, layers, shardSize, stackless, force, isStage);
    }
  }

  /// Checks everything that can be checked before the first byte is written, and decides what will
  /// be.
  ///
  /// @param out a `.safetensors` or `.pt` file, or a folder to make
  /// @throws InputException if the models do not fit together, or `lines:` finds no layers
  /// @throws RequestException if the output may not go there, or a parameter is out of range
  /// @throws MethodException if the merge method fails
  /// @throws IOException if reading fails, or the disk has no room
  public Plan plan(Path out) throws IOException {
    return plan(Location.of(out));
  }

  /// The same, wherever the output goes.
  public Plan plan(Location out) throws IOException {
    return MergePlanner.plan(this, out);
  }

  /// Plans an adapter in place of a model, of a recipe whose models are all adapters on one base:
  /// their factors side by side, each times what the recipe makes it count for; of a method that
  /// sums no whole updates, the products nearest to what it makes of them.
  ///
  /// @param out a folder to make
  /// @param rank how many directions each module may have; empty for all, which loses nothing where
  ///   the method sums whole updates, and is refused where it does not
  /// @throws InputException if a model is no adapter, or changes the base by what no adapter joins
  /// @throws RequestException if a rank is needed, or the output may not go there
  /// @throws MethodException if the merge method fails
  /// @throws IOException if reading fails, or the disk has no room
  public AdapterPlan planAdapter(Location out, Optional<RankChoice> rank) throws IOException {
    return planAdapter(out, rank, RunOptions.defaults());
  }

  /// The same, by so many threads, telling how it goes on.
  public AdapterPlan planAdapter(Location out, Optional<RankChoice> rank, RunOptions options)
      throws IOException {
    return AdapterMergePlanner.plan(this, out, rank, options);
  }
}

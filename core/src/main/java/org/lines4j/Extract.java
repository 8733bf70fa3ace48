package org.lines4j;

import java.io.IOException;
import java.nio.file.Path;
import org.lines4j.error.InputException;
import org.lines4j.error.RequestException;
import org.lines4j.format.Checkpoint;
import org.lines4j.internal.planner.ExtractPlanner;
import org.lines4j.layers.LayerOptions;
import org.lines4j.lowrank.RankChoice;
import org.lines4j.plan.RunOptions;
import org.lines4j.storage.Location;

/// What is wanted of an adapter that says what a fine-tuning did: of each matrix that it changed
/// the strongest directions of the change, as factors; everything else that it changed, whole.
///
/// ```java
/// try (AdapterPlan plan = Extract.of(base, tuned, new RankChoice.Most(16)).plan(out)) {
///   plan.plan().run();
/// }
/// ```
///
/// @param base the pre-trained model
/// @param tuned the fine-tuned one
/// @param rank how many directions each matrix gets
/// @param layers how tensors are assigned to layers
/// @param force whether an output that exists is replaced
public record Extract(
    Checkpoint base, Checkpoint tuned, RankChoice rank, LayerOptions layers, boolean force) {
  /// Everything as safe as it can be.
  public static Extract of(Checkpoint base, Checkpoint tuned, RankChoice rank) {
    return new Extract(base, tuned, rank, LayerOptions.defaults(), false);
  }

  /// This extraction with another assignment of tensors to layers.
  public Extract withLayers(LayerOptions options) {
    return new Extract(base, tuned, rank, options, force);
  }

  /// This extraction, allowed to replace an output that exists.
  public Extract withForce() {
    return new Extract(base, tuned, rank, layers, true);
  }

  /// Checks everything that can be checked, then finds the factors, one matrix at a time: this
  /// takes as long as it takes to read both models and decompose their differences.
  ///
  /// @param out a folder to make
  /// @throws InputException if the models do not fit together, or nothing changed
  /// @throws RequestException if the output may not go there, or there is no linear algebra
  /// @throws IOException if reading fails, or the disk has no room
  public AdapterPlan plan(Path out) throws IOException {
    return plan(Location.of(out));
  }

  /// The same, wherever the output goes.
  public AdapterPlan plan(Location out) throws IOException {
    return plan(out, RunOptions.defaults());
  }

  /// The same, by so many threads, telling how it goes on.
  public AdapterPlan plan(Location out, RunOptions options) throws IOException {
    return ExtractPlanner.plan(this, out, options);
  }
}

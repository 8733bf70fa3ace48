package org.lines4j.plan;

import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.lines4j.error.RequestException;
import org.lines4j.format.Checkpoint;
import org.lines4j.layers.Stack;
import org.lines4j.storage.ByteSource;
import org.lines4j.storage.Location;

/// A run that has passed every check and only needs carrying out: [org.lines4j.Edit],
/// [org.lines4j.Merge] and [org.lines4j.Convert] make them.
///
/// It refers to its inputs, which must stay open until it has run.
public interface Plan {
  /// The file, whose name ends as those of its format do, or folder to make.
  Location out();

  /// Every output tensor, in the inputs' order.
  List<? extends TensorPlan> tensors();

  /// The stacks that the layers belong to.
  List<Stack> stacks();

  /// The models that are read, by role (such as `base` and `tuned`) or by the recipe's name for
  /// them.
  Map<String, Checkpoint> inputs();

  /// The model whose other files go along; empty where OUT is a file or no input is a folder.
  Optional<Checkpoint> sidecarsFrom();

  /// What was asked for, as the model card tells it.
  Map<String, String> settings();

  /// What a user should know before it runs.
  List<String> notices();

  /// How many files of tensors it writes.
  int files();

  /// α, where it was measured; see [#measure].
  OptionalDouble alpha();

  /// The times that the inputs are read: those that measure something, then the one that writes the
  /// output.
  List<PlannedPass> passes();

  /// The bytes of tensors that a run reads, over all of its passes.
  long bytesToRead();

  /// The bytes that a run brings here first, of inputs that lie far away and can be kept
  /// ([RunOptions#fetching]).
  default long bytesToFetch() {
    return Checkpoint.files(inputs().values()).stream().mapToLong(ByteSource::toFetch).sum();
  }

  /// The bytes of model files that a run writes.
  long bytesToWrite();

  /// Measures what must be known of whole models before the first tensor can be written, such as
  /// thresholds and α, so that every λ is known.
  ///
  /// @return this plan where there is nothing to measure
  /// @throws IOException if reading fails
  default Plan measure(RunOptions options) throws IOException {
    PlanRunner runner = PlanRunner.local();
    return runner.measure(this, options, runner.threads(options));
  }

  /// Carries the plan out with the defaults.
  default RunResult run() throws IOException {
    return run(RunOptions.defaults());
  }

  /// Makes the output beside its destination and moves it into place when it is complete and
  /// synced. The same plan gives the same bytes, whatever the options.
  ///
  /// @throws IOException if reading or writing fails, or an input is no longer what it was when it
  ///   was opened; nothing is left behind then
  /// @throws org.lines4j.error.MethodException if a merge method fails
  /// @throws RequestException if another run is writing the same output, or something has come
  ///   there that this plan may not replace
  default RunResult run(RunOptions options) throws IOException {
    PlanRunner runner = PlanRunner.local();
    return runner.run(this, options, runner.threads(options));
  }

  /// Checks that there is room for several outputs on one disk, of which each by itself has been
  /// checked when it was planned.
  ///
  /// @throws IOException if there is not
  static void checkRoom(Collection<Plan> plans) throws IOException {
    PlanRunner.local().checkRoom(plans);
  }
}

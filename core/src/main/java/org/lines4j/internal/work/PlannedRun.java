package org.lines4j.plan;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToLongFunction;
import java.util.function.UnaryOperator;
import org.lines4j.error.RequestException;
import org.lines4j.format.Checkpoint;
import org.lines4j.layers.Stack;
import org.lines4j.plan.Survey.AutoAlpha;
import org.lines4j.storage.Location;

/// A run that has passed every check and only needs carrying out.
///
/// It refers to its inputs, which must stay open until it has run.
///
/// @param out the file, whose name ends as those of its format do, or folder to make
/// @param shards the files of the output
/// @param tensors every output tensor, in the inputs' order
/// @param stacks that the layers belong to
/// @param inputs by role, such as `base` and `tuned`
/// @param settings what was asked for, for the model card
/// @param notices what a user should know before it runs
/// @param sidecarsFrom the model whose other files go along; empty where OUT is a file or no input
///   is a folder
/// @param sidecarChanges what must change in those files
/// @param force whether an output that exists is replaced
/// @param description what the run does, in a sentence that ends with its equation, for the card
/// @param survey what is measured over whole models before the first tensor is written, where
///   something is
public record Plan(
    Location out,
    List<OutputShard> shards,
    List<PlannedTensor> tensors,
    List<Stack> stacks,
    Map<String, Checkpoint> inputs,
    Map<String, String> settings,
    List<String> notices,
    Optional<Checkpoint> sidecarsFrom,
    SidecarChanges sidecarChanges,
    boolean force,
    String description,
    Optional<Survey> survey) {
  /// Copies its collections.
  public Plan {
    shards = List.copyOf(shards);
    tensors = List.copyOf(tensors);
    stacks = List.copyOf(stacks);
    inputs = Collections.unmodifiableMap(new LinkedHashMap<>(inputs));
    settings = Collections.unmodifiableMap(new LinkedHashMap<>(settings));
    notices = List.copyOf(notices);
  }

  /// The bytes of tensors that a run reads, over all of its passes.
  public long bytesToRead() {
    return passes().stream().mapToLong(PlannedPass::bytesToRead).sum();
  }

  /// The times that the inputs are read: those of the survey, then the one that writes the output.
  public List<PlannedPass> passes() {
    List<PlannedPass> passes = new ArrayList<>(survey.map(Survey::passes).orElse(List.of()));
    boolean measured = passes.stream().anyMatch(pass -> pass.kind() == PlannedPass.Kind.TENSORS);
    ToLongFunction<PlannedTensor> bytes =
        measured ? PlannedTensor::inputBytes : PlannedTensor::bytesToRead;
    passes.add(
        new PlannedPass(PlannedPass.Kind.WRITE, tensors.stream().mapToLong(bytes).sum(), memory()));
    return List.copyOf(passes);
  }

  /// The most memory that one thread needs to write the output, in bytes.
  private long memory() {
    return tensors.stream().mapToLong(tensor -> tensor.work().memory()).max().orElse(0);
  }

  /// Carries out the survey, so that every λ is known.
  ///
  /// @return this plan where there is nothing to measure
  /// @throws IOException if reading fails
  public Plan settle(RunOptions options) throws IOException {
    PlanRunner runner = PlanRunner.local();
    return runner.settle(this, options, runner.threads(options));
  }

  /// This plan after its survey, by whomever it was carried out.
  ///
  /// @param bytesRead of tensors, to know them
  /// @throws org.lines4j.error.MethodException if a merge method fails
  public Plan settled(Facts facts, long bytesRead) {
    Optional<AutoAlpha> auto = survey.flatMap(Survey::auto);
    Plan changed = with(tensor -> facts.applyTo(tensor, auto));
    Map<String, String> measured = new LinkedHashMap<>(settings);
    facts.alpha().ifPresent(alpha -> measured.put("α measured", String.valueOf(alpha)));
    Survey done = new Survey(List.of(), Optional.empty(), facts, bytesRead);
    return settled(changed.shards, changed.tensors, measured, done);
  }

  /// This plan with its tensors made in another way.
  public Plan with(UnaryOperator<PlannedTensor> change) {
    Map<String, PlannedTensor> changed = new HashMap<>();
    tensors.forEach(tensor -> changed.put(tensor.name(), change.apply(tensor)));
    UnaryOperator<PlannedTensor> find = tensor -> changed.getOrDefault(tensor.name(), tensor);
    return new Plan(
        out,
        shards.stream().map(shard -> shard.with(find)).toList(),
        tensors.stream().map(find).toList(),
        stacks,
        inputs,
        settings,
        notices,
        sidecarsFrom,
        sidecarChanges,
        force,
        description,
        survey);
  }

  /// This plan after its survey.
  public Plan settled(
      List<OutputShard> newShards,
      List<PlannedTensor> newTensors,
      Map<String, String> newSettings,
      Survey newSurvey) {
    return new Plan(
        out,
        newShards,
        newTensors,
        stacks,
        inputs,
        newSettings,
        notices,
        sidecarsFrom,
        sidecarChanges,
        force,
        description,
        Optional.of(newSurvey));
  }

  /// The bytes of model files that a run writes.
  public long bytesToWrite() {
    return shards.stream().mapToLong(OutputShard::size).sum();
  }

  /// Checks that there is room for several outputs on one disk, of which each by itself has been
  /// checked when it was planned.
  ///
  /// @throws IOException if there is not
  public static void checkRoom(Collection<Plan> plans) throws IOException {
    PlanRunner.local().checkRoom(plans);
  }

  /// Carries the plan out with the defaults.
  public RunResult run() throws IOException {
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
  public RunResult run(RunOptions options) throws IOException {
    PlanRunner runner = PlanRunner.local();
    return runner.run(this, options, runner.threads(options));
  }
}

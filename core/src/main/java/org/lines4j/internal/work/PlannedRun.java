package org.lines4j.internal.work;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.ToLongFunction;
import java.util.function.UnaryOperator;
import org.lines4j.format.Checkpoint;
import org.lines4j.internal.work.Survey.AutoAlpha;
import org.lines4j.layers.Stack;
import org.lines4j.plan.Plan;
import org.lines4j.plan.PlannedPass;
import org.lines4j.storage.Location;

/// A plan with all that the engine needs to carry it out.
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
/// @param lineage which of the inputs earlier stages make
public record PlannedRun(
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
    Optional<Survey> survey,
    Lineage lineage)
    implements Plan {
  /// A plan that no stage comes before.
  public PlannedRun(
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
    this(
        out,
        shards,
        tensors,
        stacks,
        inputs,
        settings,
        notices,
        sidecarsFrom,
        sidecarChanges,
        force,
        description,
        survey,
        Lineage.NONE);
  }

  /// Copies its collections.
  public PlannedRun {
    shards = List.copyOf(shards);
    tensors = List.copyOf(tensors);
    stacks = List.copyOf(stacks);
    inputs = Collections.unmodifiableMap(new LinkedHashMap<>(inputs));
    settings = Collections.unmodifiableMap(new LinkedHashMap<>(settings));
    notices = List.copyOf(notices);
  }

  @Override
  public long bytesToRead() {
    return passes().stream().mapToLong(PlannedPass::bytesToRead).sum();
  }

  @Override
  public List<PlannedPass> passes() {
    List<PlannedPass> passes = new ArrayList<>(survey.map(Survey::passes).orElse(List.of()));
    boolean measured = passes.stream().anyMatch(pass -> pass.kind() == PlannedPass.Kind.TENSORS);
    ToLongFunction<PlannedTensor> bytes =
        measured ? PlannedTensor::inputBytes : PlannedTensor::bytesToRead;
    passes.add(
        new PlannedPass(PlannedPass.Kind.WRITE, tensors.stream().mapToLong(bytes).sum(), memory()));
    return List.copyOf(passes);
  }

  @Override
  public int files() {
    return shards.size();
  }

  @Override
  public OptionalDouble alpha() {
    return survey.map(Survey::alpha).orElse(OptionalDouble.empty());
  }

  /// A plan as the engine needs it.
  ///
  /// @throws IllegalArgumentException for one that this library has not made
  public static PlannedRun of(Plan plan) {
    if (plan instanceof PlannedRun run) {
      return run;
    }
    throw new IllegalArgumentException("not a plan of this library: " + plan.getClass().getName());
  }

  /// The most memory that one thread needs to write the output, in bytes.
  private long memory() {
    return tensors.stream().mapToLong(tensor -> tensor.work().memory()).max().orElse(0);
  }

  /// This plan after its survey, by whomever it was carried out.
  ///
  /// @param bytesRead of tensors, to know them
  /// @throws org.lines4j.error.MethodException if a merge method fails
  public PlannedRun knowing(Facts facts, long bytesRead) {
    Optional<AutoAlpha> auto = survey.flatMap(Survey::auto);
    PlannedRun changed = with(tensor -> facts.applyTo(tensor, auto));
    Map<String, String> measured = new LinkedHashMap<>(settings);
    facts.alpha().ifPresent(alpha -> measured.put("α measured", String.valueOf(alpha)));
    Survey done = new Survey(List.of(), Optional.empty(), facts, bytesRead);
    return withSurvey(changed.shards, changed.tensors, measured, done);
  }

  /// This plan with its tensors made in another way.
  public PlannedRun with(UnaryOperator<PlannedTensor> change) {
    Map<String, PlannedTensor> changed = new HashMap<>();
    tensors.forEach(tensor -> changed.put(tensor.name(), change.apply(tensor)));
    UnaryOperator<PlannedTensor> find = tensor -> changed.getOrDefault(tensor.name(), tensor);
    return with(
        out,
        shards.stream().map(shard -> shard.with(find)).toList(),
        tensors.stream().map(find).toList(),
        settings,
        survey);
  }

  /// This plan with its survey carried out.
  public PlannedRun withSurvey(
      List<OutputShard> newShards,
      List<PlannedTensor> newTensors,
      Map<String, String> newSettings,
      Survey newSurvey) {
    return with(out, newShards, newTensors, newSettings, Optional.of(newSurvey));
  }

  /// This plan with its output elsewhere.
  public PlannedRun at(Location place) {
    return with(place, shards, tensors, settings, survey);
  }

  private PlannedRun with(
      Location place,
      List<OutputShard> newShards,
      List<PlannedTensor> newTensors,
      Map<String, String> newSettings,
      Optional<Survey> newSurvey) {
    return new PlannedRun(
        place,
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
        newSurvey,
        lineage);
  }

  @Override
  public long bytesToWrite() {
    return shards.stream().mapToLong(OutputShard::size).sum();
  }
}

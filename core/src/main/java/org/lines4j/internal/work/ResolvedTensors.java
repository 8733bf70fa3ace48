package org.lines4j.internal.work;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.lines4j.error.OnMismatch;
import org.lines4j.format.Checkpoint;
import org.lines4j.merge.Lines;
import org.lines4j.merge.MadeModel;
import org.lines4j.merge.ResolvedMerge;
import org.lines4j.method.MethodType;
import org.lines4j.tensor.DType;

/// A resolved merge with every tensor of the output: which tensor is made from which, with which
/// parameters.
///
/// @param name of the recipe, such as its file: what messages start with
/// @param method how they are merged
/// @param tensors of the output, in the order of the base (or first) model
/// @param modelCount N, how many models are merged: without the base, unless the recipe lists it
///   and the method merges it, too
/// @param lines depth scaling of the merged task vector, if wanted
/// @param computeType mergekit's `dtype`: inputs are rounded to it before anything else
/// @param outType the output's floating type; empty for each tensor's own in the base or first
///   model
/// @param sidecarsFrom the model whose configuration, tokenizer and other files go along
/// @param sidecarChanges what must change in those files; the weights' type is not among it, the
///   planner knows it
/// @param inputs every model by the name that the recipe gives it, the base first
/// @param made those of the models that earlier stages make, by the stages' names
/// @param settings the recipe, for the model card
/// @param mismatch what becomes of tensors that do not fit together, as far as that is not decided
///   yet: those whose shapes or, not of a floating type, values differ
/// @param notices what a user should know before it runs
/// @param folderNotices what else if the output is a folder
public record ResolvedTensors(
    String name,
    MethodType method,
    List<MergeTensor> tensors,
    int modelCount,
    Optional<Lines> lines,
    Optional<DType> computeType,
    Optional<DType> outType,
    Optional<Checkpoint> sidecarsFrom,
    SidecarChanges sidecarChanges,
    Map<String, Checkpoint> inputs,
    Map<String, MadeModel> made,
    Map<String, String> settings,
    OnMismatch mismatch,
    List<String> notices,
    List<String> folderNotices)
    implements ResolvedMerge {

  /// The setting that [#withLines] changes.
  public static final String LINES_SETTING = "lines";

  /// A resolved merge with its tensors.
  ///
  /// @throws IllegalArgumentException for one that this library has not made
  public static ResolvedTensors of(ResolvedMerge merge) {
    if (merge instanceof ResolvedTensors tensors) {
      return tensors;
    }
    throw new IllegalArgumentException(
        "not resolved by this library: " + merge.getClass().getName());
  }

  @Override
  public ResolvedTensors withLines(Lines scaling) {
    Map<String, String> changed = new LinkedHashMap<>(settings);
    changed.put(LINES_SETTING, scaling.description());
    return new ResolvedTensors(
        name,
        method,
        tensors,
        modelCount,
        Optional.of(scaling),
        computeType,
        outType,
        sidecarsFrom,
        sidecarChanges,
        inputs,
        made,
        changed,
        mismatch,
        notices,
        folderNotices);
  }

  /// One output tensor.
  ///
  /// @param name in the output
  /// @param base the base model's tensor, where there is a base
  /// @param models the others' tensors, in the recipe's order
  /// @param parameters the method's global ones, for this tensor
  /// @param modelParameters the method's parameters for each of `models`
  /// @param isKept whether it is what its only model has, as it is there
  public record MergeTensor(
      String name,
      Optional<Source> base,
      List<Source> models,
      Map<String, Object> parameters,
      List<Map<String, Object>> modelParameters,
      boolean isKept) {
    /// A tensor that is merged.
    public MergeTensor(
        String name,
        Optional<Source> base,
        List<Source> models,
        Map<String, Object> parameters,
        List<Map<String, Object>> modelParameters) {
      this(name, base, models, parameters, modelParameters, false);
    }

    /// The base's tensor, where there is one, and the models'.
    public Stream<Source> sources() {
      return Stream.concat(base.stream(), models.stream());
    }

    /// A tensor as one model has it.
    public static MergeTensor kept(String name, Source source) {
      return new MergeTensor(
          name, Optional.empty(), List.of(source), Map.of(), List.of(Map.of()), true);
    }
  }
}

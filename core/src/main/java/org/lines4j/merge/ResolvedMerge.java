package org.lines4j.merge;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.lines4j.format.Checkpoint;
import org.lines4j.layers.DepthProfile;
import org.lines4j.layers.LayerScaling;
import org.lines4j.layers.LayerScaling.Outside;
import org.lines4j.method.MethodType;
import org.lines4j.plan.OnMismatch;
import org.lines4j.plan.SidecarChanges;
import org.lines4j.plan.Source;
import org.lines4j.tensor.DType;

/// A recipe with all of its models opened: which tensor is made from which, with which parameters.
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
/// @param settings the recipe, for the model card
/// @param mismatch what becomes of tensors that do not fit together, as far as that is not settled
///   yet: those whose shapes or, not of a floating type, values differ
/// @param notices what a user should know before it runs
/// @param folderNotices what else if the output is a folder
public record ResolvedMerge(
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
    Map<String, String> settings,
    OnMismatch mismatch,
    List<String> notices,
    List<String> folderNotices) {

  /// `lines:` of a recipe (LiNeS, arXiv 2410.17146).
  ///
  /// @param alpha empty for `auto`: (1/N)·‖Σ τᵢ‖₁ / ‖τ_mtl‖₁
  /// @param profile how λ goes from α to α + β
  public record Lines(Optional<Double> alpha, double beta, Outside outside, DepthProfile profile) {
    /// LiNeS itself.
    public Lines(Optional<Double> alpha, double beta, Outside outside) {
      this(alpha, beta, outside, DepthProfile.LINES);
    }

    /// λ by depth, once α is known.
    public LayerScaling scaling(double knownAlpha) {
      return profile.between(knownAlpha, beta, outside);
    }
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

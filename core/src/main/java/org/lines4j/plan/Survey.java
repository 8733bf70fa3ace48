package org.lines4j.plan;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.DoubleFunction;
import org.lines4j.layers.LayerScaling;

/// What must be known of whole models before the first tensor can be written.
///
/// @param passes that measure it, in their order; none once it is known
/// @param auto where α is to be measured; every scaled tensor's λ then waits for it
/// @param alpha what was measured
public record Survey(List<Pass> passes, Optional<AutoAlpha> auto, OptionalDouble alpha) {
  /// Copies its list.
  public Survey {
    passes = List.copyOf(passes);
  }

  /// LiNeS with α = (1/N)·‖Σ τᵢ‖₁ / ‖τ_mtl‖₁ (arXiv 2410.17146, section 4.2).
  ///
  /// @param models N
  /// @param scaling depth → λ, for the α that was measured
  public record AutoAlpha(DoubleFunction<LayerScaling> scaling, int models) {
    /// A tensor with its λ, if it is a merged one.
    public PlannedTensor scale(PlannedTensor tensor, double alpha) {
      return tensor.work() instanceof Work.Merge
          ? tensor.withLambda(scaling.apply(alpha).lambda(tensor.place()))
          : tensor;
    }
  }
}

package org.lines4j.internal.work;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.DoubleFunction;
import org.lines4j.layers.LayerScaling;
import org.lines4j.plan.PlannedPass;

/// What must be known of whole models before the first tensor can be written.
///
/// @param passes that measure it, in their order; none once it is known
/// @param auto where α is to be measured; every scaled tensor's λ then waits for it
/// @param facts what was measured
/// @param bytesRead of tensors, by the passes that were carried out
public record Survey(
    List<PlannedPass> passes, Optional<AutoAlpha> auto, Facts facts, long bytesRead) {
  /// The elements of a model that a sample takes at a time: few, since neighbours are alike.
  public static final int SAMPLE_RUN = 1 << 8;

  private static final long WORTH_A_SAMPLE = 1 << 25;
  private static final long ELEMENTS_PER_RUN = 1 << 15;
  private static final long MOST_RUNS = 1 << 15;

  /// Copies its list.
  public Survey {
    passes = List.copyOf(passes);
  }

  /// These passes, nothing of which was carried out yet.
  public static Survey of(List<PlannedPass> passes, Optional<AutoAlpha> auto) {
    return new Survey(passes, auto, Facts.none(), 0);
  }

  /// α, where it was measured.
  public OptionalDouble alpha() {
    return facts.alpha();
  }

  /// How many runs of [#SAMPLE_RUN] elements a sample of models of so many elements has: one in 128
  /// elements, up to eight million; none where the models are so small that it is not worth it.
  public static long sampleRuns(long elements) {
    return elements < WORTH_A_SAMPLE ? 0 : Math.min(elements / ELEMENTS_PER_RUN, MOST_RUNS);
  }

  /// LiNeS with α = (1/N)·‖Σ τᵢ‖₁ / ‖τ_mtl‖₁ (arXiv 2410.17146, section 4.2).
  ///
  /// @param models N
  /// @param scaling depth → λ, for the α that was measured
  public record AutoAlpha(DoubleFunction<LayerScaling> scaling, int models) {
    /// A tensor with its λ, if it is a merged one.
    public PlannedTensor scale(PlannedTensor tensor, double alpha) {
      if (!(tensor.work() instanceof Work.Merge work)) {
        return tensor;
      }
      double lambda = scaling.apply(alpha).lambda(tensor.place());
      return tensor.withLambda(lambda).with(work.scaledBy((float) lambda));
    }
  }
}

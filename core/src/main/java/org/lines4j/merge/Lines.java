package org.lines4j.merge;

import java.util.Locale;
import java.util.Optional;
import org.lines4j.layers.DepthProfile;
import org.lines4j.layers.LayerScaling;
import org.lines4j.layers.LayerScaling.Outside;

/// `lines:` of a recipe: depth scaling of the merged task vector (LiNeS, arXiv 2410.17146).
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

  /// In words, for model cards.
  public String description() {
    return "alpha %s, beta %s, outside %s%s"
        .formatted(
            alpha.map(String::valueOf).orElse("auto"),
            beta,
            outside.name().toLowerCase(Locale.ROOT),
            profile == DepthProfile.LINES ? "" : ", profile " + profile.title());
  }
}

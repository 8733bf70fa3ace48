package org.lines4j.evaluate.model;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/// The extents of a model, and what its layers do beside multiplying by their weights.
///
/// @param type as `config.json` calls it
/// @param width of the states between layers
/// @param positions the most tokens that a text may have
/// @param attention of each layer
/// @param isCausal whether each token sees those before it alone, and the next is predicted
/// @param logitCap what logits are squeezed into, by a hyperbolic tangent
record Outline(
    String type,
    int width,
    int inner,
    int heads,
    int keyHeads,
    int headWidth,
    int positions,
    Activation activation,
    List<Attention> attention,
    boolean isCausal,
    OptionalDouble logitCap) {
  Outline {
    attention = List.copyOf(attention);
  }

  /// Attention of one layer.
  ///
  /// @param scale of scores
  /// @param cap what scores are squeezed into, by a hyperbolic tangent
  /// @param window how many tokens one sees, itself the last; 0 for all
  record Attention(double scale, OptionalDouble cap, int window, Optional<Rope> rope) {}
}

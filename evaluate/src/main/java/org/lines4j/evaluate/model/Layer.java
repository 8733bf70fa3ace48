package org.lines4j.evaluate.model;

import java.util.Optional;

/// The weights of one layer.
///
/// @param queryNorm of each head's query
/// @param gate whose activation `up` is multiplied by; without it `up` itself is activated
record Layer(
    Norms aroundAttention,
    Linear query,
    Linear key,
    Linear value,
    Linear output,
    Optional<Norm> queryNorm,
    Optional<Norm> keyNorm,
    Norms aroundInner,
    Optional<Linear> gate,
    Linear up,
    Linear down) {
  /// Where a part of a layer is normalised: `h + after(part(before(h)))`, and the sum.
  record Norms(Optional<Norm> before, Optional<Norm> after, Optional<Norm> onSum) {
    static Norms before(Norm norm) {
      return new Norms(Optional.of(norm), Optional.empty(), Optional.empty());
    }

    static Norms around(Norm before, Norm after) {
      return new Norms(Optional.of(before), Optional.of(after), Optional.empty());
    }

    static Norms onSum(Norm norm) {
      return new Norms(Optional.empty(), Optional.empty(), Optional.of(norm));
    }
  }
}

package org.lines4j.diff;

import org.lines4j.internal.kernel.DifferenceSums;

/// How far a set of parameters moved from the base b to the tuned t, by τ = t − b.
///
/// All sums are taken in double over values in float32; any of the figures may be NaN where the
/// weights hold NaN or infinity, all are where everything was left out, and the ratios are where
/// they are 0 / 0: for no elements, or zeros only.
///
/// @param elements how many parameters
/// @param tauNorm ‖τ‖₂
/// @param tauAbsolute ‖τ‖₁
/// @param tauLargest max |τ|
/// @param baseNorm ‖b‖₂
/// @param tunedNorm ‖t‖₂
/// @param cosine of the angle between b and t
/// @param sparsity the fraction of τ that is exactly zero
public record Change(
    long elements,
    double tauNorm,
    double tauAbsolute,
    double tauLargest,
    double baseNorm,
    double tunedNorm,
    double cosine,
    double sparsity) {

  /// ‖τ‖₂ / ‖b‖₂.
  public double relative() {
    return tauNorm / baseNorm;
  }

  /// Of parameters of which nothing could be compared.
  static Change unknown() {
    return new Change(
        0, Double.NaN, Double.NaN, Double.NaN, Double.NaN, Double.NaN, Double.NaN, Double.NaN);
  }

  static Change of(DifferenceSums sums) {
    double base = Math.sqrt(sums.baseSquared);
    double tuned = Math.sqrt(sums.tunedSquared);
    return new Change(
        sums.elements,
        Math.sqrt(sums.tauSquared),
        sums.tauAbsolute,
        sums.tauLargest,
        base,
        tuned,
        sums.product / (base * tuned),
        (double) sums.zeros / sums.elements);
  }
}

package org.lines4j.internal.codes;

import org.lines4j.tensor.DType;

/// How the weights of a block become codes: see [ScaledEncoding].
///
/// @param most the largest code
/// @param factor what weights are multiplied with, or divided by
/// @param multiplies which of the two
/// @param scale as it is stored
record Block(float most, float factor, boolean multiplies, float scale) {
  private static final float MOST_E4M3 = 448;
  private static final float MOST_E5M2 = 57344;

  /// For weights of which `largest` is the largest magnitude.
  static Block of(ScaledForm form, float largest) {
    float most = form.codes() == DType.F8_E4M3 ? MOST_E4M3 : MOST_E5M2;
    boolean isZero = !(largest > 0);
    float inverse = isZero ? 1 : 1 / largest * most; // as PyTorch divides a number by a tensor
    float exact = isZero ? 1 : form.isInverse() ? 1 / inverse : largest / most;
    float scale =
        form.powersOfTwo() ? ScaleType.powerOfTwoAbove(exact) : form.scales().rounded(exact);
    boolean multiplies =
        form.isInverse() && form.scales() == ScaleType.FLOAT && !form.powersOfTwo();
    return new Block(most, multiplies ? inverse : scale, multiplies, scale);
  }

  /// Makes weights of the block numbers that are rounded to its codes.
  void divide(float[] weights, int from, int to) {
    if (multiplies) {
      for (int i = from; i < to; i++) {
        weights[i] = Math.min(most, Math.max(-most, weights[i] * factor));
      }
    } else {
      for (int i = from; i < to; i++) {
        weights[i] = Math.min(most, Math.max(-most, weights[i] / factor));
      }
    }
  }
}

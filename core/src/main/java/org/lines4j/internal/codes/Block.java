package org.lines4j.internal.codes;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import org.lines4j.tensor.DType;

/// How the weights of a block become codes: see [ScaledEncoding].
///
/// @param codes their type
/// @param most the largest code
/// @param factor what weights are multiplied with, or divided by
/// @param multiplies which of the two
/// @param scale as it is stored
record Block(DType codes, float most, float factor, boolean multiplies, float scale) {
  private static final float MOST_E4M3 = 448;
  private static final float MOST_E5M2 = 57344;

  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

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
    return new Block(form.codes(), most, multiplies ? inverse : scale, multiplies, scale);
  }

  /// Encodes consecutive weights.
  ///
  /// @param from the index of the first, in both
  /// @param tile scratch space
  void encode(MemorySegment values, MemorySegment target, long from, long count, float[] tile) {
    for (long done = 0; done < count; done += tile.length) {
      int now = (int) Math.min(tile.length, count - done);
      MemorySegment.copy(values, FLOAT, (from + done) * Float.BYTES, tile, 0, now);
      if (multiplies) {
        for (int i = 0; i < now; i++) {
          tile[i] = Math.min(most, Math.max(-most, tile[i] * factor));
        }
      } else {
        for (int i = 0; i < now; i++) {
          tile[i] = Math.min(most, Math.max(-most, tile[i] / factor));
        }
      }
      ScaledEncoding.KERNELS.get().encode(codes, tile, target, from + done, now);
    }
  }
}

package org.lines4j.internal.kernel;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import org.lines4j.tensor.DType;

/// Tells whether numbers are all finite: neither NaN nor infinite. For one thread.
///
/// Loops over whole words: the JVM makes vectors of them by itself, and sooner than it compiles
/// code on the Vector API.
public final class Finiteness {
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  /// The bits of the exponents in a word, all of which are set in NaN and infinity alone, and the
  /// last bit of each exponent: to an exponent of ones, it carries into the sign's place; to no
  /// other.
  ///
  /// ```
  ///   float32    0 11111111 00000…        two of bfloat16    0 11111111 0000000 0 11111111 0000000
  ///            + 0 00000001 00000…                         + 0 00000001 0000000 0 00000001 0000000
  /// ```
  private record Exponents(int all, int last, int signs) {
    private static final Exponents F32 = new Exponents(0x7f80_0000, 0x0080_0000, 0x8000_0000);
    private static final Exponents BF16 = new Exponents(0x7f80_7f80, 0x0080_0080, 0x8000_8000);
    private static final Exponents F16 = new Exponents(0x7c00_7c00, 0x0400_0400, 0x8000_8000);
  }

  /// The sign's place in a code: to any beyond the largest finite one, it is carried.
  private static final int SIGN = 0x80;

  private final int[] words = new int[Kernels.TILE];
  private final byte[] codes = new byte[Kernels.TILE];

  /// Whether a tile of a tensor's bytes is finite; always for types that are not floating.
  ///
  /// @param count of elements, [Kernels#TILE] at most
  public boolean isFinite(DType type, MemorySegment source, long offset, int count) {
    return switch (type) {
      case F32 -> isFinite(source, offset, count, Exponents.F32);
      case BF16 -> halvesAreFinite(source, offset, count, Exponents.BF16);
      case F16 -> halvesAreFinite(source, offset, count, Exponents.F16);
      case F64 -> {
        boolean finite = true;
        for (int i = 0; i < count; i++) {
          finite &= Double.isFinite(source.get(ScalarKernels.DOUBLE, offset + 8L * i));
        }
        yield finite;
      }
      case F8_E4M3 -> isFinite(Float8.E4M3, source, offset, count);
      case F8_E5M2 -> isFinite(Float8.E5M2, source, offset, count);
      default -> true;
    };
  }

  private boolean isFinite(MemorySegment source, long offset, int count, Exponents exponents) {
    MemorySegment.copy(source, INT, offset, words, 0, count);
    int carried = carried(words, exponents.all, exponents.last, count);
    return (carried & exponents.signs) == 0;
  }

  private static int carried(int[] words, int all, int last, int count) {
    int carried = 0;
    for (int i = 0; i < count; i++) {
      carried |= (words[i] & all) + last;
    }
    return carried;
  }

  private boolean halvesAreFinite(
      MemorySegment source, long offset, int count, Exponents exponents) {
    boolean finite = isFinite(source, offset, count / 2, exponents);
    if (count % 2 == 0) {
      return finite;
    }
    int one = source.get(ScalarKernels.SHORT, offset + 2L * (count - 1)) & 0xffff;
    return finite && (((one & exponents.all) + exponents.last) & 0x8000) == 0;
  }

  private boolean isFinite(Float8 type, MemorySegment source, long offset, int count) {
    MemorySegment.copy(source, ValueLayout.JAVA_BYTE, offset, codes, 0, count);
    return (carried(codes, SIGN - 1 - type.largest(), count) & SIGN) == 0;
  }

  private static int carried(byte[] codes, int beyond, int count) {
    int carried = 0;
    for (int i = 0; i < count; i++) {
      carried |= (codes[i] & (SIGN - 1)) + beyond;
    }
    return carried;
  }
}

package org.lines4j.internal.codes;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import org.lines4j.internal.kernel.KernelChoice;
import org.lines4j.internal.kernel.Kernels;

/// What one thread works with on codes. Whoever takes it calls nobody else that does.
final class Scratch {
  private static final ThreadLocal<Scratch> OWN = ThreadLocal.withInitial(Scratch::new);

  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  /// How many codes are read at a time.
  private static final int CODES = 1 << 15;

  final Kernels kernels = KernelChoice.kernels();
  final float[] tile = new float[Kernels.TILE];
  final byte[] codes = new byte[CODES];

  private Scratch() {}

  /// Brings as many floats as there are, or as fit, into the tile.
  ///
  /// @param from the index of the first in `values`
  /// @param end behind the last
  /// @return how many
  int load(MemorySegment values, long from, long end) {
    int count = (int) Math.min(tile.length, end - from);
    MemorySegment.copy(values, FLOAT, from * Float.BYTES, tile, 0, count);
    return count;
  }

  /// This thread's.
  static Scratch own() {
    return OWN.get();
  }
}

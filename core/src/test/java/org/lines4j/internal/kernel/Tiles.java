package org.lines4j.internal.kernel;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.lines4j.tensor.DType;

/// Whole tensors, a tile at a time.
public final class Tiles {
  private Tiles() {}

  /// Decodes as many elements as `values` holds.
  public static void decode(Kernels kernels, DType type, MemorySegment source, float[] values) {
    float[] tile = new float[Kernels.TILE];
    for (int from = 0; from < values.length; from += tile.length) {
      int count = Math.min(tile.length, values.length - from);
      kernels.decode(type, source, (long) from * type.bytes(), tile, count);
      System.arraycopy(tile, 0, values, from, count);
    }
  }

  /// Encodes all of `values`, which stay as they are.
  public static void encode(Kernels kernels, DType type, float[] values, MemorySegment target) {
    for (int from = 0; from < values.length; from += Kernels.TILE) {
      int count = Math.min(Kernels.TILE, values.length - from);
      float[] tile = Arrays.copyOfRange(values, from, from + count);
      kernels.encode(type, tile, target, (long) from * type.bytes(), count);
    }
  }
}

package org.lines4j.internal.kernel;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;
import org.lines4j.internal.kernel.WarmUp.Operation;
import org.lines4j.tensor.DType;

/// The vector kernels, each from the moment that it is fast ([WarmUp]); the scalar ones, which give
/// the same bits, until then.
public final class WarmingKernels implements Kernels {
  private final Kernels scalar = new ScalarKernels();
  private @Nullable Kernels vector;

  @Override
  public String name() {
    return vector().name();
  }

  @Override
  public void decode(DType type, MemorySegment source, long offset, float[] target, int count) {
    Kernels kernels =
        switch (type) {
          case BF16 -> kernels(Operation.DECODE_BF16);
          case F8_E4M3, F8_E5M2 -> kernels(Operation.DECODE_FLOAT8);
          default -> scalar;
        };
    kernels.decode(type, source, offset, target, count);
  }

  @Override
  public void encode(DType type, float[] source, MemorySegment target, long offset, int count) {
    Kernels kernels =
        switch (type) {
          case BF16 -> kernels(Operation.ENCODE_BF16);
          case F16 -> kernels(Operation.ENCODE_F16);
          case F8_E4M3, F8_E5M2 -> kernels(Operation.ENCODE_FLOAT8);
          default -> scalar;
        };
    kernels.encode(type, source, target, offset, count);
  }

  @Override
  public void scale(float[] base, float[] tuned, float lambda, float[] out, int count) {
    kernels(Operation.SCALE).scale(base, tuned, lambda, out, count);
  }

  @Override
  public void scaleBf16(
      MemorySegment base,
      MemorySegment tuned,
      long offset,
      float lambda,
      MemorySegment out,
      long outOffset,
      int count) {
    kernels(Operation.SCALE_BF16).scaleBf16(base, tuned, offset, lambda, out, outOffset, count);
  }

  @Override
  public float largestMagnitude(float[] values, int from, int end) {
    return kernels(Operation.LARGEST_MAGNITUDE).largestMagnitude(values, from, end);
  }

  @Override
  public void difference(float[] base, float[] tuned, int count, DifferenceSums sums) {
    kernels(Operation.DIFFERENCE).difference(base, tuned, count, sums);
  }

  private Kernels kernels(Operation operation) {
    return WarmUp.isWarm(operation) ? vector() : scalar;
  }

  /// Made when they are first of use.
  private Kernels vector() {
    Kernels made = vector == null ? new VectorKernels() : vector;
    vector = made;
    return made;
  }
}

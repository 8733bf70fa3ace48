package org.lines4j.internal.kernel;

import java.lang.foreign.MemorySegment;
import org.lines4j.tensor.DType;

/// The arithmetic, one tile of up to [#TILE] elements at a time.
///
/// Everything is computed in float32, each operation rounded on its own (SPEC §1): stored elements
/// are decoded to `float`, worked on, and encoded again. [ScalarKernels] says what is right;
/// [VectorKernels] gives the same bits faster. They own scratch space: one for each thread.
public sealed interface Kernels permits ScalarKernels, VectorKernels, WarmingKernels {
  /// The most elements in one call. It also fixes the order in which sums are taken, so changing it
  /// changes results in their last bits.
  int TILE = 4096;

  /// What `--debug` calls it: `scalar`, or `vector 256 bits`.
  String name();

  /// Widens or narrows `count` elements to float32.
  ///
  /// @param offset of the first element in `source`, in bytes
  void decode(DType type, MemorySegment source, long offset, float[] target, int count);

  /// Rounds `count` float32 values to the nearest value of `type`, ties to even. Any NaN becomes
  /// the type's canonical one, because which payload survives an operation is left to the
  /// processor. `source` is scratch space: its NaNs may be made canonical in place.
  void encode(DType type, float[] source, MemorySegment target, long offset, int count);

  /// `out = base + (tuned − base) · lambda`, three roundings per element. `out` may be an input.
  void scale(float[] base, float[] tuned, float lambda, float[] out, int count);

  /// The same on stored bfloat16, in one go: what decoding both, [#scale] and encoding would give.
  ///
  /// @param offset of the first element in `base` and in `tuned`, in bytes
  /// @param outOffset of the first element in `out`, in bytes
  void scaleBf16(
      MemorySegment base,
      MemorySegment tuned,
      long offset,
      float lambda,
      MemorySegment out,
      long outOffset,
      int count);

  /// The largest of the magnitudes at indices from `from` to below `end`; NaN where one is.
  float largestMagnitude(float[] values, int from, int end);

  /// Adds one tile of a base and its tuned tensor to `sums`.
  void difference(float[] base, float[] tuned, int count, DifferenceSums sums);
}

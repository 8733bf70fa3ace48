package org.lines4j.internal.engine;

import java.lang.foreign.MemorySegment;
import org.lines4j.internal.kernel.Finiteness;
import org.lines4j.internal.kernel.Kernels;
import org.lines4j.internal.work.PlannedTensor;
import org.lines4j.tensor.DType;

/// Looks for NaN and infinity in what one thread writes, tile by tile while it is in the
/// first-level cache. Only where there is some are elements counted one by one.
final class FinitenessCheck {
  private static final float[] COPIED = {};

  private final Kernels kernels;
  private final Finiteness finiteness = new Finiteness();
  private final float[] stored = new float[Kernels.TILE];
  private NotFiniteCounts found = new NotFiniteCounts();

  FinitenessCheck(Kernels kernels) {
    this.kernels = kernels;
  }

  /// Whether a tile of a tensor's bytes is finite; always for types that are not floating.
  boolean isFinite(DType type, MemorySegment bytes, long offset, int count) {
    return finiteness.isFinite(type, bytes, offset, count);
  }

  /// Looks at a tile that was computed.
  ///
  /// @param computed its elements before they were rounded to the output's type; empty where they
  ///   were not computed
  void check(PlannedTensor tensor, MemorySegment bytes, long offset, float[] computed, int count) {
    if (!isFinite(tensor.info().dtype(), bytes, offset, count)) {
      count(tensor, bytes, offset, computed, count);
    }
  }

  /// Looks at values that are about to be encoded.
  void checkComputed(PlannedTensor values, float[] computed, int count) {
    check(values, MemorySegment.ofArray(computed), 0, computed, count);
  }

  /// Looks at all of a piece of a tensor that was copied.
  void checkCopy(PlannedTensor tensor, MemorySegment bytes) {
    DType type = tensor.info().dtype();
    if (!type.isFloating()) {
      return;
    }
    long step = (long) Kernels.TILE * type.bytes();
    for (long offset = 0; offset < bytes.byteSize(); offset += step) {
      int count = (int) (Math.min(step, bytes.byteSize() - offset) / type.bytes());
      check(tensor, bytes, offset, COPIED, count);
    }
  }

  /// Counts what is not finite in a tile.
  void count(PlannedTensor tensor, MemorySegment bytes, long offset, float[] computed, int count) {
    kernels.decode(tensor.info().dtype(), bytes, offset, stored, count);
    long nan = 0;
    long infinite = 0;
    long overflowed = 0;
    for (int i = 0; i < count; i++) {
      nan += Float.isNaN(stored[i]) ? 1 : 0;
      infinite += Float.isInfinite(stored[i]) ? 1 : 0;
      boolean grew = computed.length > 0 && Float.isFinite(computed[i]);
      overflowed += grew && !Float.isFinite(stored[i]) ? 1 : 0;
    }
    found.add(tensor.name(), new NotFiniteCounts.Count(nan, infinite, overflowed, 0));
  }

  /// Counts elements of a tensor that are finite where an input's were not.
  void addLeftOut(PlannedTensor tensor, long elements) {
    if (elements > 0) {
      found.add(tensor.name(), new NotFiniteCounts.Count(0, 0, 0, elements));
    }
  }

  /// What was found since it was last asked for.
  NotFiniteCounts take() {
    NotFiniteCounts taken = found;
    found = new NotFiniteCounts();
    return taken;
  }
}

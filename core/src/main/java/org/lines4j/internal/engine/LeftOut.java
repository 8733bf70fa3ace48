package org.lines4j.internal.engine;

import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import org.lines4j.method.TensorMerge;

/// Finds what inputs hold that is no finite number and a merge leaves out: the output does not show
/// it. Looks at each tile of the inputs before it is merged, and at the same of the output. For one
/// thread.
final class LeftOut {
  /// Where an input is not finite, by the first element of the tile; mostly nothing.
  private final Map<Long, BitSet> tiles = new HashMap<>();

  /// Whether a merge may leave elements out: in a sum of multiples all of them show.
  static boolean mayBeIn(TensorMerge merge) {
    return merge.multiples().isEmpty() && !merge.isOwnTaskVector() && !merge.isOnlyModel();
  }

  /// Looks at a tile of the inputs, some of which are not finite.
  ///
  /// @param first the index in the tensor of the tile's first element
  /// @param base empty where there is none
  void look(long first, float[] base, float[][] models, int count) {
    look(first, base, Math.min(base.length, count));
    for (float[] model : models) {
      look(first, model, count);
    }
  }

  private void look(long first, float[] values, int count) {
    BitSet found = tiles.computeIfAbsent(first, _ -> new BitSet());
    for (int i = 0; i < count; i++) {
      if (!Float.isFinite(values[i])) {
        found.set(i);
      }
    }
  }

  /// How many elements of a tile of the output are finite where an input was not.
  long count(long first, float[] merged) {
    BitSet found = tiles.remove(first);
    return found == null ? 0 : found.stream().filter(i -> Float.isFinite(merged[i])).count();
  }
}

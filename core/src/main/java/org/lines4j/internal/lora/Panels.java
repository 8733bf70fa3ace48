package org.lines4j.internal.lora;

import java.io.IOException;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/// Parts of factors in float32, the last ones used of which are kept: units of work that follow
/// each other need the same ones. Any thread may use it.
final class Panels {
  /// Ranks of a part, whichever side it is of.
  static final int RANKS = 64;

  /// Columns of a part of a right factor.
  static final int COLUMNS = 4096;

  /// Rows of a part of a left factor.
  static final int ROWS = 512;

  /// How many elements are kept: 16 MB of them.
  private static final long MOST = 4 << 20;

  private record Key(Factor factor, long row, long column) {}

  private final Map<Key, float[][]> kept = new LinkedHashMap<>(16, 0.75f, true);
  private long size;

  /// The part that begins at a row and a column, as far as the factor goes.
  float[][] get(Factor factor, long row, int height, long column, int width) throws IOException {
    Key key = new Key(factor, row, column);
    synchronized (kept) {
      float[][] known = kept.get(key);
      if (known != null) {
        return known;
      }
    }
    // two threads may read the same part; none waits for another's disk
    float[][] part =
        factor.read(
            row,
            (int) Math.min(height, factor.rows() - row),
            column,
            (int) Math.min(width, factor.columns() - column));
    keep(key, part);
    return part;
  }

  private void keep(Key key, float[][] part) {
    synchronized (kept) {
      if (kept.put(key, part) == null) {
        size += elements(part);
      }
      Iterator<float[][]> oldest = kept.values().iterator();
      while (size > MOST && oldest.hasNext()) {
        size -= elements(oldest.next());
        oldest.remove();
      }
    }
  }

  private static long elements(float[][] part) {
    return part.length == 0 ? 0 : (long) part.length * part[0].length;
  }
}

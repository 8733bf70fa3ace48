package org.lines4j.internal.method;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.lines4j.internal.kernel.KernelChoice;
import org.lines4j.internal.kernel.Kernels;
import org.lines4j.internal.kernel.MagnitudeCounts;
import org.lines4j.internal.method.MagnitudeRanks.Query;
import org.lines4j.internal.rank.RankSearch;
import org.lines4j.method.TensorScan;

/// The elements of a tensor whose magnitudes have ranks `low` ≤ r < `high` in ascending order,
/// without sorting. Of equal magnitudes, the earlier element counts as the larger.
///
/// @param least the bits of the least magnitude
/// @param leastEnd which elements of that magnitude: those before this index
/// @param most the bits of the largest magnitude
/// @param mostStart which elements of that magnitude: those from this index on
record MagnitudeBand(int least, long leastEnd, int most, long mostStart) {
  private static final int MAGNITUDE = 0x7fffffff;
  private static final MagnitudeBand NOTHING = new MagnitudeBand(MAGNITUDE, 0, 0, Long.MAX_VALUE);
  private static final float[] ZEROS = new float[Kernels.TILE];

  /// @param low the first rank
  /// @param high behind the last rank
  record Ranks(long low, long high) {
    /// The `kept` largest of `count`.
    static Ranks largest(long kept, long count) {
      return new Ranks(count - kept, count);
    }

    /// Whether no rank of `count` is left out.
    boolean isAll(long count) {
      return low == 0 && high == count;
    }
  }

  /// How often [#find] reads a tensor, most likely.
  static final int SCANS = MagnitudeRanks.SCANS + 1;

  /// The bands of those ranks, one for each kind of values.
  static List<MagnitudeBand> find(TensorScan scan, MagnitudeRanks.Values values, List<Ranks> ranks)
      throws IOException {
    return new Search(scan, values, ranks).bands();
  }

  /// Sets to zero all other elements.
  ///
  /// @param first the index in the tensor of the first one
  void prune(long first, float[] values, int count) {
    int from = 0;
    while (from < count) {
      long index = first + from;
      int to = count;
      to = until(leastEnd, first, from, to);
      to = until(mostStart, first, from, to);
      int low = index < leastEnd ? least : least + 1;
      int high = index < mostStart ? most - 1 : most;
      KernelChoice.taskVectors().keepMagnitudes(values, low, high, from, to);
      from = to;
    }
  }

  /// Where a run of elements ends that `boundary` does not divide.
  private static int until(long boundary, long first, int from, int to) {
    return boundary > first + from && boundary < first + to ? (int) (boundary - first) : to;
  }

  /// A magnitude that bounds a band.
  ///
  /// @param isLow whether it begins the band; else it is the last of it
  private record Bound(Query query, boolean isLow) {}

  private static final class Search {
    private final TensorScan scan;
    private final MagnitudeRanks.Values values;
    private final List<Ranks> ranks;
    private final long elements;
    private final List<Bound> bounds = new ArrayList<>();
    private final List<RankSearch.Found> found;

    Search(TensorScan scan, MagnitudeRanks.Values values, List<Ranks> ranks) throws IOException {
      KernelChoice.prepareTrims();
      this.scan = scan;
      this.values = values;
      this.ranks = ranks;
      this.elements = scan.shape().elements();
      for (int kind = 0; kind < ranks.size(); kind++) {
        Ranks wanted = ranks.get(kind);
        if (wanted.low < wanted.high && wanted.low > 0) {
          bounds.add(new Bound(new Query(kind, wanted.low), true));
        }
        if (wanted.low < wanted.high && wanted.high < elements) {
          bounds.add(new Bound(new Query(kind, wanted.high - 1), false));
        }
      }
      this.found = MagnitudeRanks.find(scan, values, bounds.stream().map(Bound::query).toList());
    }

    List<MagnitudeBand> bands() throws IOException {
      long[] places = places();
      List<MagnitudeBand> bands = new ArrayList<>();
      int bound = 0;
      for (Ranks wanted : ranks) {
        if (wanted.low >= wanted.high) {
          bands.add(NOTHING);
          continue;
        }
        int least = 0;
        long leastEnd = Long.MAX_VALUE;
        int most = MAGNITUDE;
        long mostStart = 0;
        if (wanted.low > 0) {
          least = found.get(bound).bits();
          leastEnd = places[bound++];
        }
        if (wanted.high < elements) {
          most = found.get(bound).bits();
          mostStart = places[bound++];
        }
        bands.add(new MagnitudeBand(least, leastEnd, most, mostStart));
      }
      return bands;
    }

    /// For each bound, the index that divides the elements of the magnitude: earlier ones count as
    /// larger.
    private long[] places() throws IOException {
      long[] larger = new long[bounds.size()]; // how many of the equal ones are before the place
      boolean[] open = new boolean[bounds.size()];
      boolean any = false;
      long[] places = new long[bounds.size()];
      for (int b = 0; b < larger.length; b++) {
        RankSearch.Found at = found.get(b);
        Bound bound = bounds.get(b);
        long ascending = bound.query.rank() - at.less() + (bound.isLow ? 0 : 1);
        larger[b] = at.equal() - ascending;
        open[b] = larger[b] > 0 && larger[b] < at.equal();
        places[b] = larger[b] <= 0 ? 0 : Long.MAX_VALUE;
        any |= open[b];
      }
      if (any) {
        int[][] groups = scan.measure(() -> new Groups(this, open)).counts;
        for (int b = 0; b < larger.length; b++) {
          if (open[b]) {
            places[b] = place(b, groups[b], larger[b]);
          }
        }
      }
      return places;
    }

    /// The index behind the element that has `before` equal ones up to it.
    private long place(int bound, int[] groups, long before) throws IOException {
      int group = 0;
      long left = before;
      while (left > groups[group]) {
        left -= groups[group++];
      }
      long first = (long) group * Kernels.TILE;
      long length = Math.min(Kernels.TILE, elements - first);
      float[] tile = scan.measure(first, length, () -> new Tile(this, kind(bound))).values;
      int wanted = found.get(bound).bits();
      int i = 0;
      while (left > 0) {
        left -= (Float.floatToIntBits(tile[i++]) & MAGNITUDE) == wanted ? 1 : 0;
      }
      return first + i;
    }

    /// Of values.
    int kind(int bound) {
      return bounds.get(bound).query.kind();
    }
  }

  /// How many elements of the magnitudes that were found each tile has.
  private static final class Groups implements TensorScan.Partial<Groups> {
    private final Search search;
    private final boolean[] open;
    private final int[][] counts;
    private final List<MagnitudeCounts> equal;

    Groups(Search search, boolean[] open) {
      this.search = search;
      this.open = open;
      int groups = Math.toIntExact(Math.ceilDiv(search.elements, (long) Kernels.TILE));
      this.counts = new int[open.length][];
      for (int b = 0; b < open.length; b++) {
        counts[b] = new int[open[b] ? groups : 0];
      }
      this.equal =
          search.found.stream().map(found -> new MagnitudeCounts(found.bits(), 0, 1)).toList();
    }

    @Override
    public void tile(long first, float[] base, float[][] models, int count) {
      float[][] kinds = search.values.of(first, base, models, count);
      for (int b = 0; b < open.length; b++) {
        if (open[b]) {
          MagnitudeCounts found = equal.get(b);
          found.bins[0] = 0;
          float[] values = kinds[search.kind(b)];
          KernelChoice.taskVectors().countMagnitudes(ZEROS, values, found, count);
          counts[b][(int) (first / Kernels.TILE)] = (int) found.bins[0];
        }
      }
    }

    @Override
    public void add(Groups other) {
      for (int b = 0; b < counts.length; b++) {
        int[] mine = counts[b];
        int[] theirs = other.counts[b];
        Arrays.setAll(mine, i -> mine[i] + theirs[i]);
      }
    }

    @Override
    public void writeTo(DataOutput out) throws IOException {
      for (int[] groups : counts) {
        for (int i = 0; i < groups.length; i++) {
          if (groups[i] != 0) {
            out.writeInt(i);
            out.writeInt(groups[i]);
          }
        }
        out.writeInt(-1);
      }
    }

    @Override
    public void readFrom(DataInput in) throws IOException {
      for (int[] groups : counts) {
        for (int i = in.readInt(); i >= 0; i = in.readInt()) {
          groups[i] = in.readInt();
        }
      }
    }
  }

  /// The values of one tile.
  private static final class Tile implements TensorScan.Partial<Tile> {
    private final Search search;
    private final int kind;
    private float[] values = {};

    Tile(Search search, int kind) {
      this.search = search;
      this.kind = kind;
    }

    @Override
    public void tile(long first, float[] base, float[][] models, int count) {
      values = Arrays.copyOf(search.values.of(first, base, models, count)[kind], count);
    }

    @Override
    public void add(Tile other) {
      values = other.values.length > 0 ? other.values : values;
    }

    @Override
    public void writeTo(DataOutput out) throws IOException {
      out.writeInt(values.length);
      for (float value : values) {
        out.writeFloat(value);
      }
    }

    @Override
    public void readFrom(DataInput in) throws IOException {
      values = new float[in.readInt()];
      for (int i = 0; i < values.length; i++) {
        values[i] = in.readFloat();
      }
    }
  }
}

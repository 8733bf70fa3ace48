package org.lines4j.internal.method;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.List;
import org.lines4j.internal.kernel.KernelChoice;
import org.lines4j.internal.kernel.Kernels;
import org.lines4j.internal.kernel.MagnitudeCounts;
import org.lines4j.internal.rank.Interval;
import org.lines4j.internal.rank.RankSearch;
import org.lines4j.method.TensorScan;

/// The magnitudes of some ranks among the values that a tensor's elements have.
final class MagnitudeRanks {
  private static final long WORTH_A_SAMPLE = 2 * TensorScan.BLOCK;
  private static final float[] ZEROS = new float[Kernels.TILE];

  /// Values that a tile's elements have.
  @FunctionalInterface
  interface Values {
    /// An array for each kind of values.
    ///
    /// @param first the index in the tensor of the first element
    /// @param models may be used as scratch space, also for the values
    float[][] of(long first, float[] base, float[][] models, int count);
  }

  /// What is sought.
  ///
  /// @param kind of values, from 0
  /// @param rank from 0, in ascending order
  record Query(int kind, long rank) {}

  /// How often [#find] reads a tensor, most likely.
  static final int SCANS = 1;

  private MagnitudeRanks() {}

  /// Finds what is sought, in the order of `queries`.
  static List<RankSearch.Found> find(TensorScan scan, Values values, List<Query> queries)
      throws IOException {
    if (queries.isEmpty()) {
      return List.of();
    }
    long elements = scan.shape().elements();
    long[] ranks = queries.stream().mapToLong(Query::rank).toArray();
    RankSearch search = new RankSearch(elements, ranks, scan.partials());
    if (elements >= WORTH_A_SAMPLE) {
      search.sample(
          intervals -> scan.sample(() -> Counts.of(values, queries, intervals)).counts,
          TensorScan.SAMPLE);
    }
    return search.find(
        intervals -> scan.measure(() -> Counts.of(values, queries, intervals)).counts);
  }

  /// Counts in the intervals of a search.
  private record Counts(
      Values values, List<Query> queries, List<Interval> intervals, List<MagnitudeCounts> counts)
      implements TensorScan.Partial<Counts> {
    static Counts of(Values values, List<Query> queries, List<Interval> intervals) {
      return new Counts(
          values, queries, intervals, intervals.stream().map(Interval::counts).toList());
    }

    @Override
    public void tile(long first, float[] base, float[][] models, int count) {
      float[][] kinds = values.of(first, base, models, count);
      for (int q = 0; q < counts.size(); q++) {
        if (!intervals.get(q).isFound()) {
          float[] magnitudes = kinds[queries.get(q).kind];
          KernelChoice.taskVectors().countMagnitudes(ZEROS, magnitudes, counts.get(q), count);
        }
      }
    }

    @Override
    public void add(Counts other) {
      for (int q = 0; q < counts.size(); q++) {
        counts.get(q).add(other.counts.get(q));
      }
    }

    @Override
    public void writeTo(DataOutput out) throws IOException {
      for (MagnitudeCounts count : counts) {
        count.writeTo(out);
      }
    }

    @Override
    public void readFrom(DataInput in) throws IOException {
      for (MagnitudeCounts count : counts) {
        count.readFrom(in);
      }
    }
  }
}

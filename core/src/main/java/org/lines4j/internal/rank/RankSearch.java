package org.lines4j.internal.rank;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.lines4j.internal.kernel.MagnitudeCounts;

/// The magnitudes of some ranks in ascending order, each among all values of one kind: exact, in as
/// many passes over the values as it takes to narrow down the bits of each, two without any idea
/// where to look, most often one with a sample. A bad sample costs passes, it cannot change what is
/// found.
public final class RankSearch {
  /// What the counters of all threads may take.
  private static final long COUNTER_BYTES = 96L << 20;

  private static final int MOST_BINS = 1 << 17;
  private static final int FEWEST_BINS = 1 << 16; // with which two passes always do

  /// Counts values.
  @FunctionalInterface
  public interface Counter {
    /// Counts all values of each kind in the bins of the interval that stands for it; nothing needs
    /// to be counted where that is known.
    List<MagnitudeCounts> count(List<Interval> intervals) throws IOException;
  }

  /// A magnitude that was sought.
  ///
  /// @param bits its bit pattern
  /// @param less how many values are less
  /// @param equal how many values have it
  public record Found(int bits, long less, long equal) {
    /// The magnitude itself.
    public float value() {
      return Float.intBitsToFloat(bits);
    }
  }

  private final long elements;
  private final long[] ranks;
  private final int bins;
  private final List<Found> found;
  private List<Interval> intervals;
  private int passes;

  /// @param elements how many values there are of each kind
  /// @param ranks the rank that is sought of each kind, from 0; below 0 for the least magnitude
  ///   there is, zero
  /// @param counters how many there are at a time of what a [Counter] counts with
  public RankSearch(long elements, long[] ranks, int counters) {
    this.elements = elements;
    this.ranks = ranks.clone();
    long each = (long) ranks.length * counters * Long.BYTES;
    long most = Long.highestOneBit(Math.max(COUNTER_BYTES / each, 2));
    long enough = Math.max(Long.highestOneBit(elements), FEWEST_BINS);
    this.bins = (int) Math.min(Math.min(most, enough), MOST_BINS);
    this.intervals = starts(Interval.all(bins));
    this.found = new ArrayList<>(Collections.nCopies(ranks.length, new Found(0, 0, 0)));
  }

  /// Where to begin: with `first`, unless nothing is sought.
  private List<Interval> starts(Interval first) {
    return Arrays.stream(ranks).mapToObj(rank -> rank < 0 ? Interval.zero() : first).toList();
  }

  /// Learns from a part of the values where to look.
  ///
  /// @param sampled how many values of each kind that is
  public void sample(Counter counter, long sampled) throws IOException {
    intervals = starts(Interval.likely(bins));
    List<MagnitudeCounts> counts = counter.count(intervals);
    List<Interval> guesses = new ArrayList<>();
    for (int i = 0; i < ranks.length; i++) {
      Interval interval = intervals.get(i);
      long rank = (long) ((double) ranks[i] / elements * sampled);
      guesses.add(
          interval.isFound()
              ? interval
              : Interval.around(interval.estimate(rank, counts.get(i)), bins));
    }
    intervals = guesses;
  }

  /// Counts all values, and again as long as anything is open.
  public List<Found> find(Counter counter) throws IOException {
    while (passes == 0 || !intervals.stream().allMatch(Interval::isFound)) {
      List<MagnitudeCounts> counts = counter.count(intervals);
      List<Interval> next = new ArrayList<>();
      for (int i = 0; i < ranks.length; i++) {
        next.add(next(i, counts.get(i)));
      }
      intervals = next;
      passes++;
    }
    return List.copyOf(found);
  }

  /// A sample that just missed is worth a second guess, which then knows where it was wrong.
  private Interval next(int which, MagnitudeCounts counts) {
    Interval interval = intervals.get(which);
    if (interval.isFound()) {
      return interval;
    }
    long rank = ranks[which];
    Interval shifted = interval.shifted(rank, counts);
    if (passes == 0 && !shifted.equals(interval)) {
      return shifted;
    }
    Interval narrowed = interval.narrowed(rank, counts, bins);
    if (narrowed.isFound()) {
      found.set(which, foundAt(narrowed.middle(), rank, counts));
    }
    return narrowed;
  }

  /// How many are less than or equal to the magnitude of that rank, which has a bin of its own, or
  /// is the only one below or above them all.
  private Found foundAt(int bits, long rank, MagnitudeCounts counts) {
    int bin = counts.bin(rank);
    if (bin < 0) {
      return new Found(bits, 0, counts.below);
    }
    long less = counts.before(bin);
    return new Found(bits, less, bin < counts.bins.length ? counts.bins[bin] : elements - less);
  }

  /// Each magnitude as far as it is known yet.
  public List<Float> guesses() {
    return intervals.stream().map(interval -> Float.intBitsToFloat(interval.middle())).toList();
  }

  /// How often [#find] counted.
  public int passes() {
    return passes;
  }
}

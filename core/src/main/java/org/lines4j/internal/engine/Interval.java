package org.lines4j.internal.engine;

import java.util.Arrays;

/// Bit patterns of non-negative float32 numbers among which one is sought, cut into bins of equal
/// width. They sort as the numbers do.
///
/// @param low the first
/// @param shift a bin holds `1 << shift` of them
/// @param bins how many there are
record Interval(int low, int shift, int bins) {
  private static final long END = 1L << 31;

  /// `length` bit patterns from `low` on, in at most `most` bins.
  static Interval covering(long low, long length, int most) {
    int shift = 0;
    while (Math.ceilDiv(length, 1L << shift) > most) {
      shift++;
    }
    return new Interval((int) low, shift, (int) Math.ceilDiv(length, 1L << shift));
  }

  /// All of them.
  static Interval all(int most) {
    return covering(0, END, most);
  }

  /// Those around `middle`, one in each bin.
  static Interval around(int middle, int most) {
    long low = Math.clamp((long) middle - most / 2, 0, END - most);
    return new Interval((int) low, 0, most);
  }

  /// The zero alone.
  static Interval zero() {
    return new Interval(0, 0, 1);
  }

  /// Whether there is but one.
  boolean isSettled() {
    return size() == 1;
  }

  /// The one in the middle.
  int middle() {
    return (int) (low + size() / 2);
  }

  private long size() {
    return (long) bins << shift;
  }

  /// The interval to look in next for the element of rank `rank`, from 0, after all were counted:
  /// the bin that holds it, or all that lies on its side of this interval.
  ///
  /// @param below how many elements are less than [#low]
  /// @param counts how many are in each bin
  Interval narrowed(long rank, long below, long[] counts, int most) {
    if (rank < below) {
      return covering(0, low, most);
    }
    long before = below;
    for (int i = 0; i < bins; i++) {
      before += counts[i];
      if (rank < before) {
        return covering(low + ((long) i << shift), 1L << shift, most);
      }
    }
    return covering(low + size(), END - low - size(), most);
  }

  /// The interval of the same size around where the element of rank `rank` must be if elements lie
  /// as densely outside of this interval as they do inside; this one if it holds it, or that cannot
  /// be told.
  ///
  /// @param below how many elements are less than [#low]
  /// @param counts how many are in each bin
  Interval shifted(long rank, long below, long[] counts) {
    long inside = Arrays.stream(counts).sum();
    long beyond = rank < below ? rank - below : Math.max(0, rank - below - inside + 1);
    if (inside == 0 || beyond == 0) {
      return this;
    }
    double middle = middle() + (beyond + Long.signum(beyond) * inside / 2.0) / inside * size();
    return middle < 0 || middle >= END ? this : around((int) middle, bins);
  }

  /// About where the element of rank `rank` is, if elements lie evenly in each bin.
  int estimate(long rank, long below, long[] counts) {
    long before = below;
    for (int i = 0; i < bins; i++) {
      if (rank < before + counts[i]) {
        double part = (rank - before + 0.5) / counts[i];
        return low + (i << shift) + (int) (part * (1 << shift));
      }
      before += counts[i];
    }
    return middle();
  }
}

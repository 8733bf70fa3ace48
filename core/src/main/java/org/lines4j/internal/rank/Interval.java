package org.lines4j.internal.rank;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Arrays;
import org.lines4j.internal.kernel.MagnitudeCounts;

/// Bit patterns of non-negative float32 numbers among which one is sought, cut into bins of equal
/// width. They sort as the numbers do.
///
/// @param low the first
/// @param shift a bin holds `1 << shift` of them
/// @param bins how many there are
public record Interval(int low, int shift, int bins) {
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

  /// Those of the magnitudes from 2⁻⁴⁸ up to 2¹⁶, which few task vectors leave: for a sample, in
  /// bins (256 for each power of two, unless that is more than `most`) that hide no threshold from
  /// one that is [#around] them, and that caches hold.
  static Interval likely(int most) {
    return covering(Float.floatToIntBits(0x1p-48f), 64L << 23, Math.min(most, 1 << 14));
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

  /// Whether one magnitude is left.
  public boolean isFound() {
    return size() == 1;
  }

  /// Nothing counted yet in its bins.
  public MagnitudeCounts counts() {
    return new MagnitudeCounts(low, shift, bins);
  }

  /// Writes it, for another JVM.
  public void writeTo(DataOutput out) throws IOException {
    out.writeInt(low);
    out.writeInt(shift);
    out.writeInt(bins);
  }

  /// Reads what [#writeTo] has written.
  public static Interval readFrom(DataInput in) throws IOException {
    int low = in.readInt();
    int shift = in.readInt();
    return new Interval(low, shift, in.readInt());
  }

  /// The one in the middle.
  public int middle() {
    return (int) (low + size() / 2);
  }

  private long size() {
    return (long) bins << shift;
  }

  /// The interval to look in next for the element of rank `rank`, from 0, after all were counted:
  /// the bin that holds it, or all that lies on its side of this interval.
  ///
  /// @param counts of this interval
  Interval narrowed(long rank, MagnitudeCounts counts, int most) {
    int bin = counts.bin(rank);
    if (bin < 0) {
      return covering(0, low, most);
    }
    return bin < bins
        ? covering(low + ((long) bin << shift), 1L << shift, most)
        : covering(low + size(), END - low - size(), most);
  }

  /// The interval of the same size around where the element of rank `rank` must be if elements lie
  /// as densely outside of this interval as they do inside; this one if it holds it, or that cannot
  /// be told.
  ///
  /// @param counts of this interval
  Interval shifted(long rank, MagnitudeCounts counts) {
    long inside = Arrays.stream(counts.bins).sum();
    long beyond =
        rank < counts.below ? rank - counts.below : Math.max(0, rank - counts.below - inside + 1);
    if (inside == 0 || beyond == 0) {
      return this;
    }
    double middle = middle() + (beyond + Long.signum(beyond) * inside / 2.0) / inside * size();
    return middle < 0 || middle >= END ? this : around((int) middle, bins);
  }

  /// About where the element of rank `rank` is, if elements lie evenly in each bin, and those below
  /// all bins are zero, as the updates of what was not trained are.
  int estimate(long rank, MagnitudeCounts counts) {
    int bin = counts.bin(rank);
    if (bin < 0) {
      return 0;
    }
    if (bin == bins) {
      return middle();
    }
    double part = (rank - counts.before(bin) + 0.5) / counts.bins[bin];
    return low + (bin << shift) + (int) (part * (1 << shift));
  }
}

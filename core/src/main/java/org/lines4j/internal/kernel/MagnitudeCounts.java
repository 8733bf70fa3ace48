package org.lines4j.internal.kernel;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import org.lines4j.run.Partial;

/// Magnitudes |τ|, counted by their bits, which sort as they do. NaN has one bit pattern, the
/// canonical one.
public final class MagnitudeCounts implements Partial<MagnitudeCounts> {
  private static final int LONGEST_VECTOR = 64; // of ints

  /// How many are less than the first bin's.
  public long below;

  /// How many are in each bin: `bins[i]` is for `low + (i << shift)` and the `(1 << shift) − 1` bit
  /// patterns that follow.
  public final long[] bins;

  final int low;
  final int shift;

  /// What a kernel found in a tile, to be counted when it is through; with room for a vector behind
  /// it.
  final int[] found = new int[Kernels.TILE + LONGEST_VECTOR];

  /// Nothing counted yet.
  ///
  /// @param low the first bit pattern of the first bin
  /// @param shift a bin holds `1 << shift` of them
  /// @param bins how many there are
  public MagnitudeCounts(int low, int shift, int bins) {
    this.low = low;
    this.shift = shift;
    this.bins = new long[bins];
  }

  /// The bin that holds the magnitude of a rank, from 0 in ascending order: −1 if that is below all
  /// bins, their number if it is above.
  public int bin(long rank) {
    if (rank < below) {
      return -1;
    }
    long left = rank - below;
    int bin = 0;
    while (bin < bins.length && left >= bins[bin]) {
      left -= bins[bin++];
    }
    return bin;
  }

  /// How many magnitudes are less than bin `bin`'s.
  public long before(int bin) {
    long before = below;
    for (int i = 0; i < bin; i++) {
      before += bins[i];
    }
    return before;
  }

  /// Adds what `other` counted in the same bins.
  @Override
  public void add(MagnitudeCounts other) {
    below += other.below;
    for (int i = 0; i < bins.length; i++) {
      bins[i] += other.bins[i];
    }
  }

  /// Writes the bins that are not empty, each by how many empty ones come before it: as short as
  /// what was counted is little.
  @Override
  public void writeTo(DataOutput out) throws IOException {
    out.writeLong(below);
    int empty = 0;
    for (long count : bins) {
      if (count == 0) {
        empty++;
      } else {
        writeShort(out, empty + 1L);
        writeShort(out, count);
        empty = 0;
      }
    }
    writeShort(out, 0);
  }

  @Override
  public void readFrom(DataInput in) throws IOException {
    below = in.readLong();
    int bin = -1;
    for (long step = readShort(in); step > 0; step = readShort(in)) {
      bin += (int) step;
      bins[bin] = readShort(in);
    }
  }

  /// Seven bits in each byte, the lowest first; the eighth says that more follow.
  private static void writeShort(DataOutput out, long number) throws IOException {
    long left = number;
    for (; left >= 0x80; left >>>= 7) {
      out.writeByte((int) ((left & 0x7f) | 0x80));
    }
    out.writeByte((int) left);
  }

  private static long readShort(DataInput in) throws IOException {
    long number = 0;
    for (int shift = 0; ; shift += 7) {
      int next = in.readUnsignedByte();
      number |= (long) (next & 0x7f) << shift;
      if (next < 0x80) {
        return number;
      }
    }
  }
}

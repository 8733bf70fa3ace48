package org.lines4j.subspace.method;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import org.lines4j.run.Partial;

/// How often each half of the bits of magnitudes comes up, of each model: twice counted, by the
/// upper half and by the lower, any rank among float32 magnitudes is known.
final class Entries implements Partial<Entries> {
  private static final int LOWER_BITS = 15;
  private static final int BINS = 1 << 16;
  private static final int MAGNITUDE = 0x7fff_ffff;

  private final long[][] counts;

  Entries(int models) {
    this.counts = new long[models][BINS];
  }

  /// The upper half of a magnitude's bits in float32.
  static int upper(double value) {
    return (Float.floatToIntBits((float) value) & MAGNITUDE) >>> LOWER_BITS;
  }

  /// The lower half.
  static int lower(double value) {
    return Float.floatToIntBits((float) value) & ((1 << LOWER_BITS) - 1);
  }

  /// The magnitude with these halves.
  static float magnitude(int upper, int lower) {
    return Float.intBitsToFloat(upper << LOWER_BITS | lower);
  }

  void add(int model, int bin) {
    counts[model][bin]++;
  }

  void addZeros(int model, long count) {
    counts[model][0] += count;
  }

  long total(int model) {
    return before(model, BINS);
  }

  /// How many are in bins before this one.
  long before(int model, int bin) {
    long before = 0;
    for (int i = 0; i < bin; i++) {
      before += counts[model][i];
    }
    return before;
  }

  /// The bin of the one of a rank, from 0.
  int bin(int model, long rank) {
    long left = rank;
    int bin = 0;
    while (bin < BINS - 1 && left >= counts[model][bin]) {
      left -= counts[model][bin++];
    }
    return counts[model][bin] == 0 ? 0 : bin;
  }

  @Override
  public void add(Entries other) {
    for (int m = 0; m < counts.length; m++) {
      for (int i = 0; i < BINS; i++) {
        counts[m][i] += other.counts[m][i];
      }
    }
  }

  @Override
  public void writeTo(DataOutput out) throws IOException {
    for (long[] model : counts) {
      for (int i = 0; i < BINS; i++) {
        if (model[i] != 0) {
          out.writeInt(i);
          out.writeLong(model[i]);
        }
      }
      out.writeInt(-1);
    }
  }

  @Override
  public void readFrom(DataInput in) throws IOException {
    for (long[] model : counts) {
      for (int i = in.readInt(); i >= 0; i = in.readInt()) {
        model[i] = in.readLong();
      }
    }
  }
}

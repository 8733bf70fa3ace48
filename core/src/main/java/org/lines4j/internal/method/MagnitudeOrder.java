package org.lines4j.internal.method;

import java.util.Arrays;

/// The elements of a row in ascending order of magnitude, of equal ones the earlier first; NaN is
/// last. Sorted digit by digit, in time proportional to the row's length.
final class MagnitudeOrder {
  static final int BYTES_PER_ELEMENT = 2 * Long.BYTES;

  private static final int DIGITS = 3;
  private static final int DIGIT_BITS = 11;
  private static final int DIGIT = (1 << DIGIT_BITS) - 1;

  /// Shorter rows are sorted sooner by comparing.
  private static final int SHORT = 256;

  private final int[][] places = new int[DIGITS][1 << DIGIT_BITS];
  private long[] entries; // magnitude bits above, index below
  private long[] target;

  /// For rows of that length.
  MagnitudeOrder(int length) {
    this.entries = new long[length];
    this.target = new long[length];
  }

  /// Puts the elements of `row` in order.
  void sort(float[] row) {
    for (int i = 0; i < row.length; i++) {
      entries[i] = (long) Float.floatToIntBits(Math.abs(row[i])) << 32 | i;
    }
    if (row.length < SHORT) {
      Arrays.sort(entries);
      return;
    }
    count();
    for (int digit = 0; digit < DIGITS; digit++) {
      distribute(places[digit], 32 + digit * DIGIT_BITS);
    }
  }

  /// The index of the element of that rank, from 0.
  int index(int rank) {
    return (int) entries[rank];
  }

  private void count() {
    for (int[] counts : places) {
      Arrays.fill(counts, 0);
    }
    for (long entry : entries) {
      int bits = (int) (entry >>> 32);
      places[0][bits & DIGIT]++;
      places[1][(bits >>> DIGIT_BITS) & DIGIT]++;
      places[2][bits >>> (2 * DIGIT_BITS)]++;
    }
  }

  /// Orders the entries by one digit; those that share it stay as they are.
  ///
  /// @param counts how many entries have each value of the digit
  private void distribute(int[] counts, int shift) {
    int place = 0;
    for (int value = 0; value < counts.length; value++) {
      int count = counts[value];
      counts[value] = place;
      place += count;
    }
    for (long entry : entries) {
      target[counts[(int) (entry >>> shift) & DIGIT]++] = entry;
    }
    long[] sorted = target;
    target = entries;
    entries = sorted;
  }
}

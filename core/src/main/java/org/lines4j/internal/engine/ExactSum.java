package org.lines4j.internal.engine;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import org.lines4j.run.Partial;

/// The sum of numbers that are not negative, rounded once, when it is asked for: so it is the same
/// in whatever order they come, in a few hundred bytes for any number of them.
///
/// A finite double is a multiple of 2⁻¹⁰⁷⁴, and so is the sum. It is kept in digits of 32 bits,
/// each in a long: a double reaches three of them, and half a billion are added before any is full.
///
/// ```
/// digit    …    i+2       i+1        i
/// value    0 … 00xxx  xxxxxxxxx  xxxxx000     53 bits, shifted by less than 32
/// ```
final class ExactSum implements Partial<ExactSum> {
  private static final int BITS = 32;
  private static final long MASK = (1L << BITS) - 1;
  private static final int MANTISSA = 52;
  private static final int DIGITS = (2 + 1074 + 1024 + Long.SIZE) / BITS + 2;
  private static final int MOST = 1 << 29;

  private final long[] digits = new long[DIGITS];
  private int added;

  /// What is infinite or NaN.
  private double notFinite;

  /// Adds a number that is not negative, infinity or NaN.
  void add(double value) {
    if (!Double.isFinite(value)) {
      notFinite += value;
      return;
    }
    long bits = Double.doubleToRawLongBits(Math.abs(value));
    int exponent = (int) (bits >>> MANTISSA);
    long mantissa = bits & (1L << MANTISSA) - 1 | (exponent == 0 ? 0 : 1L << MANTISSA);
    int shift = Math.max(exponent, 1) - 1;
    int digit = shift / BITS;
    int within = shift % BITS;
    digits[digit] += mantissa << within & MASK;
    digits[digit + 1] += mantissa >>> BITS - within & MASK;
    digits[digit + 2] += within == 0 ? 0 : mantissa >>> 2 * BITS - within;
    count();
  }

  @Override
  public void add(ExactSum other) {
    other.carry();
    for (int i = 0; i < DIGITS; i++) {
      digits[i] += other.digits[i];
    }
    notFinite += other.notFinite;
    count();
  }

  private void count() {
    if (++added == MOST) {
      carry();
    }
  }

  /// Leaves less than 2³² in each digit.
  private void carry() {
    long over = 0;
    for (int i = 0; i < DIGITS; i++) {
      long digit = digits[i] + over;
      digits[i] = digit & MASK;
      over = digit >>> BITS;
    }
    added = 1;
  }

  /// The nearest double.
  double value() {
    if (notFinite != 0) {
      return notFinite;
    }
    carry();
    BigInteger sum = BigInteger.ZERO;
    for (int i = DIGITS - 1; i >= 0; i--) {
      sum = sum.shiftLeft(BITS).or(BigInteger.valueOf(digits[i]));
    }
    return new BigDecimal(sum).multiply(new BigDecimal(Double.MIN_VALUE)).doubleValue();
  }

  /// The digits from the first to the last that is not 0.
  @Override
  public void writeTo(DataOutput out) throws IOException {
    carry();
    int first = 0;
    int end = DIGITS;
    while (first < end && digits[first] == 0) {
      first++;
    }
    while (end > first && digits[end - 1] == 0) {
      end--;
    }
    out.writeDouble(notFinite);
    out.writeByte(first);
    out.writeByte(end);
    for (int i = first; i < end; i++) {
      out.writeInt((int) digits[i]);
    }
  }

  @Override
  public void readFrom(DataInput in) throws IOException {
    notFinite = in.readDouble();
    int first = in.readByte();
    int end = in.readByte();
    for (int i = first; i < end; i++) {
      digits[i] = in.readInt() & MASK;
    }
  }
}

package org.lines4j.method;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import org.lines4j.run.Partial;

/// A sum of doubles that is rounded once, when it is asked for: so it is the same in whatever order
/// they come, in a few hundred bytes for any number of them.
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
  private static final int EXPONENT = 0x7ff;
  private static final int LAST = (2 + 1074 + 1024 + Long.SIZE) / BITS + 1;
  private static final int MOST = 1 << 29;
  private static final BigDecimal UNIT = new BigDecimal(Double.MIN_VALUE);

  /// Below 0, all digits but the last are still counted upwards from the one below.
  private final long[] digits = new long[LAST + 1];

  private int added;

  /// What is infinite or NaN.
  private double notFinite;

  /// Adds any number.
  void add(double value) {
    if (!Double.isFinite(value)) {
      notFinite += value;
      return;
    }
    long bits = Double.doubleToRawLongBits(value);
    int exponent = (int) (bits >>> MANTISSA) & EXPONENT;
    long mantissa = (bits & ((1L << MANTISSA) - 1)) | (exponent == 0 ? 0 : 1L << MANTISSA);
    int shift = Math.max(exponent, 1) - 1;
    int within = shift % BITS;
    int digit = shift / BITS;
    long sign = bits < 0 ? -1 : 1;
    digits[digit] += sign * ((mantissa << within) & MASK);
    digits[digit + 1] += sign * ((mantissa >>> (BITS - within)) & MASK);
    digits[digit + 2] += within == 0 ? 0 : sign * (mantissa >>> (2 * BITS - within));
    count();
  }

  @Override
  public void add(ExactSum other) {
    other.carry();
    for (int i = 0; i <= LAST; i++) {
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

  /// Leaves 0 … 2³² − 1 in each digit but the last.
  private void carry() {
    for (int i = 0; i < LAST; i++) {
      digits[i + 1] += digits[i] >> BITS;
      digits[i] &= MASK;
    }
    added = 1;
  }

  /// The nearest double.
  double value() {
    return notFinite == 0 ? new BigDecimal(units()).multiply(UNIT).doubleValue() : notFinite;
  }

  /// As a multiple of the least double.
  private BigInteger units() {
    carry();
    BigInteger sum = BigInteger.valueOf(digits[LAST]);
    for (int i = LAST - 1; i >= 0; i--) {
      sum = sum.shiftLeft(BITS).add(BigInteger.valueOf(digits[i]));
    }
    return sum;
  }

  /// Without the zeros at its end.
  @Override
  public void writeTo(DataOutput out) throws IOException {
    BigInteger sum = units();
    int zeros = Math.max(0, sum.getLowestSetBit());
    byte[] bytes = sum.shiftRight(zeros).toByteArray();
    out.writeDouble(notFinite);
    out.writeInt(zeros);
    out.writeShort(bytes.length);
    out.write(bytes);
  }

  @Override
  public void readFrom(DataInput in) throws IOException {
    notFinite = in.readDouble();
    int zeros = in.readInt();
    byte[] bytes = new byte[in.readUnsignedShort()];
    in.readFully(bytes);
    BigInteger sum = new BigInteger(bytes).shiftLeft(zeros);
    for (int i = 0; i < LAST; i++) {
      digits[i] = sum.intValue() & MASK;
      sum = sum.shiftRight(BITS);
    }
    digits[LAST] = sum.longValue();
  }
}

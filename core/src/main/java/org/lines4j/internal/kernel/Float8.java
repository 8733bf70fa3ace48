package org.lines4j.internal.kernel;

/// The two 8-bit floats of the OCP specification (arXiv 2209.05433).
///
/// ```
/// E4M3  s eeee mmm   bias 7    no infinity, NaN is s.1111.111, largest 448
/// E5M2  s eeeee mm   bias 15   infinity and NaN as in IEEE 754, largest 57344
/// ```
enum Float8 {
  E4M3(3, 7, 448f, 0x7e),
  E5M2(2, 15, 57344f, 0x7c);

  private static final int NAN = 0x7f;

  /// Explicit bits of the mantissa.
  private final int mantissaBits;

  private final int bias;

  /// The bits of the largest finite value.
  private final int largest;

  /// What a rounded value beyond the largest becomes, as in PyTorch's casts: the largest for E4M3
  /// (before PyTorch 2.12 it was NaN), infinity for E5M2.
  private final int overflow;

  /// The values of all bit patterns.
  @SuppressWarnings("ImmutableEnumChecker") // filled by the constructor, never changed
  private final float[] values = new float[256];

  Float8(int mantissaBits, int bias, float largest, int overflow) {
    this.mantissaBits = mantissaBits;
    this.bias = bias;
    this.overflow = overflow;
    int exponent = Math.getExponent(largest);
    this.largest =
        ((exponent + bias - 1) << mantissaBits)
            + (int) Math.scalb(largest, mantissaBits - exponent);
    for (int bits = 0; bits < values.length; bits++) {
      values[bits] = decodeSlowly(bits);
    }
  }

  int mantissaBits() {
    return mantissaBits;
  }

  int bias() {
    return bias;
  }

  int largest() {
    return largest;
  }

  int overflow() {
    return overflow;
  }

  /// The value of 8 bits.
  float decode(int bits) {
    return values[bits];
  }

  private float decodeSlowly(int bits) {
    int magnitude = bits & 0x7f;
    float sign = bits > 0x7f ? -1f : 1f;
    int exponent = magnitude >> mantissaBits;
    int mantissa = magnitude & ((1 << mantissaBits) - 1);
    if (magnitude > largest) {
      return magnitude == overflow ? sign * Float.POSITIVE_INFINITY : Float.NaN;
    }
    return exponent == 0
        ? sign * Math.scalb((float) mantissa, 1 - bias - mantissaBits)
        : sign * Math.scalb((float) (mantissa | 1 << mantissaBits), exponent - bias - mantissaBits);
  }

  /// The nearest value's bits, ties to even.
  int encode(float value) {
    if (Float.isNaN(value)) {
      return NAN;
    }
    int bits = Float.floatToRawIntBits(value);
    int sign = (bits >>> 24) & 0x80;
    float magnitude = Math.abs(value);
    int exponent = Math.max(Math.getExponent(magnitude), 1 - bias);
    // In units of the last place that the result has at this exponent, a float's value is exact.
    float units = Math.scalb(magnitude, mantissaBits - exponent);
    if (units >= 1 << (mantissaBits + 2)) {
      return sign | overflow;
    }
    int rounded = (int) Math.rint(units);
    // Rounding up to the next power of two carries into the exponent by itself.
    int result = ((exponent + bias - 1) << mantissaBits) + rounded;
    return sign | (result > largest ? overflow : result);
  }
}

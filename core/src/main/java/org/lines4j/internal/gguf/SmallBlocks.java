package org.lines4j.internal.gguf;

/// Blocks of 32 elements with one scale: `Q4_0` to `Q8_0`, `IQ4_NL`, and the 4-bit floats.
final class SmallBlocks {
  /// Elements of a block.
  static final int SIZE = 32;

  private static final int HALF = SIZE / 2;

  /// What the codes of `IQ4_NL` and `IQ4_XS` stand for.
  private static final byte[] UNEVEN = {
    -127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113
  };

  /// Twice what the codes of a 4-bit float (E2M1) stand for.
  private static final byte[] TWICE_E2M1 = {
    0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12
  };

  private SmallBlocks() {}

  /// The 4 bits of element `i`: those of the first half lie low in their bytes, the others high.
  private static int nibble(byte[] codes, int at, int i) {
    int code = codes[at + i % HALF];
    return i < HALF ? code & 15 : code >> 4 & 15;
  }

  /// The 5 bits of element `i`: a nibble, and one of 32 bits.
  private static int five(byte[] codes, int at, int high, int i) {
    return nibble(codes, at, i) | (high >>> i & 1) << 4;
  }

  /// d, then nibbles less 8.
  static void q40(byte[] codes, int at, float[] values, int to) {
    float d = BlockDecoder.half(codes, at);
    for (int i = 0; i < SIZE; i++) {
      values[to + i] = d * (nibble(codes, at + 2, i) - 8);
    }
  }

  /// d, m, then nibbles.
  static void q41(byte[] codes, int at, float[] values, int to) {
    float d = BlockDecoder.half(codes, at);
    float m = BlockDecoder.half(codes, at + 2);
    for (int i = 0; i < SIZE; i++) {
      values[to + i] = d * nibble(codes, at + 4, i) + m;
    }
  }

  /// d, fifth bits, nibbles: less 16.
  static void q50(byte[] codes, int at, float[] values, int to) {
    float d = BlockDecoder.half(codes, at);
    int high = BlockDecoder.word(codes, at + 2, 4);
    for (int i = 0; i < SIZE; i++) {
      values[to + i] = d * (five(codes, at + 6, high, i) - 16);
    }
  }

  /// d, m, fifth bits, nibbles.
  static void q51(byte[] codes, int at, float[] values, int to) {
    float d = BlockDecoder.half(codes, at);
    float m = BlockDecoder.half(codes, at + 2);
    int high = BlockDecoder.word(codes, at + 4, 4);
    for (int i = 0; i < SIZE; i++) {
      values[to + i] = d * five(codes, at + 8, high, i) + m;
    }
  }

  /// d, then bytes.
  static void q80(byte[] codes, int at, float[] values, int to) {
    float d = BlockDecoder.half(codes, at);
    for (int i = 0; i < SIZE; i++) {
      values[to + i] = codes[at + 2 + i] * d;
    }
  }

  /// d, then nibbles that stand for uneven numbers.
  static void iq4nl(byte[] codes, int at, float[] values, int to) {
    uneven(BlockDecoder.half(codes, at), codes, at + 2, values, to);
  }

  /// 32 elements, the nibbles at `at`.
  static void uneven(float d, byte[] codes, int at, float[] values, int to) {
    for (int i = 0; i < SIZE; i++) {
      values[to + i] = d * UNEVEN[nibble(codes, at, i)];
    }
  }

  /// A power of two (E8M0), then 4-bit floats.
  static void mxfp4(byte[] codes, int at, float[] values, int to) {
    int exponent = codes[at] & 0xff;
    int bits = exponent < 2 ? 0x0020_0000 << exponent : (exponent - 1) << 23; // a half of it
    float d = Float.intBitsToFloat(bits);
    for (int i = 0; i < SIZE; i++) {
      values[to + i] = d * TWICE_E2M1[nibble(codes, at + 1, i)];
    }
  }

  /// Four scales (unsigned E4M3), then four times 16 4-bit floats.
  static void nvfp4(byte[] codes, int at, float[] values, int to) {
    for (int sub = 0; sub < 4; sub++) {
      float d = halfOfE4M3(codes[at + sub] & 0xff);
      int own = at + 4 + 8 * sub;
      for (int i = 0; i < 8; i++) {
        values[to + 16 * sub + i] = d * TWICE_E2M1[codes[own + i] & 15];
        values[to + 16 * sub + 8 + i] = d * TWICE_E2M1[codes[own + i] >> 4 & 15];
      }
    }
  }

  private static float halfOfE4M3(int code) {
    if (code == 0 || code == 0x7f) {
      return 0;
    }
    int exponent = code >> 3 & 15;
    int mantissa = code & 7;
    float whole =
        exponent == 0
            ? mantissa * 0x1p-9f
            : (1 + mantissa / 8f) * (float) Math.scalb(1.0, exponent - 7);
    return whole * 0.5f;
  }
}

package org.lines4j.internal.gguf;

/// Blocks of 256 elements with scales within: the K types, `IQ4_XS`, and the ternary ones.
final class SuperBlocks {
  /// Elements of a block.
  static final int SIZE = 256;

  private SuperBlocks() {}

  /// The 2 bits of element `i`: 32 bytes hold four runs of 32 elements, the first one lowest.
  private static int two(byte[] codes, int at, int i) {
    return codes[at + i / 128 * 32 + i % 32] >> (i % 128 / 32 * 2) & 3;
  }

  /// The bit of element `i`: 32 bytes hold eight runs of 32 elements, the first one lowest.
  private static int one(byte[] codes, int at, int i) {
    return codes[at + i % 32] >> (i / 32) & 1;
  }

  /// The 4 bits of element `i`, where `run` bytes hold two runs of as many elements.
  private static int four(byte[] codes, int at, int run, int i) {
    int code = codes[at + i / (2 * run) * run + i % run];
    return i % (2 * run) < run ? code & 15 : code >> 4 & 15;
  }

  /// 16 pairs of nibbles (scale, minimum), 2 bits, d, dmin.
  static void q2k(byte[] codes, int at, float[] values, int to) {
    float d = BlockDecoder.half(codes, at + 80);
    float dmin = BlockDecoder.half(codes, at + 82);
    for (int i = 0; i < SIZE; i++) {
      int scale = codes[at + i / 16];
      values[to + i] = d * (scale & 15) * two(codes, at + 16, i) - dmin * (scale >> 4 & 15);
    }
  }

  /// Third bits (0 takes 4 away), 2 bits, 16 scales of 6 bits, d.
  static void q3k(byte[] codes, int at, float[] values, int to) {
    float d = BlockDecoder.half(codes, at + 108);
    for (int i = 0; i < SIZE; i++) {
      int code = two(codes, at + 32, i) - (1 - one(codes, at, i)) * 4;
      values[to + i] = d * (q3kScale(codes, at + 96, i / 16) - 32) * code;
    }
  }

  /// ```text
  /// bytes 0…7: low nibbles of scales 0…7, high nibbles: of 8…15; bytes 8…11: 2 bits of k, k+4, …
  /// ```
  private static int q3kScale(byte[] codes, int at, int k) {
    int low = codes[at + k % 8] >> (k / 8 * 4) & 15;
    int high = codes[at + 8 + k % 4] >> (k / 4 * 2) & 3;
    return low | high << 4;
  }

  /// d, dmin, 8 pairs of 6 bits, nibbles.
  static void q4k(byte[] codes, int at, float[] values, int to) {
    float d = BlockDecoder.half(codes, at);
    float dmin = BlockDecoder.half(codes, at + 2);
    for (int group = 0; group < 8; group++) {
      float scale = d * scale(codes, at + 4, group);
      float least = dmin * minimum(codes, at + 4, group);
      for (int i = 32 * group; i < 32 * group + 32; i++) {
        values[to + i] = scale * four(codes, at + 16, 32, i) - least;
      }
    }
  }

  /// The same with a fifth bit.
  static void q5k(byte[] codes, int at, float[] values, int to) {
    float d = BlockDecoder.half(codes, at);
    float dmin = BlockDecoder.half(codes, at + 2);
    for (int group = 0; group < 8; group++) {
      float scale = d * scale(codes, at + 4, group);
      float least = dmin * minimum(codes, at + 4, group);
      for (int i = 32 * group; i < 32 * group + 32; i++) {
        int code = four(codes, at + 48, 32, i) | one(codes, at + 16, i) << 4;
        values[to + i] = scale * code - least;
      }
    }
  }

  /// ```text
  /// bytes 0…3: 6 bits of scales 0…3, two high bits of 4…7; bytes 4…7: the same of minima;
  /// bytes 8…11: low nibbles of scales 4…7, then of minima
  /// ```
  private static int scale(byte[] codes, int at, int group) {
    int k = group % 4;
    return group < 4 ? codes[at + k] & 63 : (codes[at + 8 + k] & 15) | (codes[at + k] >> 2 & 0x30);
  }

  private static int minimum(byte[] codes, int at, int group) {
    int k = group % 4;
    return group < 4
        ? codes[at + 4 + k] & 63
        : (codes[at + 8 + k] >> 4 & 15) | (codes[at + 4 + k] >> 2 & 0x30);
  }

  /// Nibbles, two high bits, 16 scales of a byte, d: less 32.
  static void q6k(byte[] codes, int at, float[] values, int to) {
    float d = BlockDecoder.half(codes, at + 208);
    for (int group = 0; group < 16; group++) {
      float scale = d * codes[at + 192 + group];
      for (int i = 16 * group; i < 16 * group + 16; i++) {
        int code = four(codes, at, 64, i) | two(codes, at + 128, i) << 4;
        values[to + i] = scale * (code - 32);
      }
    }
  }

  /// d, 8 scales of 6 bits (high ones first), nibbles that stand for uneven numbers.
  static void iq4xs(byte[] codes, int at, float[] values, int to) {
    float d = BlockDecoder.half(codes, at);
    int high = BlockDecoder.word(codes, at + 2, 2);
    for (int group = 0; group < 8; group++) {
      int low = codes[at + 4 + group / 2] >> (group % 2 * 4) & 15;
      int scale = (low | ((high >> (2 * group)) & 3) << 4) - 32;
      SmallBlocks.uneven(d * scale, codes, at + 8 + 16 * group, values, to + 32 * group);
    }
  }

  /// Five ternary digits in a byte, as fractions of 256: 32 bytes, 16, then 4 of four digits; d.
  static void tq10(byte[] codes, int at, float[] values, int to) {
    float d = BlockDecoder.half(codes, at + 52);
    ternary(d, codes, at, 32, 5, values, to);
    ternary(d, codes, at + 32, 16, 5, values, to + 160);
    ternary(d, codes, at + 48, 4, 4, values, to + 240);
  }

  private static void ternary(
      float d, byte[] codes, int at, int bytes, int digits, float[] values, int to) {
    int power = 1;
    for (int digit = 0; digit < digits; digit++) {
      for (int i = 0; i < bytes; i++) {
        int rest = (codes[at + i] & 0xff) * power & 0xff;
        values[to + digit * bytes + i] = d * (((rest * 3) >> 8) - 1);
      }
      power *= 3;
    }
  }

  /// 2 bits, d: less 1.
  static void tq20(byte[] codes, int at, float[] values, int to) {
    float d = BlockDecoder.half(codes, at + 64);
    for (int i = 0; i < SIZE; i++) {
      values[to + i] = d * (two(codes, at, i) - 1);
    }
  }
}

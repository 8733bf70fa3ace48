package org.lines4j.internal.kernel;

import java.util.Random;

/// Inputs that kernels may get wrong: half of them special, the rest of all magnitudes.
final class Samples {
  /// Float32 bit patterns.
  static final int[] SPECIAL = {
    0,
    0x8000_0000,
    1, // smallest subnormal
    0x8000_0001,
    0x007f_ffff, // largest subnormal
    0x0080_0000, // smallest normal
    0x7f7f_ffff, // largest
    0xff7f_ffff,
    0x7f80_0000, // infinity
    0xff80_0000,
    0x7fc0_0000, // NaN
    0xffc0_0000,
    0x7f80_0001, // signalling
    0xff81_2345,
    0x7fff_ffff,
    0xffff_ffff,
    0x3f80_0000,
    0xbf80_0000,
    0x3f80_7fff, // around bfloat16's halfway points, even and odd
    0x3f80_8000,
    0x3f80_8001,
    0x3f81_8000,
    0x7f7f_7fff, // around bfloat16's largest
    0x7f7f_8000,
    0x3f80_1000, // float16's halfway points
    0x3f80_3000,
    0x477f_efff, // around float16's largest
    0x477f_f000,
    0x3300_0000, // half of float16's smallest subnormal
    0x3300_0001,
    0x387f_e000,
    0x43e8_0000, // the two 8-bit floats: overflow and half of the smallest
    0x43e8_0001,
    0x4770_0000,
    0x476f_ffff,
    0x3a80_0000,
    0x3a80_0001,
    0x3700_0000,
    0x3700_0001,
  };

  private Samples() {}

  /// `count` patterns, the same for the same seed.
  static float[] floats(int count, long seed) {
    Random random = new Random(seed);
    float[] floats = new float[count];
    for (int i = 0; i < count; i++) {
      int bits =
          switch (random.nextInt(4)) {
            case 0, 1 -> SPECIAL[random.nextInt(SPECIAL.length)];
            case 2 -> random.nextInt();
            default -> Float.floatToRawIntBits((float) random.nextGaussian());
          };
      floats[i] = Float.intBitsToFloat(bits);
    }
    return floats;
  }

  /// As [#floats], but finite and not so large that their squares overflow.
  static float[] weights(int count, long seed) {
    Random random = new Random(seed);
    float[] floats = new float[count];
    for (int i = 0; i < count; i++) {
      floats[i] =
          switch (random.nextInt(8)) {
            case 0 -> 0f;
            case 1 -> -0f;
            case 2 -> Float.MIN_VALUE * random.nextInt(9);
            default -> (float) random.nextGaussian();
          };
    }
    return floats;
  }
}

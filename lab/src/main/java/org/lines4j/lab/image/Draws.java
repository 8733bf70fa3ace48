package org.lines4j.lab.image;

import java.nio.charset.StandardCharsets;

/// Random numbers for one image: they depend on the seed, the task, the split, the image's number
/// and the purpose, and on nothing else.
///
/// A key and a counter go through the finaliser of SplitMix64 (Steele, Lea and Flood, OOPSLA 2014).
/// Each purpose has numbers of its own, so that a shift, which draws more or fewer of one kind,
/// leaves the rest of the image as it was. Not thread-safe: each rendering has its own.
final class Draws {
  private static final long GOLDEN = 0x9e3779b97f4a7c15L;
  private static final long FNV_OFFSET = 0xcbf29ce484222325L;
  private static final long FNV_PRIME = 0x100000001b3L;

  /// What is drawn for.
  enum Purpose {
    /// The order of the classes within a block of images.
    ORDER(1),
    /// What is in the image and where.
    SCENE(2),
    /// Levels of grey, and sharpness.
    LIGHT(3),
    /// The noise of each pixel.
    NOISE(4),
    /// What only a shifted image needs.
    SHIFT(5);

    private final int id;

    Purpose(int id) {
      this.id = id;
    }
  }

  private final long sequence;
  private int number;
  private long key;
  private long counter;

  Draws(long seed, String task, Split split) {
    long hash = FNV_OFFSET;
    for (byte b : task.getBytes(StandardCharsets.UTF_8)) {
      hash = (hash ^ (b & 0xff)) * FNV_PRIME;
    }
    this.sequence = mix(mix(mix(seed) + hash) + GOLDEN * id(split));
  }

  private static long id(Split split) {
    return switch (split) {
      case TRAIN -> 1;
      case VALIDATION -> 2;
      case TEST -> 3;
    };
  }

  /// Turns to image, or block, `number`; [#start] comes next.
  void turnTo(int image) {
    number = image;
  }

  /// Goes to the first of the numbers for `purpose`.
  void start(Purpose purpose) {
    key = mix(sequence + GOLDEN * (8L * number + purpose.id));
    counter = 0;
  }

  /// The next 64 bits.
  long bits() {
    return mix(key + GOLDEN * ++counter);
  }

  /// Passes over a number.
  void skip() {
    counter++;
  }

  /// One of 2²⁴ in [0, 1).
  float unit() {
    return (bits() >>> 40) * 0x1p-24f;
  }

  /// Uniform in [`low`, `high`).
  float between(float low, float high) {
    return low + unit() * (high - low);
  }

  /// Uniform in [−1, 1).
  float either() {
    return (bits() >> 40) * 0x1p-23f;
  }

  /// One of 0 … `bound` − 1.
  int below(int bound) {
    return (int) (((bits() >>> 33) * bound) >>> 31);
  }

  /// Nearly normal, with mean 0 and variance 1: a sum of four uniform numbers, within ±3.5.
  float bell() {
    long bits = bits();
    int sum =
        (int) (bits & 0xffff)
            + (int) (bits >>> 16 & 0xffff)
            + (int) (bits >>> 32 & 0xffff)
            + (int) (bits >>> 48);
    return (sum - 131070) * BELL_UNIT;
  }

  /// 1 / √(4 · (2³² − 1) / 12): the sum's standard deviation.
  private static final float BELL_UNIT = (float) (1 / Math.sqrt((0x1p32 - 1) / 3));

  private static long mix(long z) {
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }
}

package org.lines4j.lab.encoder;

/// Random numbers that are the same on any machine: SplitMix64 (Steele, Lea and Flood, OOPSLA
/// 2014), and normal ones from it by Box and Muller with Java's exact mathematics.
///
/// Not thread-safe.
final class SeededNumbers {
  private static final long GOLDEN = 0x9e3779b97f4a7c15L;

  private long state;

  SeededNumbers(long seed) {
    this.state = mix(seed);
  }

  /// Numbers of their own for one purpose.
  SeededNumbers(long seed, String purpose) {
    this(mix(seed) ^ purpose.chars().asLongStream().reduce(0, (hash, c) -> mix(hash + c + 1)));
  }

  long bits() {
    state += GOLDEN;
    return mix(state);
  }

  /// Uniform in [0, 1).
  double unit() {
    return (bits() >>> 11) * 0x1p-53;
  }

  /// One of 0 … `bound` − 1.
  int below(int bound) {
    return (int) (((bits() >>> 33) * bound) >>> 31);
  }

  /// Mean 0, variance 1.
  double normal() {
    double radius = StrictMath.sqrt(-2 * StrictMath.log(1 - unit()));
    return radius * StrictMath.cos(2 * Math.PI * unit());
  }

  private static long mix(long bits) {
    long z = bits;
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }
}

package org.lines4j.internal.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.lines4j.tensor.DType;

/// [VectorKernels] give what [ScalarKernels] give, bit for bit. The build runs this class at this
/// machine's own vector width and, by system property, at 128, 256 and 512 bits.
@Tag("vector-width")
class KernelAgreementTest {
  private static final byte CANARY = (byte) 0xa5;
  private static final int BEHIND = 70;
  private static final int[] OFFSETS = {0, 1, 3, 64};

  private final Kernels scalar = new ScalarKernels();
  private final Kernels vector = new VectorKernels();

  /// Without this, a missing module would make the whole suite compare scalar with scalar.
  @Test
  void theSimdModuleIsThereAndUsed() {
    assertTrue(
        ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent(),
        "SIMD IS MISSING: start the tests with --add-modules jdk.incubator.vector");
    Kernels chosen = KernelChoice.kernels();
    System.out.println("kernels under test: " + chosen.name());
    String wanted = System.getProperty(VectorKernels.BITS_PROPERTY);
    assertTrue(
        wanted == null
            ? chosen.name().startsWith("vector ")
            : chosen.name().equals("vector " + wanted + " bits"),
        chosen.name());
  }

  static Stream<Arguments> cases() {
    List<Integer> counts =
        new ArrayList<>(List.of(0, 1, 2, 5, Kernels.TILE - 1, Kernels.TILE - 3, Kernels.TILE));
    for (int width : new int[] {4, 8, 16, 32}) {
      counts.addAll(List.of(width - 1, width, width + 1));
    }
    return Arrays.stream(DType.values())
        .filter(DType::isFloating)
        .flatMap(type -> counts.stream().distinct().map(count -> Arguments.of(type, count)));
  }

  static Stream<Integer> counts() {
    return cases().map(arguments -> (Integer) arguments.get()[1]).distinct();
  }

  @ParameterizedTest
  @MethodSource("counts")
  void scalingStoredBfloat16IsDecodingScalingAndEncoding(int count) {
    for (int offset : OFFSETS) {
      MemorySegment base = stored(DType.BF16, count, offset);
      MemorySegment tuned = stored(DType.BF16, count + 7, offset);
      float[] b = new float[Kernels.TILE];
      float[] t = new float[Kernels.TILE];
      scalar.decode(DType.BF16, base, offset, b, count);
      scalar.decode(DType.BF16, tuned, offset, t, count);
      scalar.scale(b, t, 0.3f, b, count);
      byte[] expected = new byte[2 * count + 16];
      scalar.encode(DType.BF16, b, MemorySegment.ofArray(expected), 6, count);
      for (Kernels kernels : List.of(scalar, vector)) {
        byte[] actual = new byte[2 * count + 16];
        kernels.scaleBf16(base, tuned, offset, 0.3f, MemorySegment.ofArray(actual), 6, count);
        assertArrayEquals(expected, actual, kernels.name());
      }
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void decodeGivesTheSameBits(DType type, int count) {
    for (int offset : OFFSETS) {
      MemorySegment source = stored(type, count, offset);
      float[] expected = canaries(count);
      float[] actual = canaries(count);
      scalar.decode(type, source, offset, expected, count);
      vector.decode(type, source, offset, actual, count);
      assertArrayEquals(bits(type, expected), bits(type, actual));
      assertUntouched(actual, count);
      assertUntouched(expected, count);
    }
  }

  /// Every exponent, the mantissas about each place where rounding turns, both signs.
  @ParameterizedTest
  @EnumSource(
      value = DType.class,
      names = {"F8_E4M3", "F8_E5M2"})
  void eightBitsRoundAlikeEverywhere(DType type) {
    float[] values = new float[Kernels.TILE];
    byte[] expected = new byte[Kernels.TILE];
    byte[] actual = new byte[Kernels.TILE];
    for (int high = 0; high < 1 << 16; high += Kernels.TILE / 8) {
      for (int i = 0; i < values.length; i++) {
        int low = new int[] {0, 1, 0x7fff, 0x8000, 0x8001, 0xffff, 0x1234, 0xfffe}[i % 8];
        values[i] = Float.intBitsToFloat((high + i / 8) << 16 | low);
      }
      scalar.encode(type, values.clone(), MemorySegment.ofArray(expected), 0, values.length);
      vector.encode(type, values.clone(), MemorySegment.ofArray(actual), 0, values.length);
      assertArrayEquals(expected, actual, () -> type.name());
    }
  }

  @ParameterizedTest
  @MethodSource("counts")
  void theLargestMagnitudeIsTheSame(int count) {
    for (float extreme : new float[] {0, -7, Float.NEGATIVE_INFINITY, Float.NaN}) {
      float[] values = new float[Kernels.TILE];
      for (int i = 0; i < count; i++) {
        values[i] = i == count / 2 ? extreme : (i % 11 - 5) / 3f;
      }
      assertEquals(
          scalar.largestMagnitude(values, count / 5, count),
          vector.largestMagnitude(values, count / 5, count));
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void encodeGivesTheSameBytesAndWritesNoOthers(DType type, int count) {
    try (Arena arena = Arena.ofConfined()) {
      for (int offset : OFFSETS) {
        long size = offset + (long) count * type.bytes() + BEHIND;
        MemorySegment expected = arena.allocate(size).fill(CANARY);
        MemorySegment actual = arena.allocate(size).fill(CANARY);
        scalar.encode(type, Samples.floats(count, count), expected, offset, count);
        vector.encode(type, Samples.floats(count, count), actual, offset, count);
        assertEquals(-1, expected.mismatch(actual));
        for (long i = 0; i < size; i++) {
          if (i < offset || i >= size - BEHIND) {
            assertEquals(CANARY, actual.get(ValueLayout.JAVA_BYTE, i));
          }
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void everyNanIsEncodedAsTheCanonicalOne(DType type, int count) {
    float[] nans = new float[count];
    Random random = new Random(count);
    for (int i = 0; i < count; i++) {
      nans[i] = Float.intBitsToFloat(0x7f80_0001 | (random.nextInt() & 0x803f_ffff));
    }
    long canonical =
        switch (type) {
          case F64 -> 0x7ff8_0000_0000_0000L;
          case F32 -> 0x7fc0_0000;
          case F16 -> 0x7e00;
          case BF16 -> 0x7fc0;
          default -> 0x7f;
        };
    for (Kernels kernels : List.of(scalar, vector)) {
      MemorySegment target = MemorySegment.ofArray(new byte[count * type.bytes()]);
      kernels.encode(type, nans.clone(), target, 0, count);
      for (int i = 0; i < count; i++) {
        for (int j = 0; j < type.bytes(); j++) {
          assertEquals(
              (byte) (canonical >>> (8 * j)),
              target.get(ValueLayout.JAVA_BYTE, (long) i * type.bytes() + j),
              kernels.name());
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("counts")
  void scaleGivesTheSameBits(int count) {
    for (float lambda : new float[] {0.1f, 1 / 3f, -2.75f, 1e-30f, 3e38f, Float.MIN_VALUE, 1f}) {
      float[] base = Samples.floats(count + BEHIND, 1);
      float[] tuned = Samples.floats(count + BEHIND, 2);
      float[] expected = canaries(count);
      float[] actual = canaries(count);
      scalar.scale(base, tuned, lambda, expected, count);
      vector.scale(base, tuned, lambda, actual, count);
      assertArrayEquals(valueBits(expected), valueBits(actual));
      assertUntouched(actual, count);
      assertUntouched(expected, count);
    }
  }

  @ParameterizedTest
  @MethodSource("counts")
  void scaleMayOverwriteEitherInput(int count) {
    float[] expected = new float[count];
    scalar.scale(Samples.floats(count, 1), Samples.floats(count, 2), 0.3f, expected, count);
    for (Kernels kernels : List.of(scalar, vector)) {
      float[] base = Samples.floats(count, 1);
      float[] tuned = Samples.floats(count, 2);
      kernels.scale(base, tuned.clone(), 0.3f, base, count);
      kernels.scale(Samples.floats(count, 1), tuned, 0.3f, tuned, count);
      assertArrayEquals(valueBits(expected), valueBits(base), kernels.name());
      assertArrayEquals(valueBits(expected), valueBits(tuned), kernels.name());
    }
  }

  @Test
  void scaleRoundsThreeTimes() {
    int count = 64;
    float[] base = Samples.weights(count, 5);
    float[] tuned = Samples.weights(count, 6);
    float[] expected = new float[count];
    for (int i = 0; i < count; i++) {
      // Each operation is exact enough in double to be rounded once by the cast.
      float d = (float) ((double) tuned[i] - (double) base[i]);
      float s = (float) ((double) d * (double) 0.7f);
      expected[i] = (float) ((double) base[i] + (double) s);
    }
    for (Kernels kernels : List.of(scalar, vector)) {
      float[] actual = new float[count];
      kernels.scale(base, tuned, 0.7f, actual, count);
      assertArrayEquals(valueBits(expected), valueBits(actual), kernels.name());
    }
  }

  @ParameterizedTest
  @MethodSource("counts")
  void differenceGivesTheSameSums(int count) {
    DifferenceSums expected = new DifferenceSums();
    DifferenceSums actual = new DifferenceSums();
    for (int tile = 0; tile < 3; tile++) {
      float[] base = Samples.weights(count + BEHIND, tile);
      float[] tuned = Samples.weights(count + BEHIND, 100 + tile);
      System.arraycopy(base, 0, tuned, 0, count / 3);
      scalar.difference(base, tuned, count, expected);
      vector.difference(base, tuned, count, actual);
    }
    assertArrayEquals(bits(expected), bits(actual));
    assertEquals(3L * count, actual.elements);
    assertTrue(actual.zeros >= 3L * (count / 3));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 7, 8, 100, 4088, 4095})
  void differenceTreatsNanAndInfinityAlikeWhereverTheyAre(int position) {
    for (int special : Samples.SPECIAL) {
      float[] base = Samples.weights(Kernels.TILE, 1);
      float[] tuned = Samples.weights(Kernels.TILE, 2);
      base[position] = Float.intBitsToFloat(special);
      DifferenceSums expected = new DifferenceSums();
      DifferenceSums actual = new DifferenceSums();
      scalar.difference(base, tuned, Kernels.TILE, expected);
      vector.difference(base, tuned, Kernels.TILE, actual);
      assertArrayEquals(bits(expected), bits(actual), Integer.toHexString(special));
      assertEquals(Float.isNaN(base[position]), Double.isNaN(actual.tauLargest));
    }
  }

  private static MemorySegment stored(DType type, int count, int offset) {
    byte[] bytes = new byte[offset + count * type.bytes()];
    new Random(31L * count + offset).nextBytes(bytes);
    MemorySegment segment = MemorySegment.ofArray(bytes);
    // Every other element is a special value, but for the types' own NaNs, which chance brings.
    float[] floats = Samples.floats(count, count);
    for (int i = 0; i < count; i += 2) {
      switch (type) {
        case F32 -> segment.set(ScalarKernels.FLOAT, offset + 4L * i, floats[i]);
        case F64 -> segment.set(ScalarKernels.DOUBLE, offset + 8L * i, floats[i]);
        case F16, BF16 ->
            segment.set(
                ScalarKernels.SHORT,
                offset + 2L * i,
                (short) (Float.floatToRawIntBits(floats[i]) >>> 16));
        default -> {}
      }
    }
    return segment;
  }

  private static float[] canaries(int count) {
    float[] floats = new float[count + BEHIND];
    Arrays.fill(floats, 12345.678f);
    return floats;
  }

  private static void assertUntouched(float[] floats, int count) {
    for (int i = count; i < floats.length; i++) {
      assertEquals(12345.678f, floats[i]);
    }
  }

  /// Raw where decoding is moving bits; NaN without its payload where it is a conversion, of which
  /// Java leaves the payload open.
  private static int[] bits(DType type, float[] floats) {
    return switch (type) {
      case F32, BF16 -> {
        int[] bits = new int[floats.length];
        Arrays.setAll(bits, i -> Float.floatToRawIntBits(floats[i]));
        yield bits;
      }
      default -> valueBits(floats);
    };
  }

  private static int[] valueBits(float[] floats) {
    int[] bits = new int[floats.length];
    Arrays.setAll(bits, i -> Float.floatToIntBits(floats[i]));
    return bits;
  }

  private static long[] bits(DifferenceSums sums) {
    return new long[] {
      Double.doubleToLongBits(sums.tauSquared),
      Double.doubleToLongBits(sums.tauAbsolute),
      Double.doubleToLongBits(sums.baseSquared),
      Double.doubleToLongBits(sums.tunedSquared),
      Double.doubleToLongBits(sums.product),
      Double.doubleToLongBits(sums.tauLargest),
      sums.zeros,
      sums.elements
    };
  }
}

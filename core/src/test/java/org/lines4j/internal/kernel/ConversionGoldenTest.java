package org.lines4j.internal.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.lines4j.format.Checkpoint;
import org.lines4j.format.StoredTensor;
import org.lines4j.tensor.DType;

/// Conversions between types give what PyTorch gives; `number_goldens.py` made the file.
@Tag("vector-width")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ConversionGoldenTest {
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private static final String RESOURCE = "/org/lines4j/numbers/conversions.safetensors.gz";
  private static final int SAMPLE = 1 << 15;

  private final List<Kernels> all = List.of(new ScalarKernels(), new VectorKernels());
  private Checkpoint goldens;

  @BeforeAll
  void open(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("conversions.safetensors");
    try (InputStream packed = ConversionGoldenTest.class.getResourceAsStream(RESOURCE)) {
      assertNotNull(packed);
      Files.copy(new GZIPInputStream(packed), file);
    }
    goldens = Checkpoint.open(file);
  }

  @AfterAll
  void close() throws IOException {
    goldens.close();
  }

  @ParameterizedTest
  @EnumSource(names = {"F16", "BF16", "F8_E4M3", "F8_E5M2"})
  void everyPatternIsDecodedAsPyTorchDoes(DType type) throws IOException {
    int patterns = 1 << type.bits();
    MemorySegment source = MemorySegment.ofArray(new byte[patterns * type.bytes()]);
    for (int i = 0; i < patterns; i++) {
      set(source, type, i);
    }
    assertDecodes(type, source, golden("decode/" + type.torchName()));
  }

  @Test
  void float64IsRoundedToFloat32AsPyTorchDoes() throws IOException {
    int count = 1 << 13;
    MemorySegment source = MemorySegment.ofArray(new byte[count * 8]);
    for (int i = 0; i < count; i++) {
      long mantissa = (i * 0x9E37_79B9_7F4A_7C15L) >>> 12;
      if (i % 4 == 0) {
        mantissa = (mantissa & ~0x1fff_ffffL) | 0x1000_0000L;
      }
      long exponent = 870L + i % 285;
      source.set(
          ScalarKernels.DOUBLE,
          8L * i,
          Double.longBitsToDouble(((long) i << 63) | (exponent << 52) | mantissa));
    }
    assertDecodes(DType.F64, source, golden("decode/float64"));
  }

  /// Between every two neighbours: the middle, the float32 below it and the one above it, with both
  /// signs; the last middle is where overflow begins.
  @ParameterizedTest
  @EnumSource(names = {"F16", "BF16", "F8_E4M3", "F8_E5M2"})
  void everyHalfwayPointIsRoundedAsPyTorchDoes(DType type) throws IOException {
    int count = largestFinite(type) + 1;
    MemorySegment patterns = MemorySegment.ofArray(new byte[count * type.bytes()]);
    for (int i = 0; i < count; i++) {
      set(patterns, type, i);
    }
    float[] values = new float[count];
    Tiles.decode(new ScalarKernels(), type, patterns, values);
    float[] inputs = new float[6 * count];
    for (int i = 0; i < count; i++) {
      double next = i + 1 < count ? values[i + 1] : 2.0 * values[i] - values[i - 1];
      int middle = Float.floatToIntBits((float) ((values[i] + next) / 2));
      for (int j = 0; j < 6; j++) {
        inputs[6 * i + j] = Float.intBitsToFloat((middle + j / 2 - 1) | (j % 2) << 31);
      }
    }
    assertEncodes(type, inputs, golden("halfway/" + type.torchName()));
  }

  @ParameterizedTest
  @EnumSource(names = {"F16", "BF16", "F8_E4M3", "F8_E5M2"})
  void aSampleOfAllFloatsIsRoundedAsPyTorchDoes(DType type) throws IOException {
    float[] inputs = new float[SAMPLE];
    for (int i = 0; i < SAMPLE; i++) {
      inputs[i] = Float.intBitsToFloat(i * 0x9E37_79B1);
    }
    assertEncodes(type, inputs, golden("sample/" + type.torchName()));
  }

  @ParameterizedTest
  @EnumSource(names = {"F16", "BF16", "F8_E4M3", "F8_E5M2", "F32", "F64"})
  void whatIsDecodedIsEncodedToTheSameBytes(DType type) {
    int patterns = 1 << Math.min(16, type.bits());
    MemorySegment source = MemorySegment.ofArray(new byte[patterns * type.bytes()]);
    for (int i = 0; i < patterns; i++) {
      switch (type) {
        case F32 -> source.set(INT, 4L * i, i * 0x9E37_79B1);
        case F64 -> source.set(ScalarKernels.DOUBLE, 8L * i, Float.intBitsToFloat(i * 0x9E37_79B1));
        default -> set(source, type, i);
      }
    }
    for (Kernels kernels : all) {
      float[] values = new float[patterns];
      Tiles.decode(kernels, type, source, values);
      MemorySegment back = MemorySegment.ofArray(new byte[patterns * type.bytes()]);
      Tiles.encode(kernels, type, values, back);
      for (int i = 0; i < patterns; i++) {
        if (!Float.isNaN(values[i])) {
          long at = (long) i * type.bytes();
          assertEquals(
              -1,
              MemorySegment.mismatch(source, at, at + type.bytes(), back, at, at + type.bytes()));
        }
      }
    }
  }

  private void assertDecodes(DType type, MemorySegment source, MemorySegment golden) {
    int count = (int) (golden.byteSize() / 4);
    assertEquals(source.byteSize() / type.bytes(), count);
    for (Kernels kernels : all) {
      float[] values = new float[count];
      Tiles.decode(kernels, type, source, values);
      for (int i = 0; i < count; i++) {
        int expected = golden.get(INT, 4L * i);
        if (expected != Float.floatToIntBits(values[i])) {
          assertEquals(
              Float.intBitsToFloat(expected), values[i], kernels.name() + ", element " + i);
        }
      }
    }
  }

  private void assertEncodes(DType type, float[] inputs, MemorySegment golden) {
    assertEquals((long) inputs.length * type.bytes(), golden.byteSize());
    for (Kernels kernels : all) {
      MemorySegment actual = MemorySegment.ofArray(new byte[inputs.length * type.bytes()]);
      Tiles.encode(kernels, type, inputs, actual);
      long difference = golden.mismatch(actual);
      if (difference >= 0) {
        long element = difference / type.bytes();
        float input = inputs[Math.toIntExact(element)];
        assertEquals(
            hex(golden, type, element),
            hex(actual, type, element),
            kernels.name() + " of " + Float.toHexString(input));
      }
    }
  }

  private static String hex(MemorySegment bytes, DType type, long element) {
    return Integer.toHexString(
        type.bytes() == 1
            ? bytes.get(ValueLayout.JAVA_BYTE, element) & 0xff
            : bytes.get(ScalarKernels.SHORT, 2 * element) & 0xffff);
  }

  private static void set(MemorySegment target, DType type, int index) {
    if (type.bytes() == 1) {
      target.set(ValueLayout.JAVA_BYTE, index, (byte) index);
    } else {
      target.set(ScalarKernels.SHORT, 2L * index, (short) index);
    }
  }

  private static int largestFinite(DType type) {
    return switch (type) {
      case F16 -> 0x7bff;
      case BF16 -> 0x7f7f;
      case F8_E4M3 -> 0x7e;
      case F8_E5M2 -> 0x7b;
      default -> throw new IllegalArgumentException(type.name());
    };
  }

  private MemorySegment golden(String name) throws IOException {
    StoredTensor tensor = goldens.find(name).orElseThrow();
    MemorySegment bytes = MemorySegment.ofArray(new byte[Math.toIntExact(tensor.byteSize())]);
    goldens.source(tensor).read(0, bytes);
    return bytes;
  }
}

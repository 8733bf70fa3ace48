package org.lines4j.internal.gguf;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.lines4j.error.InputException;
import org.lines4j.format.Checkpoint;
import org.lines4j.format.StoredTensor;
import org.lines4j.format.TensorSource;
import org.lines4j.tensor.DType;
import org.lines4j.testing.TensorContents;

/// Every file that gguf-py reads is read to the same bits; every hostile one is refused in words.
class GgufGoldensTest {
  static Stream<GgufCases.Case> cases() {
    return GgufCases.all();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void aFileIsReadAsGgufPyReadsItOrRefused(GgufCases.Case golden) throws IOException {
    try (Checkpoint found = Checkpoint.open(golden.input())) {
      assertTrue(golden.mayBeRead(), "should be refused, gives " + found.infos());
      assertEquals("gguf", found.format());
      if (golden.expected().isPresent()) {
        assertSame(golden.expected().get(), found);
      }
    } catch (InputException e) {
      assertTrue(golden.mayBeRefused(), e.getMessage());
      assertTrue(
          String.valueOf(e.getMessage()).startsWith(String.valueOf(golden.input().getParent())));
    }
  }

  private static void assertSame(Path golden, Checkpoint found) throws IOException {
    try (Checkpoint expected = Checkpoint.open(golden)) {
      assertEquals(TensorContents.names(expected), TensorContents.names(found));
      for (StoredTensor tensor : expected.tensors()) {
        StoredTensor own = found.find(tensor.name()).orElseThrow();
        assertEquals(tensor.info().shape(), own.info().shape(), tensor.name());
        byte[] bytes = widened(found.source(own), tensor.info().dtype());
        assertArrayEquals(TensorContents.bytes(expected.source(tensor)), bytes, tensor.name());
      }
    }
  }

  /// What is expected is float32, also of files that store float16.
  private static byte[] widened(TensorSource source, DType type) throws IOException {
    byte[] own = TensorContents.bytes(source);
    if (source.info().dtype() == type) {
      return own;
    }
    MemorySegment from = MemorySegment.ofArray(own);
    MemorySegment to = MemorySegment.ofArray(new byte[own.length * 2]);
    for (long i = 0; i < own.length / 2; i++) {
      short bits = from.getAtIndex(ValueLayout.JAVA_SHORT_UNALIGNED, i);
      float value =
          source.info().dtype() == DType.F16
              ? Float.float16ToFloat(bits)
              : Float.intBitsToFloat(bits << 16);
      to.setAtIndex(ValueLayout.JAVA_FLOAT_UNALIGNED, i, value);
    }
    return to.toArray(ValueLayout.JAVA_BYTE);
  }

  /// All types but those with tables of their own.
  @Test
  void theTypesOfLlamaCppAreRead() {
    Set<GgmlType> unread = new TreeSet<>();
    for (GgmlType type : GgmlType.values()) {
      if (!type.isReadable()) {
        unread.add(type);
      }
    }
    assertEquals(
        "[Q8_1, Q8_K, IQ2_XXS, IQ2_XS, IQ3_XXS, IQ1_S, IQ3_S, IQ2_S, IQ1_M, Q1_0]",
        unread.toString());
  }

  @ParameterizedTest
  @ValueSource(strings = {"ok/single/Q6_K", "ok/edges/Q5_1", "ok/single/NVFP4", "ok/tiny-Q8_0"})
  void anyPartOfATensorIsReadByItself(String name) throws IOException {
    Random random = new Random(7);
    try (Checkpoint checkpoint = Checkpoint.open(GgufCases.FOLDER.resolve(name + ".gguf"))) {
      for (StoredTensor tensor : checkpoint.tensors()) {
        TensorSource source = checkpoint.source(tensor);
        byte[] all = TensorContents.bytes(source);
        for (int i = 0; i < 50; i++) {
          int from = random.nextInt(all.length / 4 + 1);
          int count = random.nextInt(all.length / 4 + 1 - from);
          byte[] part = new byte[4 * count + 2];
          part[0] = 42;
          part[part.length - 1] = 43;
          source.read(4L * from, MemorySegment.ofArray(part).asSlice(1, 4L * count));
          byte[] expected = new byte[4 * count + 2];
          System.arraycopy(all, 4 * from, expected, 1, 4 * count);
          expected[0] = 42;
          expected[expected.length - 1] = 43;
          assertArrayEquals(expected, part);
        }
      }
    }
  }
}

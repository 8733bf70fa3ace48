package org.lines4j.internal.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.lines4j.tensor.DType;

class FinitenessTest {
  private final ScalarKernels kernels = new ScalarKernels();
  private final Finiteness finiteness = new Finiteness();

  static Stream<Arguments> cases() {
    return KernelAgreementTest.cases();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void oneElementThatIsNotFiniteIsFoundWhereverItIs(DType type, int count) {
    float largest = type == DType.F8_E4M3 ? 448 : type == DType.F16 ? 65504 : 57344;
    for (int offset : new int[] {0, 1, 3, 64}) {
      MemorySegment bytes = MemorySegment.ofArray(new byte[offset + count * type.bytes()]);
      float[] values = new float[count];
      for (int i = 0; i < count; i++) {
        values[i] = (i % 2 == 0 ? 1 : -1) * (i % 3 == 0 ? largest : 1e-3f * i);
      }
      kernels.encode(type, values.clone(), bytes, offset, count);
      assertTrue(finiteness.isFinite(type, bytes, offset, count));
      for (int i = 0;
          i < count;
          i += i < count - 1 && i > count - 4 ? 1 : Math.max(1, count / 40)) {
        float[] spoilt = values.clone();
        // E4M3 has no infinity
        boolean nan = i % 3 == 0 || type == DType.F8_E4M3;
        spoilt[i] = nan ? Float.NaN : (i % 2 - 0.5f) * Float.POSITIVE_INFINITY;
        kernels.encode(type, spoilt, bytes, offset, count);
        assertFalse(finiteness.isFinite(type, bytes, offset, count), () -> "element of " + count);
      }
    }
  }

  @Test
  void everyBitPatternOfSixteenBitsIsJudgedAsItsValueWhereverItIs() {
    for (DType type : List.of(DType.BF16, DType.F16)) {
      for (int count = 1; count <= 3; count++) {
        for (int place = 0; place < count; place++) {
          checkAll(type, count, place);
        }
      }
    }
  }

  private void checkAll(DType type, int count, int place) {
    byte[] bytes = new byte[2 * count];
    MemorySegment segment = MemorySegment.ofArray(bytes);
    float[] value = new float[1];
    for (int bits = 0; bits < 1 << 16; bits++) {
      bytes[2 * place] = (byte) bits;
      bytes[2 * place + 1] = (byte) (bits >>> 8);
      kernels.decode(type, segment, 2L * place, value, 1);
      assertEquals(Float.isFinite(value[0]), finiteness.isFinite(type, segment, 0, count));
    }
  }

  @Test
  void whatIsNoFloatingTypeIsFinite() {
    byte[] ones = {-1, -1, -1, -1, -1, -1, -1, -1};
    for (DType type : List.of(DType.I64, DType.U8, DType.BOOL)) {
      assertTrue(finiteness.isFinite(type, MemorySegment.ofArray(ones), 0, 1));
    }
  }
}

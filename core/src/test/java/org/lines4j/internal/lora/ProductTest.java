package org.lines4j.internal.lora;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.lines4j.format.FileTensor;
import org.lines4j.format.TensorSource;
import org.lines4j.storage.Location;
import org.lines4j.tensor.DType;
import org.lines4j.tensor.Shape;
import org.lines4j.tensor.TensorInfo;
import org.lines4j.testing.BytesInMemory;
import org.lines4j.testing.TensorContents;

/// s·B·A is summed up by rank in float32, to the bit, however it is cut.
class ProductTest {
  private final Random random = new Random(7);

  /// Ranks, rows and columns below, at and above those of panels.
  @ParameterizedTest
  @CsvSource({
    "1, 1, 1",
    "1, 3, 5",
    "4, 600, 7",
    "7, 513, 33",
    "63, 3, 4095",
    "64, 2, 4096",
    "65, 5, 4097",
    "130, 3, 8200"
  })
  void everyElementIsSummedUpInTheSameOrder(int rank, int rows, int columns) throws IOException {
    float[] b = values(rows * rank);
    float[] a = values(rank * columns);
    float[] base = values(rows * columns);
    Factor left = Factor.of(tensor(b, rows, rank));
    Factor right = Factor.of(tensor(a, rank, columns));
    Product product = new Product(List.of(left), List.of(right), 0.3f, new Panels());
    float[] wanted = sums(b, a, base, rank, rows, columns);
    check(wanted, new AdaptedTensor(tensor(base, rows, columns), product));
    Product turned =
        new Product(
            List.of(Factor.of(tensor(turned(b, rows, rank), rank, rows)).transposed()),
            List.of(Factor.of(tensor(turned(a, rank, columns), columns, rank)).transposed()),
            0.3f,
            new Panels());
    check(wanted, new AdaptedTensor(tensor(base, rows, columns), turned));
  }

  /// As ScalarKernels would: each operation rounded on its own.
  private static float[] sums(float[] b, float[] a, float[] base, int rank, int rows, int columns) {
    float[] sums = new float[rows * columns];
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < columns; j++) {
        float sum = 0;
        for (int k = 0; k < rank; k++) {
          sum += b[i * rank + k] * a[k * columns + j];
        }
        sums[i * columns + j] = base[i * columns + j] + sum * 0.3f;
      }
    }
    return sums;
  }

  private void check(float[] wanted, TensorSource found) throws IOException {
    assertArrayEquals(wanted, floats(TensorContents.bytes(found)));
    byte[] pieces = new byte[wanted.length * Float.BYTES];
    for (int from = 0; from < wanted.length; ) {
      int most = Math.min(wanted.length - from, 1 + random.nextInt(20_000));
      MemorySegment piece =
          MemorySegment.ofArray(pieces)
              .asSlice((long) from * Float.BYTES, (long) most * Float.BYTES);
      found.read((long) from * Float.BYTES, piece);
      from += most;
    }
    assertArrayEquals(wanted, floats(pieces));
  }

  private float[] values(int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = random.nextFloat() - 0.5f;
    }
    return values;
  }

  private static float[] turned(float[] matrix, int rows, int columns) {
    float[] turned = new float[matrix.length];
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < columns; j++) {
        turned[j * rows + i] = matrix[i * columns + j];
      }
    }
    return turned;
  }

  private static TensorSource tensor(float[] values, long rows, long columns) {
    ByteBuffer bytes =
        ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (float value : values) {
      bytes.putFloat(value);
    }
    return new FileTensor(
        new TensorInfo("t", DType.F32, Shape.of(rows, columns)),
        new BytesInMemory(Location.parse("t"), bytes.array()),
        0);
  }

  private static float[] floats(byte[] bytes) {
    float[] values = new float[bytes.length / Float.BYTES];
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(values);
    return values;
  }
}

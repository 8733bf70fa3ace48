package org.lines4j.internal.source;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lines4j.format.Checkpoint;
import org.lines4j.format.TensorSource;
import org.lines4j.internal.safetensors.HeaderWriter;
import org.lines4j.internal.work.Source;
import org.lines4j.tensor.DType;
import org.lines4j.tensor.Shape;
import org.lines4j.tensor.TensorInfo;

/// Rows are multiples of 1/4, so that sums and bfloat16 are exact.
class MappedRowsTest {
  private static final int WIDTH = 5;
  private static final int ABSENT = RowMap.ABSENT;
  private static final int PADDING = RowMap.PADDING;

  @TempDir private Path folder;
  private final List<Checkpoint> open = new ArrayList<>();
  private final Random random = new Random(9);

  @AfterEach
  void closeModels() throws IOException {
    for (Checkpoint model : open) {
      model.close();
    }
  }

  /// A tensor of small numbers.
  private Source tensor(DType type, float[]... rows) throws IOException {
    TensorInfo info = new TensorInfo("wte.weight", type, Shape.of(rows.length, WIDTH));
    ByteBuffer bytes =
        ByteBuffer.allocate(Math.toIntExact(info.byteSize())).order(ByteOrder.LITTLE_ENDIAN);
    for (float[] row : rows) {
      for (float value : row) {
        if (type == DType.F32) {
          bytes.putFloat(value);
        } else {
          bytes.putShort((short) (Float.floatToRawIntBits(value) >>> 16));
        }
      }
    }
    Path file = folder.resolve(open.size() + ".safetensors");
    Files.write(file, HeaderWriter.write(Map.of(), List.of(info)));
    Files.write(file, bytes.array(), java.nio.file.StandardOpenOption.APPEND);
    open.add(Checkpoint.open(file));
    return new Source(open.getLast(), open.getLast().tensors().getFirst());
  }

  private float[][] rows(int count) {
    float[][] rows = new float[count][WIDTH];
    for (float[] row : rows) {
      for (int i = 0; i < WIDTH; i++) {
        row[i] = random.nextInt(-16, 16) / 4f;
      }
    }
    return rows;
  }

  private static float[] read(Source source, long first, int count) throws IOException {
    int width = source.dtype().bytes();
    byte[] bytes = new byte[count * width];
    source.read(first * width, MemorySegment.ofArray(bytes));
    ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] =
          source.dtype() == DType.F32
              ? buffer.getFloat()
              : Float.intBitsToFloat(buffer.getShort() << 16);
    }
    return values;
  }

  /// Compares reads of all lengths from all places with `rows`, one after the other.
  private static void check(float[][] rows, Source found) throws IOException {
    float[] all = new float[rows.length * WIDTH];
    for (int i = 0; i < rows.length; i++) {
      System.arraycopy(rows[i], 0, all, i * WIDTH, WIDTH);
    }
    assertEquals(Shape.of(rows.length, WIDTH), found.info().shape());
    for (int first = 0; first < all.length; first++) {
      for (int count = 1; count <= all.length - first; count++) {
        assertArrayEquals(Arrays.copyOfRange(all, first, first + count), read(found, first, count));
      }
    }
  }

  private static Source mapped(
      Source source, int[] own, DonorRows donors, List<Source> models, DType type) {
    List<TensorSource> stored = models.stream().map(Source::tensor).toList();
    RowMap map = new RowMap(own, donors, stored, type);
    return new Source(source.checkpoint(), new MappedRows(source.tensor(), map));
  }

  private static DonorRows none(int rows) {
    return new DonorRows.Builder(rows).build();
  }

  @Test
  void rowsAreReadWhereverTheyAre() throws IOException {
    float[][] own = rows(6);
    Source source = tensor(DType.F32, own);
    int[] order = {5, 0, 1, 2, 4, 4, 3};
    float[][] wanted = Arrays.stream(order).mapToObj(i -> own[i]).toArray(float[][]::new);
    check(wanted, mapped(source, order, none(7), List.of(source), DType.F32));
  }

  @Test
  void rowsThatAModelLacksAreZeroOrAnothersOrAMean() throws IOException {
    float[][] own = rows(3);
    float[][] other = rows(4);
    Source source = tensor(DType.F32, own);
    Source donor = tensor(DType.F32, other);
    DonorRows.Builder donors = new DonorRows.Builder(4);
    donors.next();
    donors.next();
    donors.donor(1, 3);
    donors.next();
    donors.donor(0, 1);
    donors.donor(1, 0);
    donors.next();
    float[] mean = new float[WIDTH];
    for (int i = 0; i < WIDTH; i++) {
      mean[i] = (own[1][i] + other[0][i]) / 2;
    }
    int[] order = {2, ABSENT, ABSENT, ABSENT};
    check(
        new float[][] {own[2], new float[WIDTH], other[3], mean},
        mapped(source, order, donors.build(), List.of(source, donor), DType.F32));
  }

  @Test
  void paddingIsTheMeanOfAllOtherRows() throws IOException {
    float[][] own = rows(4);
    Source source = tensor(DType.BF16, own);
    float[] mean = new float[WIDTH];
    for (int i = 0; i < WIDTH; i++) {
      mean[i] = (own[3][i] + own[0][i]) / 4; // and two rows of zeros
    }
    int[] order = {3, ABSENT, PADDING, 0, ABSENT, PADDING};
    Source mapped = mapped(source, order, none(6), List.of(source), DType.BF16);
    assertEquals(DType.F32, mapped.dtype());
    float[] zero = new float[WIDTH];
    check(new float[][] {own[3], zero, mean, own[0], zero, mean}, mapped);
  }

  @Test
  void theTypeStaysWhereBytesAreCopied() throws IOException {
    float[][] own = rows(3);
    float[][] other = rows(2);
    Source source = tensor(DType.BF16, own);
    Source same = tensor(DType.BF16, other);
    Source wider = tensor(DType.F32, other);
    DonorRows.Builder donors = new DonorRows.Builder(2);
    donors.donor(0, 1);
    int[] order = {ABSENT, 1};
    DonorRows built = donors.build();
    Source copied = mapped(source, order, built, List.of(same), DType.BF16);
    assertEquals(DType.BF16, copied.dtype());
    check(new float[][] {other[1], own[1]}, copied);
    Source widened = mapped(source, order, built, List.of(wider), DType.BF16);
    assertEquals(DType.F32, widened.dtype());
    check(new float[][] {other[1], own[1]}, widened);
  }

  @Test
  void vectorsHaveRowsOfOneElement() throws IOException {
    TensorInfo info = new TensorInfo("lm_head.bias", DType.F32, Shape.of(3));
    Path file = folder.resolve("bias.safetensors");
    Files.write(file, HeaderWriter.write(Map.of(), List.of(info)));
    ByteBuffer bytes = ByteBuffer.allocate(12).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putFloat(1).putFloat(2).putFloat(3);
    Files.write(file, bytes.array(), java.nio.file.StandardOpenOption.APPEND);
    open.add(Checkpoint.open(file));
    Source source = new Source(open.getLast(), open.getLast().tensors().getFirst());
    Source mapped =
        mapped(source, new int[] {2, ABSENT, 0, PADDING}, none(4), List.of(source), DType.F32);
    assertArrayEquals(new float[] {3, 0, 1, 4 / 3f}, read(mapped, 0, 4));
  }
}

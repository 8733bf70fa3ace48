package org.lines4j.internal.lora;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.lines4j.format.TensorSource;
import org.lines4j.internal.kernel.KernelChoice;
import org.lines4j.internal.kernel.Kernels;
import org.lines4j.lowrank.DenseMatrix;
import org.lines4j.tensor.DType;

/// A matrix within a stored tensor, whose element (i, k) lies at `offset + i·rowStep +
/// k·columnStep`. One of the two steps is 1, or both are more where the matrices of several experts
/// alternate.
///
/// @param offset of the first element
record Factor(
    TensorSource stored, long offset, long rows, long columns, long rowStep, long columnStep) {

  /// Rows that are copied together.
  private static final int PANEL = 256;

  /// What is read at once where the wanted elements lie close together, in elements.
  private static final int SPAN = 1 << 18;

  /// Where less than one in so many elements is wanted, the others are not read.
  private static final int THINNEST = 4;

  /// All of a tensor, its first extent the rows.
  static Factor of(TensorSource stored) {
    long rows = stored.info().shape().dims().getFirst();
    long columns = stored.info().elements() / rows;
    return new Factor(stored, 0, rows, columns, columns, 1);
  }

  /// The same with rows for columns.
  Factor transposed() {
    return new Factor(stored, offset, columns, rows, columnStep, rowStep);
  }

  /// Some of the rows.
  Factor rows(long from, long count) {
    return new Factor(stored, offset + from * rowStep, count, columns, rowStep, columnStep);
  }

  /// The whole matrix, times a number.
  DenseMatrix dense(double by) throws IOException {
    DenseMatrix all = DenseMatrix.zeros(Math.toIntExact(rows), Math.toIntExact(columns));
    copyTo(all, 0, 0, by);
    return all;
  }

  /// Copies the matrix, times a number, to where its first element goes.
  void copyTo(DenseMatrix into, int row, int column, double by) throws IOException {
    int width = Math.toIntExact(columns);
    for (int from = 0; from < rows; from += PANEL) {
      int height = (int) Math.min(PANEL, rows - from);
      float[][] values = read(from, height, 0, width);
      for (int i = 0; i < height; i++) {
        for (int j = 0; j < width; j++) {
          into.set(row + from + i, column + j, (float) (values[i][j] * by));
        }
      }
    }
  }

  /// A part of the matrix in float32, row by row.
  float[][] read(long row, int height, long column, int width) throws IOException {
    float[][] values = new float[height][width];
    Elements elements = new Elements();
    long last = (height - 1) * rowStep + (width - 1) * columnStep;
    if (last < SPAN && last < (long) THINNEST * height * width) {
      float[] span = elements.read(at(row, column), (int) last + 1);
      for (int i = 0; i < height; i++) {
        pick(span, i * rowStep, columnStep, values[i]);
      }
    } else if (columnStep <= rowStep) {
      for (int i = 0; i < height; i++) {
        float[] span = elements.read(at(row + i, column), spanOf(width, columnStep));
        pick(span, 0, columnStep, values[i]);
      }
    } else {
      for (int k = 0; k < width; k++) {
        float[] span = elements.read(at(row, column + k), spanOf(height, rowStep));
        for (int i = 0; i < height; i++) {
          values[i][k] = span[Math.toIntExact(i * rowStep)];
        }
      }
    }
    return values;
  }

  private long at(long row, long column) {
    return offset + row * rowStep + column * columnStep;
  }

  private static int spanOf(int count, long step) {
    return Math.toIntExact((count - 1) * step + 1);
  }

  private static void pick(float[] span, long from, long step, float[] target) {
    for (int k = 0; k < target.length; k++) {
      target[k] = span[Math.toIntExact(from + k * step)];
    }
  }

  /// Reads runs of the stored tensor as float32.
  private final class Elements {
    private final Kernels kernels = KernelChoice.kernels();
    private final float[] tile = new float[Kernels.TILE];

    float[] read(long first, int count) throws IOException {
      DType type = stored.info().dtype();
      float[] values = new float[count];
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment bytes = arena.allocate((long) count * type.bytes(), Long.BYTES);
        stored.read(first * type.bytes(), bytes);
        for (int done = 0; done < count; done += Kernels.TILE) {
          int length = Math.min(Kernels.TILE, count - done);
          kernels.decode(type, bytes, (long) done * type.bytes(), tile, length);
          System.arraycopy(tile, 0, values, done, length);
        }
      }
      return values;
    }
  }
}

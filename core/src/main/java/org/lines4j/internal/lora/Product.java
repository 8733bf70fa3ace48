package org.lines4j.internal.lora;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.lines4j.storage.ByteRange;

/// s·L·R, of as many matrices as lie one behind another in a tensor. Each element is summed up in
/// float32, by rank from the first to the last, each operation rounded on its own, and multiplied
/// by `scale` in the end: the same bits, however it is cut.
///
/// @param lefts [rows, rank], of each matrix
/// @param rights [rank, columns], of each matrix
/// @param panels shared with other products
record Product(List<Factor> lefts, List<Factor> rights, float scale, Panels panels) {
  /// Columns that are worked on together: with four rows of the right factor, what first-level
  /// caches hold.
  private static final int STRIP = 1024;

  /// Copies its lists.
  Product {
    lefts = List.copyOf(lefts);
    rights = List.copyOf(rights);
  }

  /// Some rows of one of the matrices.
  Product part(int matrix, long row, long count) {
    return new Product(
        List.of(lefts.get(matrix).rows(row, count)), List.of(rights.get(matrix)), scale, panels);
  }

  private long rows() {
    return lefts.getFirst().rows();
  }

  private long columns() {
    return rights.getFirst().columns();
  }

  private long ranks() {
    return rights.getFirst().rows();
  }

  /// Sets the first `count` elements of `target` to those from `first` on.
  void fill(long first, float[] target, int count) throws IOException {
    Arrays.fill(target, 0, count, 0);
    long elements = rows() * columns();
    for (int done = 0; done < count; ) {
      int matrix = Math.toIntExact((first + done) / elements);
      long from = (first + done) % elements;
      int length = (int) Math.min(count - done, elements - from);
      new Piece(lefts.get(matrix), rights.get(matrix), from, length, target, done).fill();
      done += length;
    }
    for (int i = 0; i < count; i++) {
      target[i] *= scale;
    }
  }

  /// Consecutive elements of one matrix.
  private final class Piece {
    private final Factor left;
    private final Factor right;
    private final long from;
    private final long end;
    private final float[] target;
    private final long place;
    private final float[] sums = new float[Panels.COLUMNS];

    Piece(Factor left, Factor right, long from, int count, float[] target, int place) {
      this.left = left;
      this.right = right;
      this.from = from;
      this.end = from + count;
      this.target = target;
      this.place = place - from;
    }

    void fill() throws IOException {
      long first = from / columns();
      long last = (end - 1) / columns();
      boolean isOneRow = first == last;
      long low = isOneRow ? from % columns() / Panels.COLUMNS * Panels.COLUMNS : 0;
      long high = isOneRow ? (end - 1) % columns() + 1 : columns();
      for (long rank = 0; rank < ranks(); rank += Panels.RANKS) {
        for (long column = low; column < high; column += Panels.COLUMNS) {
          float[][] panel = panels.get(right, rank, Panels.RANKS, column, Panels.COLUMNS);
          for (long row = first; row <= last; row++) {
            add(row, rank, column, panel);
          }
        }
      }
    }

    /// Adds some ranks to the elements of a row that are wanted and that the panel has.
    private void add(long row, long rank, long column, float[][] panel) throws IOException {
      long start = row * columns();
      int low = Math.clamp(from - start - column, 0, panel[0].length);
      int high = Math.clamp(end - start - column, 0, panel[0].length);
      if (low >= high) {
        return;
      }
      long block = row / Panels.ROWS * Panels.ROWS;
      float[] factors =
          panels.get(left, block, Panels.ROWS, rank, Panels.RANKS)[(int) (row - block)];
      int at = (int) (place + start + column);
      System.arraycopy(target, at + low, sums, low, high - low);
      for (int strip = low; strip < high; strip += STRIP) {
        accumulate(factors, panel, strip, Math.min(high, strip + STRIP));
      }
      System.arraycopy(sums, low, target, at + low, high - low);
    }

    /// Four ranks at a time, so that sums are loaded and stored less often. All arrays go by one
    /// index, for only then does the compiler make vectors of it.
    private void accumulate(float[] factors, float[][] panel, int low, int high) {
      int rank = 0;
      for (; rank + 4 <= factors.length; rank += 4) {
        add4(
            factors[rank],
            panel[rank],
            factors[rank + 1],
            panel[rank + 1],
            factors[rank + 2],
            panel[rank + 2],
            factors[rank + 3],
            panel[rank + 3],
            sums,
            low,
            high);
      }
      for (; rank < factors.length; rank++) {
        add1(factors[rank], panel[rank], sums, low, high);
      }
    }
  }

  private static void add4(
      float f0,
      float[] r0,
      float f1,
      float[] r1,
      float f2,
      float[] r2,
      float f3,
      float[] r3,
      float[] sums,
      int low,
      int high) {
    for (int j = low; j < high; j++) {
      sums[j] = sums[j] + f0 * r0[j] + f1 * r1[j] + f2 * r2[j] + f3 * r3[j];
    }
  }

  private static void add1(float factor, float[] row, float[] sums, int low, int high) {
    for (int j = low; j < high; j++) {
      sums[j] = sums[j] + factor * row[j];
    }
  }

  /// All of both factors' bytes: they are small.
  List<ByteRange> ranges() {
    return java.util.stream.Stream.of(lefts.getFirst(), rights.getFirst())
        .flatMap(factor -> factor.stored().ranges(0, factor.stored().info().byteSize()).stream())
        .toList();
  }
}

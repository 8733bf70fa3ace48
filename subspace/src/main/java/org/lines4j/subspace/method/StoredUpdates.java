package org.lines4j.subspace.method;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.lines4j.subspace.matrix.Matrix;

/// Updates of whole matrices, τᵢ = wᵢ·(θᵢ − θ0), in double.
final class StoredUpdates implements Updates {
  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final int rows;
  private final int cols;
  private final int models;
  private final MemorySegment base;
  private final List<Tuned> changed;

  /// @param model its number among all
  /// @param squares ‖τ‖²_F
  private record Tuned(int model, MemorySegment values, double weight, double squares) {}

  /// @param base and `models`: float32, little-endian, row by row
  StoredUpdates(
      int rows, int cols, MemorySegment base, MemorySegment[] models, List<Double> weights) {
    this.rows = rows;
    this.cols = cols;
    this.base = base;
    this.models = models.length;
    List<Tuned> tuned = new ArrayList<>();
    for (int i = 0; i < models.length; i++) {
      double squares = sumOfSquares(models[i], weights.get(i));
      if (squares != 0) {
        tuned.add(new Tuned(i, models[i], weights.get(i), squares));
      }
    }
    tuned.sort(
        Comparator.comparing(Tuned::values, StoredUpdates::compare)
            .thenComparingDouble(Tuned::weight));
    this.changed = List.copyOf(tuned);
  }

  private static int compare(MemorySegment a, MemorySegment b) {
    long at = a.mismatch(b);
    return at < 0
        ? 0
        : Integer.compareUnsigned(
            Byte.toUnsignedInt(a.get(ValueLayout.JAVA_BYTE, at)),
            Byte.toUnsignedInt(b.get(ValueLayout.JAVA_BYTE, at)));
  }

  private double sumOfSquares(MemorySegment model, double weight) {
    double[] update = new double[cols];
    double sum = 0;
    for (int row = 0; row < rows; row++) {
      load(model, weight, row, update);
      for (double value : update) {
        sum += value * value;
      }
    }
    return sum;
  }

  private void load(MemorySegment model, double weight, int row, double[] into) {
    float[] tuned = new float[cols];
    float[] origin = new float[cols];
    long offset = (long) row * cols * Float.BYTES;
    MemorySegment.copy(model, FLOAT, offset, tuned, 0, cols);
    MemorySegment.copy(base, FLOAT, offset, origin, 0, cols);
    for (int col = 0; col < cols; col++) {
      into[col] = weight * ((double) tuned[col] - origin[col]);
    }
  }

  @Override
  public int rows() {
    return rows;
  }

  @Override
  public int cols() {
    return cols;
  }

  @Override
  public int least() {
    return Math.min(rows, cols);
  }

  @Override
  public int models() {
    return models;
  }

  @Override
  public int count() {
    return changed.size();
  }

  @Override
  public boolean areFinite() {
    return changed.stream().allMatch(tuned -> Double.isFinite(tuned.squares));
  }

  @Override
  public Matrix get(Arena arena, int index) {
    Matrix update = Matrix.zeros(arena, rows, cols);
    addTo(update, index);
    return update;
  }

  @Override
  public int model(int index) {
    return changed.get(index).model;
  }

  @Override
  public double squares(int index) {
    return changed.get(index).squares;
  }

  @Override
  public Matrix sum(Arena arena) {
    Matrix sum = Matrix.zeros(arena, rows, cols);
    for (int i = 0; i < count(); i++) {
      addTo(sum, i);
    }
    return sum;
  }

  private void addTo(Matrix into, int index) {
    Tuned tuned = changed.get(index);
    double[] update = new double[cols];
    double[] values = new double[cols];
    for (int row = 0; row < rows; row++) {
      load(tuned.values, tuned.weight, row, update);
      into.load(row, 0, values, cols);
      for (int col = 0; col < cols; col++) {
        values[col] += update[col];
      }
      into.store(values, row, 0, cols);
    }
  }
}

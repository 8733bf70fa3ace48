package org.lines4j.subspace.method;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.lines4j.subspace.matrix.Matrix;

/// What the models change of one matrix of the base, τᵢ = wᵢ·(θᵢ − θ0), in double: those that are
/// not zero, by their content, so that the order of the models changes nothing.
final class Updates {
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
  Updates(int rows, int cols, MemorySegment base, MemorySegment[] models, List<Double> weights) {
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
        Comparator.comparing(Tuned::values, Updates::compare).thenComparingDouble(Tuned::weight));
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

  int rows() {
    return rows;
  }

  int cols() {
    return cols;
  }

  /// r, the smaller extent.
  int least() {
    return Math.min(rows, cols);
  }

  /// N, those that change nothing among them.
  int models() {
    return models;
  }

  /// How many change something.
  int count() {
    return changed.size();
  }

  /// Whether all elements of all updates are finite.
  boolean areFinite() {
    return changed.stream().allMatch(tuned -> Double.isFinite(tuned.squares));
  }

  /// An update that is not zero.
  ///
  /// @param index below [#count]
  Matrix get(Arena arena, int index) {
    Matrix update = Matrix.zeros(arena, rows, cols);
    addTo(update, index);
    return update;
  }

  /// Which of the models an update is of.
  int model(int index) {
    return changed.get(index).model;
  }

  /// ‖τ‖²_F.
  double squares(int index) {
    return changed.get(index).squares;
  }

  /// Στ.
  Matrix sum(Arena arena) {
    Matrix sum = Matrix.zeros(arena, rows, cols);
    for (int i = 0; i < count(); i++) {
      addTo(sum, i);
    }
    return sum;
  }

  /// Στ/N.
  Matrix mean(Arena arena) {
    Matrix mean = sum(arena);
    mean.scale(1.0 / models);
    return mean;
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

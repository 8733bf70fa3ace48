package org.lines4j.subspace.method;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.lines4j.subspace.matrix.Matrix;
import org.lines4j.subspace.matrix.Panelled;

/// Updates of whole matrices, τᵢ = wᵢ·(θᵢ − θ0), in double.
final class StoredUpdates implements Updates {
  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  /// Elements that are read at once.
  private static final long PANEL = 1 << 23;

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
    double[] squares = sumsOfSquares(models, weights);
    for (int i = 0; i < models.length; i++) {
      if (squares[i] != 0) {
        tuned.add(new Tuned(i, models[i], weights.get(i), squares[i]));
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

  /// ‖τ‖²_F of each model's update.
  private double[] sumsOfSquares(MemorySegment[] all, List<Double> weights) {
    double[] sums = new double[all.length];
    float[] origin = new float[cols];
    float[] tuned = new float[cols];
    for (int row = 0; row < rows; row++) {
      load(base, row, origin);
      for (int i = 0; i < all.length; i++) {
        load(all[i], row, tuned);
        sums[i] = addSquares(tuned, origin, weights.get(i), sums[i]);
      }
    }
    return sums;
  }

  private static double addSquares(float[] tuned, float[] origin, double weight, double to) {
    double sum = to;
    for (int col = 0; col < tuned.length; col++) {
      double value = weight * ((double) tuned[col] - origin[col]);
      sum += value * value;
    }
    return sum;
  }

  private static void addUpdate(float[] tuned, float[] origin, double weight, double[] to) {
    for (int col = 0; col < to.length; col++) {
      to[col] += weight * ((double) tuned[col] - origin[col]);
    }
  }

  private static void load(MemorySegment values, int row, float[] into) {
    long offset = (long) row * into.length * Float.BYTES;
    MemorySegment.copy(values, FLOAT, offset, into, 0, into.length);
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
  public Panelled update(int index) {
    return new Read(List.of(changed.get(index)));
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
  public Panelled total() {
    return new Read(changed);
  }

  /// What [#update] and [#total] take in memory while they are read, in bytes: two panels.
  static long panels(long rows, long cols) {
    return 2 * Combining.bytes(Math.min(rows, height(cols)), cols);
  }

  private static long height(long cols) {
    return Math.max(1, PANEL / Math.max(1, cols));
  }

  /// The sum of some updates, computed where it is read.
  private final class Read implements Panelled {
    private final List<Tuned> terms;

    Read(List<Tuned> terms) {
      this.terms = terms;
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
    public int height() {
      return (int) StoredUpdates.height(cols);
    }

    @Override
    public Matrix panel(Arena arena, int from, int to) {
      Matrix panel = Matrix.zeros(arena, to - from, cols);
      float[] origin = new float[cols];
      float[] tuned = new float[cols];
      double[] values = new double[cols];
      for (int row = from; row < to; row++) {
        Arrays.fill(values, 0);
        load(base, row, origin);
        for (Tuned term : terms) {
          load(term.values, row, tuned);
          addUpdate(tuned, origin, term.weight, values);
        }
        panel.store(values, row - from, 0, cols);
      }
      return panel;
    }
  }
}

package org.lines4j.internal.source;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.lines4j.format.TensorSource;
import org.lines4j.tensor.DType;
import org.lines4j.tensor.Shape;
import org.lines4j.tensor.TensorInfo;

/// Where the rows of a tensor come from whose first extent is a vocabulary, once another vocabulary
/// numbers them.
public final class RowMap {
  /// In place of a row's number: the model has none, its donors give it.
  public static final int ABSENT = -1;

  /// In place of a row's number: no token has it, it is the mean of all rows that tokens have.
  public static final int PADDING = -2;

  private final int[] own;
  private final DonorRows donors;
  private final List<TensorSource> models;
  private final boolean averages;
  private float[] padding = {};

  /// @param own for each row, its number in the stored tensor, [#ABSENT] or [#PADDING]; kept, not
  ///   copied
  /// @param donors of the absent rows
  /// @param models the tensor that each donor's model has, as stored
  /// @param dtype that the tensor itself is stored in
  public RowMap(int[] own, DonorRows donors, List<TensorSource> models, DType dtype) {
    this.own = own;
    this.donors = donors;
    this.models = List.copyOf(models);
    this.averages = averages(dtype);
  }

  /// Whether reading cannot give stored bytes alone.
  private boolean averages(DType dtype) {
    for (int row = 0; row < own.length; row++) {
      boolean foreign =
          own[row] == ABSENT
              && donors.count(row) == 1
              && models.get(donors.model(row, 0)).info().dtype() != dtype;
      if (own[row] == PADDING || foreign || (own[row] == ABSENT && donors.count(row) > 1)) {
        return true;
      }
    }
    return false;
  }

  /// The element type that reading gives of a tensor stored in `stored`: float32 where rows are not
  /// stored bytes.
  DType dtype(DType stored) {
    return averages ? DType.F32 : stored;
  }

  /// What reading gives of a tensor that is stored as `stored`.
  TensorInfo info(TensorInfo stored) {
    List<Long> dims = new ArrayList<>(stored.shape().dims());
    dims.set(0, (long) own.length);
    return new TensorInfo(stored.name(), dtype(stored.dtype()), new Shape(dims));
  }

  /// How many rows there are.
  public int size() {
    return own.length;
  }

  /// The number of `row` in the stored tensor, or [#ABSENT], or [#PADDING].
  public int own(int row) {
    return own[row];
  }

  /// How many rows an absent row is the mean of; 0 for zeros.
  public int donorCount(int row) {
    return donors.count(row);
  }

  /// The tensor of an absent row's donor `i`.
  public TensorSource donor(int row, int i) {
    return models.get(donors.model(row, i));
  }

  /// The row of that tensor.
  public int donorRow(int row, int i) {
    return donors.row(row, i);
  }

  /// How many rows from `row` on, up to `end`, follow each other in the stored tensor.
  public int run(int row, int end) {
    int length = 1;
    while (row + length < end && own[row + length] == own[row] + length) {
      length++;
    }
    return length;
  }

  /// The mean of all rows that are no padding; found at the first call and kept, as every thread
  /// that comes to such a row wants the same.
  public synchronized float[] padding(Mean mean) throws IOException {
    if (padding.length == 0) {
      padding = mean.compute();
    }
    return padding;
  }

  /// Computes the mean of all rows that are no padding.
  @FunctionalInterface
  public interface Mean {
    /// One value for each element of a row.
    float[] compute() throws IOException;
  }
}

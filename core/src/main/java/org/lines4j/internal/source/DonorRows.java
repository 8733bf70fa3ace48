package org.lines4j.internal.source;

import java.util.Arrays;

/// For each row of a vocabulary, its donor rows: a model that lacks the token takes their mean;
/// without donors, zeros. Shared by the models and the tensors of a merge.
public final class DonorRows {
  private final int[] ends;
  private final int[] models;
  private final int[] rows;

  private DonorRows(int[] ends, int[] models, int[] rows) {
    this.ends = ends;
    this.models = models;
    this.rows = rows;
  }

  /// How many rows the mean is of.
  int count(int row) {
    return ends[row] - start(row);
  }

  /// The model that the row's donor `i` belongs to.
  int model(int row, int i) {
    return models[start(row) + i];
  }

  /// The number in that model of the row's donor `i`.
  int row(int row, int i) {
    return rows[start(row) + i];
  }

  private int start(int row) {
    return row == 0 ? 0 : ends[row - 1];
  }

  /// Takes the donors row by row.
  public static final class Builder {
    private final int[] ends;
    private int[] models = new int[64];
    private int[] rows = new int[64];
    private int row;
    private int size;

    /// @param count how many rows there are
    public Builder(int count) {
      ends = new int[count];
    }

    /// One more donor of the row that is being described.
    public void donor(int model, int number) {
      if (size == models.length) {
        models = Arrays.copyOf(models, 2 * size);
        rows = Arrays.copyOf(rows, 2 * size);
      }
      models[size] = model;
      rows[size++] = number;
    }

    /// Goes on to the next row.
    public void next() {
      ends[row++] = size;
    }

    /// The donors of all rows.
    public DonorRows build() {
      Arrays.fill(ends, row, ends.length, size);
      return new DonorRows(ends, Arrays.copyOf(models, size), Arrays.copyOf(rows, size));
    }
  }
}

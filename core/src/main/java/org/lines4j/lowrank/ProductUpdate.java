package org.lines4j.lowrank;

/// What an adapter adds to one matrix: left · right.
///
/// @param left [rows, rank], with all of the adapter's scale
/// @param right [rank, columns]
public record ProductUpdate(DenseMatrix left, DenseMatrix right) {
  /// @throws IllegalArgumentException if the ranks differ
  public ProductUpdate {
    if (left.columns() != right.rows()) {
      throw new IllegalArgumentException(
          "no product: %d columns, %d rows".formatted(left.columns(), right.rows()));
    }
  }

  /// How many directions it has at most.
  public int rank() {
    return right.rows();
  }

  /// Whether all elements of both are finite.
  public boolean isFinite() {
    return isFinite(left.elements()) && isFinite(right.elements());
  }

  private static boolean isFinite(float[] values) {
    for (float value : values) {
      if (!Float.isFinite(value)) {
        return false;
      }
    }
    return true;
  }
}

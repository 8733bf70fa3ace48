package org.lines4j.lowrank;

/// A product of two thin matrices, left·right, and how far it is from the matrix that it stands
/// for.
///
/// @param left [rows, rank]
/// @param right [rank, columns]
/// @param norm ‖·‖_F of the matrix
/// @param error ‖·‖_F of what the product lacks of it
public record Factors(DenseMatrix left, DenseMatrix right, double norm, double error) {
  /// How many products of a column and a row it adds up.
  public int rank() {
    return right.rows();
  }
}

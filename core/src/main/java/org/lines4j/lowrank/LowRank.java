package org.lines4j.lowrank;

import java.io.IOException;
import java.util.ServiceLoader;
import org.lines4j.error.RequestException;

/// Finds the product of two thin matrices that is nearest to a matrix: its strongest singular
/// directions. It needs linear algebra, which this library does not have, so it is found by
/// [ServiceLoader]; the module `org.lines4j.subspace` has one.
///
/// The same matrix gives the same bits on one machine. Any thread may call.
public interface LowRank {
  /// The product nearest to a matrix.
  ///
  /// @throws IOException if reading fails
  /// @throws ArithmeticException if the matrix has no decomposition, as where it is not finite
  Factors nearest(MatrixRows matrix, RankChoice choice) throws IOException;

  /// The product nearest to a product, found without the matrix that it stands for.
  ///
  /// @param left [rows, k]
  /// @param right [k, columns]
  /// @throws ArithmeticException as above
  Factors nearest(DenseMatrix left, DenseMatrix right, RankChoice choice);

  /// About how many bytes of memory it takes to find the product nearest to a matrix.
  long memory(int rows, int columns, RankChoice choice);

  /// The one there is.
  ///
  /// @throws RequestException if there is none
  static LowRank find() {
    return ServiceLoader.load(LowRank.class)
        .findFirst()
        .orElseThrow(
            () ->
                new RequestException(
                    "singular directions are asked for, and nothing on the class path finds them:"
                        + " add the module lines-subspace"));
  }
}

package org.lines4j.subspace.lowrank;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.lines4j.lowrank.DenseMatrix;
import org.lines4j.lowrank.Factors;
import org.lines4j.lowrank.LowRank;
import org.lines4j.lowrank.MatrixRows;
import org.lines4j.lowrank.RankChoice;
import org.lines4j.subspace.matrix.Algebra;

class SingularDirectionsTest {
  private final LowRank lowRank = new SingularDirections(Algebra.fastest());

  private record Rows(DenseMatrix matrix) implements MatrixRows {
    @Override
    public int rows() {
      return matrix.rows();
    }

    @Override
    public int columns() {
      return matrix.columns();
    }

    @Override
    public void read(int row, int count, float[] into) {
      System.arraycopy(matrix.elements(), row * columns(), into, 0, count * columns());
    }
  }

  private static DenseMatrix random(int rows, int columns, long seed) {
    Random random = new Random(seed);
    DenseMatrix matrix = DenseMatrix.zeros(rows, columns);
    for (int i = 0; i < matrix.elements().length; i++) {
      matrix.elements()[i] = (float) random.nextGaussian();
    }
    return matrix;
  }

  private static DenseMatrix product(DenseMatrix left, DenseMatrix right) {
    DenseMatrix product = DenseMatrix.zeros(left.rows(), right.columns());
    for (int i = 0; i < left.rows(); i++) {
      for (int k = 0; k < left.columns(); k++) {
        for (int j = 0; j < right.columns(); j++) {
          product.elements()[i * right.columns() + j] += left.get(i, k) * right.get(k, j);
        }
      }
    }
    return product;
  }

  private static double distance(DenseMatrix one, DenseMatrix other) {
    double sum = 0;
    for (int i = 0; i < one.elements().length; i++) {
      sum += Math.pow(one.elements()[i] - (double) other.elements()[i], 2);
    }
    return Math.sqrt(sum);
  }

  @Test
  void theErrorIsHowFarTheProductIs() throws IOException {
    DenseMatrix matrix = random(40, 30, 1);
    Factors found = lowRank.nearest(new Rows(matrix), new RankChoice.Most(7));
    assertEquals(7, found.rank());
    assertEquals(found.error(), distance(matrix, product(found.left(), found.right())), 1e-4);
  }

  @Test
  void aProductIsTreatedAsTheMatrixThatItStandsFor() throws IOException {
    DenseMatrix left = random(50, 6, 2);
    DenseMatrix right = random(6, 70, 3);
    Factors inParts = lowRank.nearest(left, right, new RankChoice.Most(4));
    Factors whole = lowRank.nearest(new Rows(product(left, right)), new RankChoice.Most(4));
    assertEquals(whole.error(), inParts.error(), 1e-3);
    assertEquals(whole.norm(), inParts.norm(), 1e-3);
    assertEquals(
        0,
        distance(product(whole.left(), whole.right()), product(inParts.left(), inParts.right())),
        1e-3);
  }

  @Test
  void directionsThatCarryNothingAreLeftOut() {
    DenseMatrix left = random(20, 3, 4);
    DenseMatrix twice = DenseMatrix.zeros(20, 6);
    for (int i = 0; i < 20; i++) {
      for (int k = 0; k < 6; k++) {
        twice.set(i, k, left.get(i, k % 3));
      }
    }
    Factors found = lowRank.nearest(twice, random(6, 20, 5), new RankChoice.Energy(1));
    assertEquals(3, found.rank());
    assertEquals(0, found.error() / found.norm(), 1e-6);
  }

  @Test
  void theFewestDirectionsThatHoldTheEnergyAreKept() throws IOException {
    DenseMatrix matrix = random(30, 40, 6);
    Factors found = lowRank.nearest(new Rows(matrix), new RankChoice.Energy(0.8));
    Factors less = lowRank.nearest(new Rows(matrix), new RankChoice.Most(found.rank() - 1));
    assertTrue(1 - Math.pow(found.error() / found.norm(), 2) >= 0.8);
    assertTrue(1 - Math.pow(less.error() / less.norm(), 2) < 0.8);
  }

  @Test
  void aLargeMatrixIsSketchedAndAsNear() throws IOException {
    DenseMatrix left = random(700, 20, 7);
    DenseMatrix noise = random(700, 600, 8);
    DenseMatrix matrix = product(left, random(20, 600, 9));
    for (int i = 0; i < noise.elements().length; i++) {
      matrix.elements()[i] += 0.1f * noise.elements()[i];
    }
    Factors found = lowRank.nearest(new Rows(matrix), new RankChoice.Most(24));
    double exact = exact(matrix, 24);
    assertEquals(1, found.error() / exact, 1e-3);
    assertEquals(
        found.error(), distance(matrix, product(found.left(), found.right())), 1e-3 * exact);
    Factors share = lowRank.nearest(new Rows(matrix), new RankChoice.Energy(0.99));
    assertTrue(share.rank() <= 20, "rank " + share.rank());
  }

  private double exact(DenseMatrix matrix, int rank) throws IOException {
    DenseMatrix one = DenseMatrix.zeros(matrix.columns(), matrix.columns());
    for (int i = 0; i < matrix.columns(); i++) {
      one.set(i, i, 1);
    }
    return lowRank.nearest(matrix, one, new RankChoice.Most(rank)).error();
  }

  @Test
  void nothingIsNearestToNothing() throws IOException {
    DenseMatrix zero = DenseMatrix.zeros(5, 4);
    Factors found = lowRank.nearest(new Rows(zero), new RankChoice.Most(3));
    assertEquals(1, found.rank());
    assertEquals(0, found.error());
  }

  @Test
  void whatIsNotFiniteHasNoDirections() {
    DenseMatrix matrix = random(5, 4, 10);
    matrix.set(2, 2, Float.NaN);
    ArithmeticException e =
        assertThrows(
            ArithmeticException.class,
            () -> lowRank.nearest(new Rows(matrix), new RankChoice.Most(2)));
    assertTrue(String.valueOf(e.getMessage()).contains("(2, 2)"), e::toString);
  }

  @Test
  void itIsFoundAsAService() {
    assertTrue(LowRank.find() instanceof SingularDirections);
  }
}

package org.lines4j.subspace.method;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.lines4j.lowrank.ProductUpdate;
import org.lines4j.subspace.matrix.Algebra;
import org.lines4j.subspace.matrix.Matrix;
import org.lines4j.subspace.matrix.Panelled;
import org.lines4j.subspace.matrix.Svd;
import org.lines4j.tensor.Shape;

/// Updates that are products of thin matrices, in the directions that all of them have together: τᵢ
/// = U·Kᵢ·Vᵀ. What a method makes of the Kᵢ is what it makes of the updates, between U and Vᵀ,
/// since the methods here know no directions but the updates' own.
///
/// @param least r of the matrix itself, from which methods count how many directions they take
/// @param models N
/// @param columns of the matrix itself
/// @param left U
/// @param right Vᵀ
/// @param cores of the updates that are not zero
/// @param total ΣKᵢ
record ProductUpdates(
    int least, int models, int columns, Matrix left, Matrix right, List<Core> cores, Matrix total)
    implements Updates {

  /// Kᵢ, times its model's weight.
  record Core(int model, Matrix values, double squares) {}

  /// Finds the directions.
  ///
  /// @param updates of finite elements, one for each model
  /// @param weights what each is multiplied by
  static ProductUpdates of(
      Arena arena,
      Algebra algebra,
      Shape shape,
      List<ProductUpdate> updates,
      List<Double> weights) {
    int rows = Math.toIntExact(shape.dims().getFirst());
    int columns = Math.toIntExact(shape.dims().getLast());
    List<Integer> order =
        IntStream.range(0, updates.size())
            .boxed()
            .sorted(
                Comparator.<Integer, ProductUpdate>comparing(updates::get, ProductUpdates::compare)
                    .thenComparing(weights::get))
            .toList();
    int ranks = updates.stream().mapToInt(ProductUpdate::rank).sum();
    try (Arena scratch = Arena.ofConfined()) {
      Matrix lefts = Matrix.zeros(scratch, rows, ranks);
      Matrix rights = Matrix.zeros(scratch, ranks, columns);
      int at = 0;
      for (int model : order) {
        ProductUpdate update = updates.get(model);
        lefts.columns(at, at + update.rank()).put(update.left().elements());
        rights.rows(at, at + update.rank()).put(update.right().elements());
        at += update.rank();
      }
      Svd ofLefts = algebra.svd(scratch, lefts);
      Svd ofRights = algebra.svd(scratch, rights);
      Matrix left = ofLefts.first(ofLefts.rank()).u().copy(arena);
      Matrix right = ofRights.first(ofRights.rank()).vt().copy(arena);
      Matrix inLeft = algebra.transposedProduct(scratch, left, lefts);
      Matrix inRight = algebra.productTransposed(scratch, rights, right);
      List<Core> cores = new ArrayList<>();
      Matrix total = Matrix.zeros(arena, inLeft.rows(), inRight.cols());
      at = 0;
      for (int model : order) {
        int end = at + updates.get(model).rank();
        Matrix core = algebra.product(arena, inLeft.columns(at, end), inRight.rows(at, end));
        core.scale(weights.get(model));
        double squares = core.sumOfSquares();
        if (squares != 0) {
          cores.add(new Core(model, core, squares));
          total.add(1, core);
        }
        at = end;
      }
      return new ProductUpdates(
          Math.min(rows, columns), updates.size(), columns, left, right, List.copyOf(cores), total);
    }
  }

  private static int compare(ProductUpdate a, ProductUpdate b) {
    int lefts = Arrays.compare(a.left().elements(), b.left().elements());
    return lefts != 0 ? lefts : Arrays.compare(a.right().elements(), b.right().elements());
  }

  /// The matrix that a merged core stands for.
  Matrix whole(Arena arena, Algebra algebra, Matrix merged) {
    return algebra.product(arena, algebra.product(arena, left, merged), right);
  }

  @Override
  public int rows() {
    return left.cols();
  }

  @Override
  public int cols() {
    return right.rows();
  }

  @Override
  public int count() {
    return cores.size();
  }

  @Override
  public boolean areFinite() {
    return cores.stream().allMatch(core -> Double.isFinite(core.squares));
  }

  @Override
  public Panelled update(int index) {
    return cores.get(index).values;
  }

  @Override
  public int model(int index) {
    return cores.get(index).model;
  }

  @Override
  public double squares(int index) {
    return cores.get(index).squares;
  }

  @Override
  public int idle() {
    return columns - cols();
  }
}

package org.lines4j.internal.engine;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.lines4j.format.TensorSource;
import org.lines4j.internal.source.RenamedTensor;
import org.lines4j.internal.source.UpdatedTensor;
import org.lines4j.internal.work.Source;
import org.lines4j.internal.work.Work;
import org.lines4j.lowrank.DenseMatrix;
import org.lines4j.lowrank.ProductUpdate;
import org.lines4j.tensor.DType;
import org.lines4j.tensor.Shape;

/// What all models change of one matrix, where that is a product of thin matrices each time, as
/// with adapters of the base itself, and their ranks add up to no more than half of its smaller
/// extent.
///
/// @param updates one for each model; empty for one that changes nothing
record ThinUpdates(Shape shape, List<Optional<UpdatedTensor>> updates) {
  /// Copies the list.
  ThinUpdates {
    updates = List.copyOf(updates);
  }

  /// Those of a merge, if they are such.
  static Optional<ThinUpdates> of(Work.Merge work) {
    Shape shape = work.models().getFirst().info().shape();
    if (work.base().isEmpty() || shape.rank() != 2 || isBaseRounded(work, work.base().get())) {
      return Optional.empty();
    }
    TensorSource base = stored(work.base().get());
    List<Optional<UpdatedTensor>> updates = new ArrayList<>();
    long ranks = 0;
    for (Source model : work.models()) {
      TensorSource tensor = stored(model);
      if (tensor.equals(base)) {
        updates.add(Optional.empty());
      } else if (tensor instanceof UpdatedTensor updated
          && updated.rank().isPresent()
          && updated.base().equals(base)) {
        updates.add(Optional.of(updated));
        ranks += updated.rank().getAsInt();
      } else {
        return Optional.empty();
      }
    }
    long least = Math.min(shape.dims().getFirst(), shape.dims().getLast());
    return ranks > 0 && 2 * ranks <= least
        ? Optional.of(new ThinUpdates(shape, updates))
        : Optional.empty();
  }

  /// Where it is, what adapters make of it are other models, whose updates are no products.
  private static boolean isBaseRounded(Work.Merge work, Source base) {
    return work.computeType().filter(type -> type != DType.F32 && type != base.dtype()).isPresent();
  }

  private static TensorSource stored(Source source) {
    TensorSource tensor = source.tensor();
    while (tensor instanceof RenamedTensor renamed) {
      tensor = renamed.stored();
    }
    return tensor;
  }

  /// The products.
  List<ProductUpdate> read() throws IOException {
    int rows = Math.toIntExact(shape.dims().getFirst());
    int columns = Math.toIntExact(shape.dims().getLast());
    List<ProductUpdate> products = new ArrayList<>();
    for (Optional<UpdatedTensor> update : updates) {
      products.add(
          update.isPresent()
              ? update.get().update()
              : new ProductUpdate(DenseMatrix.zeros(rows, 0), DenseMatrix.zeros(0, columns)));
    }
    return products;
  }
}

package org.lines4j.internal.source;

import java.io.IOException;
import java.util.OptionalInt;
import org.lines4j.format.TensorSource;
import org.lines4j.lowrank.ProductUpdate;

/// A tensor that is another one and a product of two thin matrices.
public interface UpdatedTensor extends TensorSource {
  /// What is updated.
  TensorSource base();

  /// The rank of the update; empty where it is not one product of two matrices.
  OptionalInt rank();

  /// The update, which has a [#rank], as the base lies: its first extent the rows.
  ProductUpdate update() throws IOException;
}

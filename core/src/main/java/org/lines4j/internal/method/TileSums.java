package org.lines4j.internal.method;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import org.lines4j.method.BlockSums;
import org.lines4j.method.TensorScan;
import org.lines4j.tensor.Shape;

/// What comes of tiles where that is nothing but sums.
abstract class TileSums<P extends TileSums<P>> implements TensorScan.Partial<P> {
  /// What [#tile] adds to.
  final BlockSums sums;

  /// @param count how many sums there are
  TileSums(Shape shape, int count) {
    this.sums = new BlockSums(shape, count);
  }

  @Override
  public final void add(P other) {
    sums.add(other.sums);
  }

  @Override
  public final void writeTo(DataOutput out) throws IOException {
    sums.writeTo(out);
  }

  @Override
  public final void readFrom(DataInput in) throws IOException {
    sums.readFrom(in);
  }
}

package org.lines4j.method;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Arrays;
import org.lines4j.run.Partial;
import org.lines4j.tensor.Shape;

/// Sums over a tensor in double, of which each block keeps its own: added in the order of the
/// blocks, they are the same to the last bit on any number of threads.
public final class BlockSums implements Partial<BlockSums> {
  private final int sums;
  private final double[] blocks;

  /// @param sums how many are kept at once
  public BlockSums(Shape shape, int sums) {
    this.sums = sums;
    this.blocks =
        new double[Math.toIntExact(sums * Math.ceilDiv(shape.elements(), (long) TensorScan.BLOCK))];
  }

  /// Adds to sum `which`.
  ///
  /// @param first the index of an element of the block that `value` comes from
  public void add(long first, int which, double value) {
    blocks[(int) (first / TensorScan.BLOCK) * sums + which] += value;
  }

  /// Takes over the sums of other blocks.
  @Override
  public void add(BlockSums other) {
    Arrays.setAll(blocks, i -> blocks[i] + other.blocks[i]);
  }

  /// Writes the blocks that are not zero: those that were never added to are.
  @Override
  public void writeTo(DataOutput out) throws IOException {
    for (int i = 0; i < blocks.length; i++) {
      if (blocks[i] != 0) { // also NaN
        out.writeInt(i);
        out.writeDouble(blocks[i]);
      }
    }
    out.writeInt(-1);
  }

  @Override
  public void readFrom(DataInput in) throws IOException {
    for (int i = in.readInt(); i >= 0; i = in.readInt()) {
      blocks[i] = in.readDouble();
    }
  }

  /// Sum `which`.
  public double total(int which) {
    double total = 0;
    for (int i = which; i < blocks.length; i += sums) {
      total += blocks[i];
    }
    return total;
  }
}

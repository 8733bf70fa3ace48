package org.lines4j.internal.lora;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.lines4j.format.TensorSource;
import org.lines4j.internal.posix.Pages;
import org.lines4j.storage.ByteRange;
import org.lines4j.tensor.DType;
import org.lines4j.tensor.TensorInfo;

/// m · (θ0 + ΔW) / ‖θ0 + ΔW‖, the norms taken of each output's weights (DoRA, arXiv 2402.09353,
/// equation 5). The norms take a pass over the tensor of their own, at the first read; squares are
/// added up in double in their order.
final class DoraTensor implements TensorSource {
  private static final int READ_BYTES = 1 << 20;

  private final TensorSource sum;
  private final TensorSource magnitude;
  private final long columns;
  private final boolean areColumns;
  private float[] factors = {};

  /// @param sum θ0 + ΔW in float32
  /// @param magnitude m, one for each output
  /// @param columns how many elements lie one behind another before the next row
  /// @param areColumns whether outputs are columns, not rows
  DoraTensor(TensorSource sum, TensorSource magnitude, long columns, boolean areColumns) {
    this.sum = sum;
    this.magnitude = magnitude;
    this.columns = columns;
    this.areColumns = areColumns;
  }

  @Override
  public TensorInfo info() {
    return sum.info();
  }

  @Override
  public DType keptAs() {
    return sum.keptAs();
  }

  @Override
  public int block() {
    return sum.block();
  }

  @Override
  public void read(long from, MemorySegment target) throws IOException {
    float[] own = factors();
    sum.read(from, target);
    long first = from / Float.BYTES;
    long count = target.byteSize() / Float.BYTES;
    for (long i = 0; i < count; i++) {
      float value = target.getAtIndex(AdaptedTensor.FLOAT, i);
      target.setAtIndex(AdaptedTensor.FLOAT, i, own[output(first + i)] * value);
    }
  }

  private int output(long element) {
    return (int) (areColumns ? element % columns : element / columns);
  }

  /// Found at the first call and kept, as every thread that comes to the tensor wants the same.
  private synchronized float[] factors() throws IOException {
    if (factors.length == 0) {
      int outputs = Math.toIntExact(magnitude.info().elements());
      double[] squares = squares(outputs);
      float[] own = new Factor(magnitude, 0, 1, outputs, outputs, 1).read(0, 1, 0, outputs)[0];
      for (int i = 0; i < outputs; i++) {
        own[i] /= (float) Math.sqrt(squares[i]);
      }
      factors = own;
    }
    return factors;
  }

  private double[] squares(int outputs) throws IOException {
    double[] squares = new double[outputs];
    long bytes = info().byteSize();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment buffer = Pages.allocate(arena, Math.min(bytes, READ_BYTES));
      for (long from = 0; from < bytes; from += READ_BYTES) {
        MemorySegment piece = buffer.asSlice(0, Math.min(READ_BYTES, bytes - from));
        sum.read(from, piece);
        long first = from / Float.BYTES;
        long count = piece.byteSize() / Float.BYTES;
        for (long i = 0; i < count; i++) {
          double value = piece.getAtIndex(AdaptedTensor.FLOAT, i);
          squares[output(first + i)] += value * value;
        }
      }
    }
    return squares;
  }

  @Override
  public List<ByteRange> ranges(long from, long count) {
    List<ByteRange> ranges = new ArrayList<>(sum.ranges(0, info().byteSize()));
    ranges.addAll(magnitude.ranges(0, magnitude.info().byteSize()));
    return ranges;
  }
}

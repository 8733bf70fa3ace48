package org.lines4j.internal.codes;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.lines4j.format.EncodedTensor;
import org.lines4j.format.Encoding;
import org.lines4j.internal.kernel.KernelChoice;
import org.lines4j.internal.kernel.Kernels;
import org.lines4j.tensor.DType;
import org.lines4j.tensor.Shape;
import org.lines4j.tensor.TensorInfo;

/// FP8 codes, each to be multiplied with the scale of its block.
///
/// Made of weights w, for the largest |w| of a block and the largest code c (448 or 57344), as
/// transformers 5.18's `Fp8Quantize` does: the scale is 1 / (c / |w|), the code w · (c / |w|); and
/// where scales are not inverse, as compressed-tensors does: the scale is |w| / c, the code is w
/// over the scale. Scales that are rounded to be stored are what weights are divided by. A block of
/// zeros has the scale 1.
///
/// @param name what tables call it, by the size of its blocks
public record ScaledEncoding(String name, ScaledForm form, Grid grid) implements Encoding {
  private static final String WEIGHT = "weight";

  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  /// One for each thread: they have scratch space of their own.
  static final ThreadLocal<Kernels> KERNELS = ThreadLocal.withInitial(KernelChoice::kernels);

  @Override
  public List<EncodedTensor> parts(TensorInfo tensor) {
    List<EncodedTensor> parts = new ArrayList<>();
    String name = tensor.name();
    parts.add(EncodedTensor.of(new TensorInfo(name, form.codes(), tensor.shape())));
    DType type = form.scales().dtype();
    parts.add(EncodedTensor.of(new TensorInfo(name + form.ending(), type, form.scaleShape())));
    String module = name.endsWith(WEIGHT) ? name.substring(0, name.length() - WEIGHT.length()) : "";
    for (ScaledForm.Constant other : form.others()) {
      TensorInfo info = other.info();
      parts.add(EncodedTensor.of(new TensorInfo(module + info.name(), info.dtype(), info.shape())));
    }
    return List.copyOf(parts);
  }

  @Override
  public long band(Shape shape) {
    return Math.multiplyExact(grid.bandRows(), grid.columns());
  }

  @Override
  public void encode(Shape shape, long first, MemorySegment values, List<MemorySegment> parts) {
    long firstRow = first / grid.columns();
    long rows = values.byteSize() / Float.BYTES / grid.columns();
    long end = firstRow + rows;
    MemorySegment scales = parts.get(1);
    long scale = 0;
    for (long row = firstRow; row < end; row = grid.blockEnd(row)) {
      long count = Math.min(end, grid.blockEnd(row)) - row;
      long from = (row - firstRow) * grid.columns();
      for (long column = 0; column < grid.columns(); column += grid.blockColumns()) {
        long width = Math.min(grid.blockColumns(), grid.columns() - column);
        float stored =
            encode(values, parts.getFirst(), from + column, count, Math.toIntExact(width));
        form.scales().set(scales, scale++, stored);
      }
    }
    for (int i = 0; i < form.others().size(); i++) {
      copy(form.others().get(i), first, parts.get(i + 2));
    }
  }

  /// A band's share of what does not depend on it.
  private void copy(ScaledForm.Constant constant, long first, MemorySegment target) {
    List<Byte> bytes = constant.bytes();
    long bands = Math.ceilDiv(grid.matrices() * grid.rows(), grid.bandRows());
    long number = first / band(Shape.of());
    long share = bytes.size() / bands;
    for (long i = 0; i < target.byteSize(); i++) {
      target.set(ValueLayout.JAVA_BYTE, i, bytes.get((int) (number * share + i)));
    }
  }

  /// Encodes a block and gives its scale.
  ///
  /// @param from the index of its first element in `values`
  private float encode(MemorySegment values, MemorySegment codes, long from, long rows, int width) {
    float[] tile = new float[Math.min(Kernels.TILE, width)];
    Block block = Block.of(form, most(values, from, rows, tile, width));
    for (long row = 0; row < rows; row++) {
      block.encode(values, codes, from + row * grid.columns(), width, tile);
    }
    return block.scale();
  }

  /// Of a tensor that is one block, any run of elements can be encoded once all have been seen.
  @Override
  public Optional<Survey> survey(Shape shape) {
    return grid.count() == 1 ? Optional.of(new OneBlock()) : Optional.empty();
  }

  private final class OneBlock implements Survey {
    private float most;

    @Override
    public void see(MemorySegment values) {
      float[] tile = new float[Kernels.TILE];
      int count = Math.toIntExact(values.byteSize() / Float.BYTES);
      most = Math.max(most, most(values, 0, 1, tile, count));
    }

    @Override
    public void encode(MemorySegment values, MemorySegment first) {
      Block block = Block.of(form, most);
      block.encode(values, first, 0, first.byteSize(), new float[Kernels.TILE]);
    }

    @Override
    public void finish(List<MemorySegment> others) {
      form.scales().set(others.getFirst(), 0, Block.of(form, most).scale());
      for (int i = 0; i < form.others().size(); i++) {
        copy(form.others().get(i), 0, others.get(i + 1));
      }
    }
  }

  /// The largest magnitude of a block; NaN where one is.
  private float most(MemorySegment values, long from, long rows, float[] tile, int width) {
    float most = 0;
    for (long row = 0; row < rows; row++) {
      for (int done = 0; done < width; done += tile.length) {
        int now = Math.min(tile.length, width - done);
        long start = (from + row * grid.columns() + done) * Float.BYTES;
        MemorySegment.copy(values, FLOAT, start, tile, 0, now);
        most = Math.max(most, KERNELS.get().largestMagnitude(tile, now));
      }
    }
    return most;
  }
}

package org.lines4j.internal.codes;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.lines4j.format.EncodedTensor;
import org.lines4j.format.Encoding;
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
      parts.add(EncodedTensor.of(info.withName(module + info.name())));
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
      for (Block block : encode(values, parts.getFirst(), from, count)) {
        form.scales().set(scales, scale++, block.scale());
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

  /// What is done with a tile of weights.
  @FunctionalInterface
  private interface Task {
    /// Takes a tile.
    ///
    /// @param place of its first element in the band
    /// @param column of that element
    void take(float[] tile, int count, long place, long column);
  }

  /// Encodes rows that have their blocks in common.
  ///
  /// @param from the place of their first element in the band
  /// @return the blocks
  private Block[] encode(MemorySegment values, MemorySegment codes, long from, long rows) {
    Kernels kernels = Scratch.own().kernels;
    float[] most = new float[Math.toIntExact(grid.across())];
    tiles(
        values,
        from,
        rows,
        (tile, count, _, column) ->
            grid.pieces(
                column,
                count,
                (block, start, end) ->
                    most[block] =
                        Math.max(most[block], kernels.largestMagnitude(tile, start, end))));
    Block[] blocks = new Block[most.length];
    for (int i = 0; i < blocks.length; i++) {
      blocks[i] = Block.of(form, most[i]);
    }
    tiles(
        values,
        from,
        rows,
        (tile, count, place, column) -> {
          grid.pieces(column, count, (block, start, end) -> blocks[block].divide(tile, start, end));
          kernels.encode(form.codes(), tile, codes, place, count);
        });
    return blocks;
  }

  private void tiles(MemorySegment values, long from, long rows, Task task) {
    Scratch own = Scratch.own();
    for (long row = 0; row < rows; row++) {
      long start = from + row * grid.columns();
      for (long column = 0; column < grid.columns(); column += own.tile.length) {
        int count = own.load(values, start + column, start + grid.columns());
        task.take(own.tile, count, start + column, column);
      }
    }
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
      Scratch own = Scratch.own();
      long count = values.byteSize() / Float.BYTES;
      for (long from = 0; from < count; from += own.tile.length) {
        int now = own.load(values, from, count);
        most = Math.max(most, own.kernels.largestMagnitude(own.tile, 0, now));
      }
    }

    @Override
    public void encode(MemorySegment values, MemorySegment first) {
      Scratch own = Scratch.own();
      Block block = Block.of(form, most);
      long count = first.byteSize();
      for (long from = 0; from < count; from += own.tile.length) {
        int now = own.load(values, from, count);
        block.divide(own.tile, 0, now);
        own.kernels.encode(form.codes(), own.tile, first, from, now);
      }
    }

    @Override
    public void finish(List<MemorySegment> others) {
      form.scales().set(others.getFirst(), 0, Block.of(form, most).scale());
      for (int i = 0; i < form.others().size(); i++) {
        copy(form.others().get(i), 0, others.get(i + 1));
      }
    }
  }
}

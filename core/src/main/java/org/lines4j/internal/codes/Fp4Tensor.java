package org.lines4j.internal.codes;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.lines4j.format.TensorSource;
import org.lines4j.storage.ByteRange;
import org.lines4j.tensor.TensorInfo;

/// Experts of MXFP4 codes, read as float32 and transposed, as transformers'
/// `convert_moe_packed_tensors` gives them.
///
/// @param info what reading gives: experts × inputs × outputs
/// @param parts codes and scales
public record Fp4Tensor(TensorInfo info, Fp4Encoding encoding, List<TensorSource> parts)
    implements TensorSource {
  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  /// Experts of more bytes are not held in memory; reading them takes long.
  private static final long MOST_HELD = 1 << 26;

  /// Of how many matrices a thread holds the codes: those of a base and a tuned model, mostly.
  private static final int HELD = 2;

  private static final ThreadLocal<List<Matrix>> MATRICES = ThreadLocal.withInitial(ArrayList::new);

  /// Copies its list.
  public Fp4Tensor {
    parts = List.copyOf(parts);
  }

  /// The codes and scales of some outputs of an expert.
  private record Matrix(
      Fp4Tensor of, long expert, long output, MemorySegment codes, MemorySegment scales) {
    boolean isOf(Fp4Tensor tensor, long number, long first) {
      return of.equals(tensor) && expert == number && output == first;
    }
  }

  @Override
  public int block() {
    return Math.toIntExact(Math.min(encoding.outputs(), 1 << 15));
  }

  @Override
  public void read(long from, MemorySegment target) throws IOException {
    long first = from / Float.BYTES;
    long end = first + target.byteSize() / Float.BYTES;
    long each = encoding.inputs() * encoding.outputs();
    for (long at = first; at < end; ) {
      long expert = at / each;
      long now = Math.min(end, (expert + 1) * each);
      MemorySegment some = target.asSlice((at - first) * Float.BYTES, (now - at) * Float.BYTES);
      read(expert, at - expert * each, some);
      at = now;
    }
  }

  /// Some of an expert's elements, slice by slice of its outputs, of which mostly one is all.
  private void read(long expert, long first, MemorySegment target) throws IOException {
    long step =
        Math.clamp(MOST_HELD / (encoding.blocks() * Fp4Encoding.BYTES), 1, encoding.outputs());
    for (long output = 0; output < encoding.outputs(); output += step) {
      Matrix matrix = matrix(expert, output, Math.min(step, encoding.outputs() - output));
      fill(matrix, output, Math.min(encoding.outputs(), output + step), first, target);
    }
  }

  private void fill(Matrix matrix, long from, long to, long first, MemorySegment target) {
    long outputs = encoding.outputs();
    long end = first + target.byteSize() / Float.BYTES;
    for (long input = first / outputs; input * outputs < end; input++) {
      long block = input / Fp4Encoding.BLOCK;
      int within = (int) (input % Fp4Encoding.BLOCK);
      long low = Math.max(from, first - input * outputs);
      long high = Math.min(to, end - input * outputs);
      for (long output = low; output < high; output++) {
        long place = (output - from) * encoding.blocks() + block;
        int pair = matrix.codes.get(ValueLayout.JAVA_BYTE, place * Fp4Encoding.BYTES + within / 2);
        float value = Fp4Encoding.VALUES[within % 2 == 0 ? pair & 15 : pair >> 4 & 15];
        float scale = ScaleType.BYTE.get(matrix.scales, place);
        target.set(FLOAT, (input * outputs + output - first) * Float.BYTES, value * scale);
      }
    }
  }

  private Matrix matrix(long expert, long output, long count) throws IOException {
    List<Matrix> held = MATRICES.get();
    for (Matrix matrix : held) {
      if (matrix.isOf(this, expert, output)) {
        return matrix;
      }
    }
    long blocks = count * encoding.blocks();
    long place = (expert * encoding.outputs() + output) * encoding.blocks();
    byte[] codes = new byte[Math.toIntExact(blocks * Fp4Encoding.BYTES)];
    byte[] scales = new byte[Math.toIntExact(blocks)];
    Matrix read =
        new Matrix(
            this, expert, output, MemorySegment.ofArray(codes), MemorySegment.ofArray(scales));
    parts.getFirst().read(place * Fp4Encoding.BYTES, read.codes);
    parts.get(1).read(place, read.scales);
    if (held.size() == HELD) {
      held.removeFirst();
    }
    held.add(read);
    return read;
  }

  /// All of the experts in which the elements lie.
  @Override
  public List<ByteRange> ranges(long from, long count) {
    long each = encoding.inputs() * encoding.outputs() * Float.BYTES;
    long first = from / each;
    long experts = Math.ceilDiv(from + count, each) - first;
    long blocks = encoding.outputs() * encoding.blocks();
    List<ByteRange> ranges = new ArrayList<>();
    if (count > 0) {
      long bytes = blocks * Fp4Encoding.BYTES;
      ranges.addAll(parts.getFirst().ranges(first * bytes, experts * bytes));
      ranges.addAll(parts.get(1).ranges(first * blocks, experts * blocks));
    }
    return ranges;
  }
}

package org.lines4j.internal.gguf;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.List;
import org.lines4j.format.Encoding;
import org.lines4j.format.FileTensor;
import org.lines4j.format.TensorSource;
import org.lines4j.storage.ByteRange;
import org.lines4j.tensor.TensorInfo;

/// A tensor that is stored in blocks of codes, read as float32.
///
/// @param info what reading gives
/// @param type how it is stored: one that has a decoder
/// @param codes the bytes of the file, as a tensor of bytes
record BlockTensor(TensorInfo info, GgmlType type, FileTensor codes) implements TensorSource {
  /// The bytes of codes that are read at a time.
  private static final int READ_BYTES = 1 << 16;

  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  @Override
  public Encoding encoding() {
    return new BlockEncoding(type);
  }

  @Override
  public List<TensorSource> parts() {
    return List.of(codes);
  }

  @Override
  public int block() {
    return type.block();
  }

  @Override
  public void read(long from, MemorySegment target) throws IOException {
    BlockDecoder decoder = type.decoder().orElseThrow();
    long first = from / Float.BYTES;
    long end = first + target.byteSize() / Float.BYTES;
    if (first == end) {
      return;
    }
    long lastBlock = Math.ceilDiv(end, (long) type.block());
    long block = first / type.block();
    int most = (int) Math.min(READ_BYTES / type.blockBytes(), lastBlock - block);
    byte[] bytes = new byte[most * type.blockBytes()];
    float[] values = new float[most * type.block()];
    while (block < lastBlock) {
      int count = (int) Math.min(most, lastBlock - block);
      codes.read(
          block * type.blockBytes(),
          MemorySegment.ofArray(bytes).asSlice(0, (long) count * type.blockBytes()));
      for (int i = 0; i < count; i++) {
        decoder.decode(bytes, i * type.blockBytes(), values, i * type.block());
      }
      long start = block * type.block();
      long low = Math.max(first, start);
      long high = Math.min(end, start + (long) count * type.block());
      MemorySegment.copy(
          values,
          (int) (low - start),
          target,
          FLOAT,
          (low - first) * Float.BYTES,
          (int) (high - low));
      block += count;
    }
  }

  @Override
  public List<ByteRange> ranges(long from, long count) {
    long first = from / Float.BYTES / type.block();
    long last = Math.ceilDiv(from + count, (long) type.block() * Float.BYTES);
    return codes.ranges(first * type.blockBytes(), (last - first) * type.blockBytes());
  }
}

package org.lines4j.internal.pairing;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import org.lines4j.internal.posix.Pages;
import org.lines4j.internal.work.Source;
import org.lines4j.tensor.TensorInfo;

/// Compares tensors byte by byte, as reading gives them.
public final class StoredBytes {
  private static final long BLOCK = 1 << 16;
  private static final long BEGINNING = 1 << 8;

  private StoredBytes() {}

  /// Where two tensors of the same type and shape first differ, in bytes; −1 if nowhere.
  public static long firstDifference(Source a, Source b) throws IOException {
    long size = a.byteSize();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment left = Pages.allocate(arena, BLOCK);
      MemorySegment right = Pages.allocate(arena, BLOCK);
      for (long from = 0; from < size; from += BLOCK) {
        long count = Math.min(BLOCK, size - from);
        a.read(from, left.asSlice(0, count));
        b.read(from, right.asSlice(0, count));
        long difference = left.asSlice(0, count).mismatch(right.asSlice(0, count));
        if (difference >= 0) {
          return from + difference;
        }
      }
    }
    return -1;
  }

  /// The first bytes of a tensor, at most 256.
  static ByteBuffer beginning(Source source) throws IOException {
    byte[] bytes = new byte[(int) Math.min(BEGINNING, source.byteSize())];
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment read = arena.allocate(bytes.length);
      source.read(0, read);
      MemorySegment.copy(read, ValueLayout.JAVA_BYTE, 0, bytes, 0, bytes.length);
    }
    return ByteBuffer.wrap(bytes);
  }

  /// Whether two tensors have the same type, shape and bytes.
  public static boolean equal(Source a, Source b) throws IOException {
    TensorInfo left = a.info();
    TensorInfo right = b.info();
    return left.dtype() == right.dtype()
        && left.shape().equals(right.shape())
        && firstDifference(a, b) < 0;
  }

  /// Whether all elements of a tensor are the same, bit for bit.
  static boolean isFilledWithOneValue(Source source) throws IOException {
    long size = source.byteSize();
    int width = source.info().dtype().bytes();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment repeated = Pages.allocate(arena, BLOCK);
      MemorySegment bytes = Pages.allocate(arena, BLOCK);
      for (long from = 0; from < size; from += BLOCK) {
        long count = Math.min(BLOCK, size - from);
        source.read(from, bytes.asSlice(0, count));
        if (from == 0) {
          for (long i = 0; i < count; i += width) {
            MemorySegment.copy(bytes, 0, repeated, i, width);
          }
        }
        if (bytes.asSlice(0, count).mismatch(repeated.asSlice(0, count)) >= 0) {
          return false;
        }
      }
    }
    return true;
  }
}

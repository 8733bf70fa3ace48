package org.lines4j.format;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.lines4j.storage.ByteRange;

/// Where the parts of a file lie that is to be written: bytes that are known before, tensors, and
/// what follows from these. What lies between them is zero.
///
/// @param tensors in the order of their bytes
/// @param constants what is no tensor's, in the order of the bytes, nothing overlapping
/// @param size of the whole file
/// @param seal what is written last; empty for most formats
public record FileLayout(
    List<Placed> tensors, List<Constant> constants, long size, Optional<Seal> seal) {
  /// A tensor and where its first byte lies, from the start of the file.
  public record Placed(EncodedTensor tensor, long start) {
    /// Where the byte behind its last lies.
    public long end() {
      return Math.addExact(start, tensor.byteSize());
    }
  }

  /// Bytes that are known before, such as a header.
  public record Constant(long start, MemorySegment bytes) {
    /// Where the byte behind its last lies.
    public long end() {
      return Math.addExact(start, bytes.byteSize());
    }
  }

  /// Copies its lists, and checks that nothing overlaps.
  public FileLayout {
    tensors = List.copyOf(tensors);
    constants = List.copyOf(constants);
    long end = 0;
    for (Placed placed : tensors) {
      if (placed.start() < end || placed.end() > size) {
        throw new IllegalArgumentException(
            placed.tensor().name() + " overlaps what lies before it");
      }
      end = placed.end();
    }
  }

  /// A file of which nothing follows from its tensors' bytes.
  public FileLayout(List<Placed> tensors, List<Constant> constants, long size) {
    this(tensors, constants, size, Optional.empty());
  }

  /// How many bytes are written last.
  public long sealedBytes() {
    return seal.map(last -> last.places().stream().mapToLong(ByteRange::count).sum()).orElse(0L);
  }

  /// A header, then the tensors in the order given, without gaps.
  public static FileLayout tight(byte[] header, List<EncodedTensor> tensors) {
    List<Placed> placed = new ArrayList<>();
    long at = header.length;
    for (EncodedTensor tensor : tensors) {
      placed.add(new Placed(tensor, at));
      at = Math.addExact(at, tensor.byteSize());
    }
    Constant first = new Constant(0, MemorySegment.ofArray(header).asReadOnly());
    return new FileLayout(placed, List.of(first), at);
  }
}

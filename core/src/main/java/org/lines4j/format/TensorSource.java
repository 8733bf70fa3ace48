package org.lines4j.format;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.lines4j.storage.ByteRange;
import org.lines4j.tensor.DType;
import org.lines4j.tensor.TensorInfo;

/// The elements of one tensor, row-major and little-endian, however they are stored: as bytes of a
/// file ([FileTensor]), strided, block-quantised, as rows of another vocabulary, as a product of
/// two small matrices.
///
/// Any thread may read.
public interface TensorSource {
  /// What reading gives: name, element type, shape. What is stored is nobody else's business.
  TensorInfo info();

  /// The element type of an output that keeps its inputs' types: that which reading gives, unless
  /// decoding alone makes it so wide.
  default DType keptAs() {
    return info().dtype();
  }

  /// How an output that keeps its inputs' form stores it; a format that cannot, and an output whose
  /// type was asked for, store its values one by one.
  default Encoding encoding() {
    return Encoding.of(keptAs());
  }

  /// The tensors of the file that it is read from, as the parts of [#encoding]: what an output of
  /// that encoding copies where nothing is computed. What reading them gives are the bytes stored.
  default List<TensorSource> parts() {
    return List.of(this);
  }

  /// What tables and messages call the way in which it is stored: a type, or that of its blocks.
  default String storedAs() {
    return encoding() instanceof Encoding.Plain(DType type) ? type.torchName() : encoding().name();
  }

  /// The number of bytes of the file that reading takes: of codes and scales, where there are such.
  default long storedSize() {
    return encoding() instanceof Encoding.Plain
        ? info().byteSize()
        : parts().stream().mapToLong(part -> part.info().byteSize()).sum();
  }

  /// How many consecutive elements are decoded together: 1 where each can be read by itself.
  /// Reading is fastest where it begins and ends at multiples of this.
  default int block() {
    return 1;
  }

  /// Fills `target` with the tensor's bytes, as [#info] has them, from byte `from` on. Both are
  /// whole elements, but for types whose elements are no whole bytes.
  void read(long from, MemorySegment target) throws IOException;

  /// The bytes of the file that reading takes, so that a storage far away can fetch them at once.
  ///
  /// @param from as for [#read]
  /// @param count of bytes, as for [#read]
  List<ByteRange> ranges(long from, long count);

  /// Where the first byte lies in its file, in bytes from its start, if reading is a copy of the
  /// file's bytes; else 0. Memory placed alike within a page is filled faster.
  default long place() {
    return 0;
  }

  /// Whether reading `other` gives the same elements because they are the same, in one place of one
  /// file: a parameter under two names.
  default boolean isTiedTo(TensorSource other) {
    return equals(other);
  }
}

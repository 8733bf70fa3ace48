package org.lines4j.format;

import java.util.List;
import org.lines4j.storage.ByteRange;

/// What a file holds that follows from the bytes of its tensors, such as their checksums. Its
/// places are left free while tensors are written, by any number of threads, processes or machines,
/// and are filled last.
public interface Seal {
  /// Where it lies, from the start of the file: ranges in their order, apart from each other, from
  /// all tensors and from what is known before.
  List<ByteRange> places();

  /// The bytes of each place.
  ///
  /// @param checksums of each tensor's bytes, in the order in which the file has them: CRC-32, as
  ///   [java.util.zip.CRC32] counts it
  List<byte[]> bytes(int[] checksums);
}

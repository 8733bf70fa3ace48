package org.lines4j.internal.gguf;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.lines4j.tensor.TensorInfo;

/// What the header of a GGUF file says.
///
/// @param version 2 or 3, which differ in nothing that is read here
/// @param entries the metadata by key, in the file's order
/// @param alignment that data begin at multiples of: a power of two
/// @param tensors in the order of their bytes
record GgufHeader(
    int version, Map<String, Entry> entries, long alignment, List<StoredBlocks> tensors) {
  /// A tensor as the file has it.
  ///
  /// @param info what reading gives; the shape is PyTorch's, the longest stride first
  /// @param place of its first byte in the file
  record StoredBlocks(TensorInfo info, GgmlType type, long place) {
    /// The bytes that it takes.
    long byteSize() {
      return type.byteSize(info.elements());
    }

    /// Where the byte behind its last lies.
    long end() {
      return place + byteSize();
    }
  }

  /// Copies its collections.
  GgufHeader {
    entries = Collections.unmodifiableMap(new LinkedHashMap<>(entries));
    tensors = List.copyOf(tensors);
  }

  /// The value of `key` if it is a whole number.
  OptionalLong number(String key) {
    Entry entry = entries.get(key);
    return entry == null ? OptionalLong.empty() : entry.number();
  }

  /// The value of `key` if it is a short string.
  Optional<String> text(String key) {
    return Optional.ofNullable(entries.get(key)).flatMap(Entry::text);
  }
}

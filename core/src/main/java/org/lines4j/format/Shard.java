package org.lines4j.format;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// One file of a checkpoint.
///
/// @param file as it was opened
/// @param size in bytes
/// @param metadata the header's free text, such as `format=pt`
/// @param tensors in the order of their bytes
public record Shard(
    Path file, long size, Map<String, String> metadata, List<StoredTensor> tensors) {
  /// Copies its collections.
  public Shard {
    metadata = java.util.Collections.unmodifiableMap(new java.util.LinkedHashMap<>(metadata));
    tensors = List.copyOf(tensors);
  }
}

package org.lines4j.format;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.lines4j.storage.ByteSource;
import org.lines4j.storage.Location;

/// One file of a checkpoint.
///
/// @param file its bytes, as it was opened
/// @param metadata the header's free text, such as `format=pt`
/// @param tensors in the order of their bytes
public record Shard(ByteSource file, Map<String, String> metadata, List<StoredTensor> tensors) {
  /// Copies its collections.
  public Shard {
    metadata = Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
    tensors = List.copyOf(tensors);
  }

  /// Where it lies.
  public Location location() {
    return file.location();
  }

  /// The file's size in bytes.
  public long size() {
    return file.size();
  }
}

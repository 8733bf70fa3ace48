package org.lines4j.format;

import org.lines4j.tensor.TensorInfo;

/// A tensor and where its bytes lie: row-major, little-endian, without gaps.
///
/// @param shard index into [Checkpoint#shards()]
/// @param offset of the first byte, from the start of the shard's file
public record StoredTensor(TensorInfo info, int shard, long offset) {
  /// The tensor's name.
  public String name() {
    return info.name();
  }

  /// The number of bytes.
  public long byteSize() {
    return info.byteSize();
  }
}

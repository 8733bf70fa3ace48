package org.lines4j.format;

import org.lines4j.tensor.TensorInfo;

/// A tensor of a checkpoint, and the file that holds it.
///
/// @param info what reading gives
/// @param shard index into [Checkpoint#shards()]
public record StoredTensor(TensorInfo info, int shard) {
  /// The tensor's name.
  public String name() {
    return info.name();
  }

  /// The number of bytes that reading gives.
  public long byteSize() {
    return info.byteSize();
  }
}

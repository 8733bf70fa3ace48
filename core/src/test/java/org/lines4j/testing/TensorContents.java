package org.lines4j.testing;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.lines4j.format.Checkpoint;
import org.lines4j.format.TensorSource;
import org.lines4j.tensor.TensorInfo;

/// What a checkpoint holds, for tests of those that read it.
public final class TensorContents {
  private TensorContents() {}

  /// The names of all tensors.
  public static Set<String> names(Checkpoint checkpoint) {
    return checkpoint.infos().stream()
        .map(TensorInfo::name)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /// All bytes that reading a tensor gives.
  public static byte[] bytes(TensorSource source) throws IOException {
    byte[] bytes = new byte[Math.toIntExact(source.info().byteSize())];
    source.read(0, MemorySegment.ofArray(bytes));
    return bytes;
  }
}

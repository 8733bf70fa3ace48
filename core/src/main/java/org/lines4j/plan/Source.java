package org.lines4j.plan;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import org.lines4j.format.Checkpoint;
import org.lines4j.format.StoredTensor;
import org.lines4j.tensor.DType;

/// One tensor of one input.
public record Source(Checkpoint checkpoint, StoredTensor tensor) {
  /// The stored element type.
  public DType dtype() {
    return tensor.info().dtype();
  }

  /// The file that holds it.
  public Path file() {
    return checkpoint.fileOf(tensor);
  }

  /// Fills `target` with the tensor's bytes from byte `from` on.
  public void read(long from, MemorySegment target) throws IOException {
    checkpoint.read(tensor, from, target);
  }
}

package org.lines4j.internal.work;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.Optional;
import org.lines4j.format.Checkpoint;
import org.lines4j.format.StoredTensor;
import org.lines4j.format.TensorSource;
import org.lines4j.storage.Location;
import org.lines4j.tensor.DType;
import org.lines4j.tensor.TensorInfo;

/// One tensor of one input.
public record Source(Checkpoint checkpoint, TensorSource tensor) {
  /// A tensor as the checkpoint reads it.
  public Source(Checkpoint checkpoint, StoredTensor tensor) {
    this(checkpoint, checkpoint.source(tensor));
  }

  /// The tensor's name in its checkpoint.
  public String name() {
    return info().name();
  }

  /// The file that holds it.
  public Location file() {
    return checkpoint
        .find(name())
        .map(stored -> checkpoint.shards().get(stored.shard()).location())
        .orElse(checkpoint.location());
  }

  /// What reading gives.
  public TensorInfo info() {
    return tensor.info();
  }

  /// The element type that reading gives.
  public DType dtype() {
    return info().dtype();
  }

  /// What tables and messages call the way in which it is stored: a type, or that of its blocks.
  public String storedAs() {
    return tensor.storedAs();
  }

  /// The element type of an output that is like this tensor.
  ///
  /// @param floating the type of all floating tensors, if one was asked for
  public DType outputType(Optional<DType> floating) {
    DType kept = tensor.keptAs();
    return kept.isFloating() ? floating.orElse(kept) : kept;
  }

  /// The number of bytes that reading gives.
  public long byteSize() {
    return info().byteSize();
  }

  /// The number of bytes of the file that reading takes: of codes and scales, where there are such.
  public long storedSize() {
    return tensor.storedSize();
  }

  /// Fills `target` with the tensor's bytes from byte `from` on.
  public void read(long from, MemorySegment target) throws IOException {
    tensor.read(from, target);
  }
}

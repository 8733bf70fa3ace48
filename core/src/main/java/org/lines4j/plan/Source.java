package org.lines4j.plan;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Optional;
import org.lines4j.format.Checkpoint;
import org.lines4j.format.StoredTensor;
import org.lines4j.internal.engine.MappedRows;
import org.lines4j.tensor.DType;
import org.lines4j.tensor.TensorInfo;

/// One tensor of one input.
///
/// @param rows where its rows come from, unless they are read as they are stored
public record Source(Checkpoint checkpoint, StoredTensor tensor, Optional<RowMap> rows) {
  /// A tensor as it is stored.
  public Source(Checkpoint checkpoint, StoredTensor tensor) {
    this(checkpoint, tensor, Optional.empty());
  }

  /// This tensor with its rows from where `map` says.
  public Source withRows(RowMap map) {
    return new Source(checkpoint, tensor, Optional.of(map));
  }

  /// What reading gives.
  public TensorInfo info() {
    return rows.isPresent() ? rows.get().info(tensor.info()) : tensor.info();
  }

  /// The element type that reading gives: the stored one, unless rows are averaged.
  public DType dtype() {
    DType stored = tensor.info().dtype();
    return rows.isPresent() ? rows.get().dtype(stored) : stored;
  }

  /// The number of bytes that reading gives.
  public long byteSize() {
    return info().byteSize();
  }

  /// Whether another tensor's rows come from the same numbers as this one's.
  public boolean hasRowsOf(Source other) {
    if (rows.isPresent() && other.rows.isPresent()) {
      return rows.get().hasRowsOf(other.rows.get());
    }
    return rows.isEmpty() && other.rows.isEmpty();
  }

  /// The file that holds it.
  public Path file() {
    return checkpoint.fileOf(tensor);
  }

  /// Fills `target` with the tensor's bytes from byte `from` on.
  public void read(long from, MemorySegment target) throws IOException {
    if (rows.isPresent()) {
      MappedRows.read(this, rows.get(), from, target);
    } else {
      checkpoint.read(tensor, from, target);
    }
  }
}

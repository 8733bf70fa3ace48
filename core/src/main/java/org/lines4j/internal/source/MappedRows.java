package org.lines4j.internal.source;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.lines4j.format.TensorSource;
import org.lines4j.storage.ByteRange;
import org.lines4j.tensor.DType;
import org.lines4j.tensor.TensorInfo;

/// A tensor whose rows another vocabulary numbers. Rows that follow each other are read in one go;
/// memory is a row's, whatever the number of rows.
///
/// @param stored the tensor as its model has it
/// @param rows where each row comes from
public record MappedRows(TensorSource stored, RowMap rows) implements TensorSource {
  @Override
  public TensorInfo info() {
    return rows.info(stored.info());
  }

  @Override
  public DType keptAs() {
    return stored.keptAs();
  }

  @Override
  public void read(long from, MemorySegment target) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      new RowReader(stored, rows, arena).read(from / info().dtype().bytes(), target);
    }
  }

  /// The whole tensor's: rows come from anywhere in it.
  @Override
  public List<ByteRange> ranges(long from, long count) {
    return stored.ranges(0, stored.info().byteSize());
  }
}

package org.lines4j.storage.far;

import java.io.IOException;
import java.lang.foreign.MemorySegment;

/// Bytes far away that are fetched by position, each time anew. Any thread may do so.
public interface Ranges {
  /// How many there are.
  long size();

  /// Fetches bytes.
  ///
  /// @param from the first; all of `target` lies within the file
  /// @throws IOException if they cannot be had, or are no longer those of the file that was opened
  void fetch(long from, MemorySegment target) throws IOException;
}

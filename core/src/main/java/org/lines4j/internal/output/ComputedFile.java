package org.lines4j.internal.output;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import org.lines4j.internal.engine.ComputedBytes;
import org.lines4j.internal.memory.Content;
import org.lines4j.internal.work.OutputShard;

/// A file that holds what a plan would write, and is computed as it is read.
record ComputedFile(OutputShard shard, ComputedBytes bytes) implements Content {
  @Override
  public long size() {
    return shard.size();
  }

  @Override
  public void read(long from, MemorySegment target) throws IOException {
    bytes.fill(shard, from, target);
  }
}

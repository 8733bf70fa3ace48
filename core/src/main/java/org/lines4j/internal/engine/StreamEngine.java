package org.lines4j.internal.engine;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.lines4j.plan.OutputShard;
import org.lines4j.plan.RunOptions;

/// Writes the files of a plan. Each is cut into chunks of equal size; every thread takes the next
/// chunk, fills a buffer of its own with it and writes it to its place. No chunk depends on
/// another, so neither their size nor the number of threads can change a byte.
public final class StreamEngine {
  /// What the buffers of all threads may take together: memory stays bounded whatever the number of
  /// threads.
  private static final long BUFFERS_MOST = 1 << 28;

  private record Chunk(int shard, long start, int length) {}

  private final List<OutputShard> shards;
  private final RunOptions options;
  private final LongAdder bytesRead = new LongAdder();
  private final AtomicInteger next = new AtomicInteger();
  private final List<Chunk> chunks;

  private StreamEngine(List<OutputShard> shards, RunOptions options) {
    this.shards = shards;
    this.options = options;
    this.chunks = chunks(shards, options.chunkBytes());
  }

  /// Writes every shard into `folder` and syncs it.
  ///
  /// @return the number of bytes of tensors that were read
  public static long write(List<OutputShard> shards, Path folder, RunOptions options)
      throws IOException {
    StreamEngine engine = new StreamEngine(shards, options);
    engine.run(folder);
    return engine.bytesRead.sum();
  }

  private static List<Chunk> chunks(List<OutputShard> shards, int chunkBytes) {
    List<Chunk> chunks = new ArrayList<>();
    for (int i = 0; i < shards.size(); i++) {
      long size = shards.get(i).size();
      for (long start = 0; start < size; start += chunkBytes) {
        chunks.add(new Chunk(i, start, (int) Math.min(chunkBytes, size - start)));
      }
    }
    return chunks;
  }

  private void run(Path folder) throws IOException {
    options.progress().start("write", shards.stream().mapToLong(OutputShard::size).sum());
    List<OutputFile> files = new ArrayList<>();
    try {
      for (OutputShard shard : shards) {
        files.add(OutputFile.create(folder.resolve(shard.fileName()), shard.size()));
      }
      Workers.run(threads(), stop -> work(files, stop));
      for (OutputFile file : files) {
        file.sync();
      }
    } finally {
      for (OutputFile file : files) {
        file.close();
      }
    }
  }

  private int threads() {
    long perThread = options.chunkBytes() + ChunkFiller.BUFFER_BYTES;
    long most = Math.min(chunks.size(), BUFFERS_MOST / perThread);
    return Math.toIntExact(Math.clamp(options.threads(), 1, Math.max(1, most)));
  }

  private void work(List<OutputFile> files, Workers.Stop stop) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment buffer = arena.allocate(options.chunkBytes(), OutputFile.BLOCK);
      ChunkFiller filler = new ChunkFiller(arena, bytesRead);
      for (int i = next.getAndIncrement();
          i < chunks.size() && !stop.requested();
          i = next.getAndIncrement()) {
        Chunk chunk = chunks.get(i);
        MemorySegment bytes = buffer.asSlice(0, chunk.length());
        filler.fill(shards.get(chunk.shard()), chunk.start(), bytes);
        files.get(chunk.shard()).write(bytes, chunk.start());
        options.progress().advance(chunk.length());
      }
    }
  }
}

package org.lines4j.storage.far;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;

/// Blocks of files that were fetched or are on their way, in memory that all files share and that
/// never grows beyond its bound. What was not used for the longest time goes first.
final class Blocks {
  /// Bytes of a block: what one request brings.
  static final int SIZE = 1 << 22;

  /// Blocks of all files: 192 MiB.
  private static final int MOST = 48;

  /// The most blocks ahead of a reader, each on a connection of its own.
  private static final int MOST_AHEAD = 6;

  /// Of everybody.
  static final Blocks SHARED = new Blocks(MOST);

  private record Key(Object file, long index) {}

  /// A block and who uses it.
  private static final class Block {
    final MemorySegment memory;
    final CompletableFuture<Void> loaded = new CompletableFuture<>();
    int users;
    boolean dropped;

    Block(MemorySegment memory) {
      this.memory = memory;
    }
  }

  private final int most;
  private final Executor threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Map<Key, Block> blocks = new LinkedHashMap<>(16, 0.75f, true);
  private final Deque<MemorySegment> free = new ArrayDeque<>();
  private int allocated;

  Blocks(int most) {
    this.most = most;
  }

  /// What is done with a block's bytes.
  @FunctionalInterface
  interface Use {
    void with(MemorySegment bytes);
  }

  /// Whether a block is here or on its way.
  synchronized boolean holds(Object file, long index) {
    return blocks.containsKey(new Key(file, index));
  }

  /// Uses a block, which is fetched if it is not here; those behind it are asked for, too.
  void use(Object file, Ranges source, long index, Use use) throws IOException {
    Key key = new Key(file, index);
    Block block = acquire(key, source);
    try {
      ahead(file, source, index);
      await(key, block);
      use.with(block.memory);
    } finally {
      release(block);
    }
  }

  private Block acquire(Key key, Ranges source) throws IOException {
    Optional<Block> begun = Optional.empty();
    synchronized (this) {
      while (true) {
        Block known = blocks.get(key);
        if (known != null) {
          known.users++;
          return known;
        }
        Optional<MemorySegment> room = room();
        if (room.isPresent()) {
          Block block = new Block(room.get());
          block.users = 2; // the caller, and who loads it
          blocks.put(key, block);
          begun = Optional.of(block);
          break;
        }
        try {
          wait();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          throw new InterruptedIOException("interrupted while waiting for memory");
        }
      }
    }
    load(key, begun.get(), source);
    return begun.get();
  }

  private synchronized void release(Block block) {
    block.users--;
    if (block.users == 0 && block.dropped) {
      free.add(block.memory);
    }
    notifyAll();
  }

  /// Memory for a block, if some is free or not in use.
  private Optional<MemorySegment> room() {
    if (!free.isEmpty()) {
      return Optional.of(free.poll());
    }
    if (allocated < most) {
      allocated++;
      return Optional.of(Arena.ofAuto().allocate(SIZE, 64));
    }
    Iterator<Block> oldest = blocks.values().iterator();
    while (oldest.hasNext()) {
      Block block = oldest.next();
      if (block.users == 0) {
        oldest.remove();
        return Optional.of(block.memory);
      }
    }
    return Optional.empty();
  }

  private void ahead(Object file, Ranges source, long index) {
    Map<Key, Block> begun = new LinkedHashMap<>();
    synchronized (this) {
      Set<Object> files = new HashSet<>();
      blocks.keySet().forEach(key -> files.add(key.file()));
      int before = 0; // who has read little may soon stop
      while (before < MOST_AHEAD && blocks.containsKey(new Key(file, index - before - 1))) {
        before++;
      }
      long share = Math.clamp(most / (2L * files.size()) - 1, 1, MOST_AHEAD);
      long count = Math.min(share, before + 1);
      long blocksOfFile = Math.ceilDiv(source.size(), SIZE);
      for (long i = index + 1; i <= index + count && i < blocksOfFile; i++) {
        Key key = new Key(file, i);
        if (blocks.containsKey(key)) {
          continue;
        }
        Optional<MemorySegment> room = room();
        if (room.isEmpty()) {
          break;
        }
        Block block = new Block(room.get());
        block.users = 1;
        blocks.put(key, block);
        begun.put(key, block);
      }
    }
    begun.forEach((key, block) -> load(key, block, source));
  }

  private void load(Key key, Block block, Ranges source) {
    threads.execute(
        () -> {
          try {
            long from = key.index() * SIZE;
            source.fetch(from, block.memory.asSlice(0, Math.min(SIZE, source.size() - from)));
            block.loaded.complete(null);
          } catch (IOException | RuntimeException | Error e) {
            block.loaded.completeExceptionally(e);
            forget(key, block); // who asks again may have more luck
          } finally {
            release(block);
          }
        });
  }

  private synchronized void forget(Key key, Block block) {
    if (blocks.remove(key, block)) {
      block.dropped = true;
    }
  }

  private static void await(Key key, Block block) throws IOException {
    try {
      block.loaded.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while waiting for block " + key.index());
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case IOException cause -> throw new IOException(cause.getMessage(), cause);
        case RuntimeException cause -> throw cause;
        case null, default -> throw new IOException(e.getCause());
      }
    }
  }

  /// Gives up what is held of a file.
  @SuppressWarnings("ReferenceEquality") // a file is who holds it
  synchronized void drop(Object file) {
    for (Key key : List.copyOf(blocks.keySet())) {
      Block block = key.file() == file ? blocks.remove(key) : null;
      if (block != null) {
        if (block.users == 0) {
          free.add(block.memory);
        } else {
          block.dropped = true;
        }
      }
    }
    notifyAll();
  }
}

package org.lines4j.internal.engine;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.lines4j.files.Digests;
import org.lines4j.format.Checkpoint;
import org.lines4j.internal.posix.Pages;
import org.lines4j.storage.ByteSource;
import org.lines4j.storage.Location;

/// The SHA-256 of the input files, computed while the engine streams the same files: on a warm page
/// cache the second read costs no more than a copy in memory, and waiting for the disk leaves the
/// processors time to hash. A file that was hashed before is not read again ([HashMemory]).
public final class FileHashes implements AutoCloseable {
  private static final int BUFFER_BYTES = 1 << 18;
  private static final int THREADS = 2;

  private final Map<Location, String> digests = new ConcurrentHashMap<>();
  private final FutureTask<Map<Location, String>> task;
  private volatile boolean closed;

  private FileHashes(Set<ByteSource> files) {
    this.task =
        new FutureTask<>(
            () -> {
              Workers.share(List.copyOf(files), THREADS, this::hashAll);
              return digests;
            });
  }

  /// Begins to hash every file of `inputs`, the first shard of each, then the second, as the engine
  /// comes to them.
  public static FileHashes start(Collection<Checkpoint> inputs) {
    int most = inputs.stream().mapToInt(input -> input.shards().size()).max().orElse(0);
    Set<ByteSource> files = new LinkedHashSet<>();
    for (int i = 0; i < most; i++) {
      for (Checkpoint input : inputs) {
        if (i < input.shards().size()) {
          files.add(input.shards().get(i).file());
        }
      }
    }
    FileHashes hashes = new FileHashes(files);
    Thread.ofPlatform().name("lines-hash").daemon().start(hashes.task);
    return hashes;
  }

  private void hashAll(Workers.Items<ByteSource> items) throws IOException {
    MemorySegment buffer = Pages.allocate(Arena.ofAuto(), BUFFER_BYTES);
    for (ByteSource file = items.next(); file != null; file = items.next()) {
      Optional<String> known = known(file);
      if (known.isPresent()) {
        digests.put(file.location(), known.get());
      } else {
        Instant begin = Instant.now();
        String hash = hash(file, buffer);
        HashMemory.remember(file, hash, begin);
        digests.put(file.location(), hash);
      }
    }
  }

  private static Optional<String> known(ByteSource file) throws IOException {
    Optional<String> told = file.sha256();
    return told.isPresent() ? told : HashMemory.recall(file);
  }

  private String hash(ByteSource file, MemorySegment buffer) throws IOException {
    MessageDigest digest = Digests.newSha256();
    for (long from = 0; from < file.size(); from += BUFFER_BYTES) {
      if (closed) {
        throw new IOException("stopped while hashing " + file.location());
      }
      MemorySegment piece = buffer.asSlice(0, Math.min(BUFFER_BYTES, file.size() - from));
      try {
        file.read(from, piece);
      } catch (IOException e) {
        throw new IOException(file.location() + ": " + e.getMessage(), e);
      }
      digest.update(piece.asByteBuffer());
    }
    return Digests.hex(digest.digest());
  }

  /// Waits for all of them: file → SHA-256 in hexadecimal.
  public Map<Location, String> await() throws IOException {
    try {
      return task.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while hashing the inputs", e);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof IOException cause ? cause : new IOException(e.getCause());
    }
  }

  /// Stops what is still going on.
  @Override
  public void close() {
    closed = true;
  }
}

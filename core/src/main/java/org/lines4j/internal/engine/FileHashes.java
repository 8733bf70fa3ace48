package org.lines4j.internal.engine;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Collection;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.lines4j.format.Checkpoint;
import org.lines4j.internal.posix.Pages;

/// The SHA-256 of the input files, computed while the engine streams the same files: on a warm page
/// cache the second read costs no more than a copy in memory, and waiting for the disk leaves the
/// processors time to hash. A file that was hashed before is not read again ([HashMemory]).
public final class FileHashes implements AutoCloseable {
  private static final int BUFFER_BYTES = 1 << 18;
  private static final int THREADS = 2;

  private final Map<Path, String> digests = new ConcurrentHashMap<>();
  private final FutureTask<Map<Path, String>> task;
  private volatile boolean closed;

  private FileHashes(Set<Path> files) {
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
    Set<Path> files = new LinkedHashSet<>();
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

  private void hashAll(Workers.Items<Path> items) throws IOException {
    ByteBuffer buffer = Pages.allocate(Arena.ofAuto(), BUFFER_BYTES).asByteBuffer();
    for (Path file = items.next(); file != null; file = items.next()) {
      Optional<String> known = HashMemory.recall(file);
      if (known.isPresent()) {
        digests.put(file, known.get());
      } else {
        Instant begin = Instant.now();
        String hash = hash(file, buffer);
        HashMemory.remember(file, hash, begin);
        digests.put(file, hash);
      }
    }
  }

  private String hash(Path file, ByteBuffer buffer) throws IOException {
    MessageDigest digest = sha256();
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      while (channel.read(buffer.clear()) >= 0) {
        if (closed) {
          throw new IOException("stopped while hashing " + file);
        }
        digest.update(buffer.flip());
      }
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /// Waits for all of them: file → SHA-256 in hexadecimal.
  public Map<Path, String> await() throws IOException {
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

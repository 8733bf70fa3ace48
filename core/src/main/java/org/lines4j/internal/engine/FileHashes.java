package org.lines4j.internal.engine;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.lines4j.files.Digests;
import org.lines4j.format.Checkpoint;
import org.lines4j.internal.posix.Pages;
import org.lines4j.plan.RunOptions;
import org.lines4j.run.Desk;
import org.lines4j.run.Partial;
import org.lines4j.run.Pass;
import org.lines4j.storage.ByteSource;
import org.lines4j.storage.Location;

/// The SHA-256 of the input files, computed while the engine streams the same files: on a warm page
/// cache the second read costs no more than a copy in memory, and waiting for the disk leaves the
/// processors time to hash. A file that was hashed before is not read again ([HashMemory]).
public final class FileHashes implements AutoCloseable {
  private static final int BUFFER_BYTES = 1 << 18;
  private static final int THREADS = 2;

  private final List<ByteSource> files;
  private final FutureTask<Hashed> task;
  private volatile boolean closed;

  private FileHashes(Set<ByteSource> files) {
    this.files = List.copyOf(files);
    RunOptions quietly = RunOptions.defaults().withThreads(THREADS);
    this.task = new FutureTask<>(() -> new LocalRunner(quietly).run(new Hashing()));
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

  /// The hashes of some files, by their numbers.
  private static final class Hashed implements Partial<Hashed> {
    private final Map<Integer, String> byFile = new TreeMap<>();

    @Override
    public void add(Hashed other) {
      byFile.putAll(other.byFile);
    }

    @Override
    public void writeTo(DataOutput out) throws IOException {
      out.writeInt(byFile.size());
      for (Map.Entry<Integer, String> entry : byFile.entrySet()) {
        out.writeInt(entry.getKey());
        out.writeUTF(entry.getValue());
      }
    }

    @Override
    public void readFrom(DataInput in) throws IOException {
      for (int left = in.readInt(); left > 0; left--) {
        byFile.put(in.readInt(), in.readUTF());
      }
    }
  }

  /// Whose units are files.
  private final class Hashing implements Pass<Hashed> {
    @Override
    public String title() {
      return "hash";
    }

    @Override
    public int units() {
      return files.size();
    }

    @Override
    public long bytes(int unit) {
      return files.get(unit).size();
    }

    @Override
    public Hashed nothing() {
      return new Hashed();
    }

    @Override
    public long deskBytes() {
      return BUFFER_BYTES;
    }

    @Override
    public Desk<Hashed> desk(Arena arena) {
      MemorySegment buffer = Pages.allocate(arena, BUFFER_BYTES);
      return (unit, into) -> into.byFile.put(unit, digest(files.get(unit), buffer));
    }
  }

  private String digest(ByteSource file, MemorySegment buffer) throws IOException {
    Optional<String> known = known(file);
    if (known.isPresent()) {
      return known.get();
    }
    Instant begin = Instant.now();
    String hash = hash(file, buffer);
    HashMemory.remember(file, hash, begin);
    return hash;
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
      Map<Location, String> digests = new HashMap<>();
      task.get().byFile.forEach((i, hash) -> digests.put(files.get(i).location(), hash));
      return digests;
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

package org.lines4j.hub.cache;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.LongConsumer;
import org.lines4j.error.Option;
import org.lines4j.error.PlaceException;
import org.lines4j.error.Problem;
import org.lines4j.error.Remedy;
import org.lines4j.files.Digests;
import org.lines4j.files.FreeSpace;
import org.lines4j.hub.http.RangesIgnored;
import org.lines4j.hub.http.RemoteFile;

/// Fetches one blob into the cache: pieces come in parallel and are written in their order, so that
/// what a killed run left is the beginning of the file, and the next goes on behind it. What does
/// not hash to the blob's name is never kept.
public final class Download {
  private static final int PIECE = 1 << 23;
  private static final int PARALLEL = 6;

  /// How long another process that fetches the same is waited for while nothing comes.
  private static final long MOST_SILENCE = 60_000;

  private static final long MOMENT = 200;

  /// Files that are soon fetched again if a crash of the machine loses them; they are not waited
  /// for.
  private static final int NOT_WORTH_WAITING = 1 << 20;

  private final RepositoryFolder repository;
  private final Tree.Entry entry;
  private final RemoteFile remote;
  private final LongConsumer arrived;
  private long told;

  /// @param arrived told how many more bytes are here
  public Download(
      RepositoryFolder repository, Tree.Entry entry, RemoteFile remote, LongConsumer arrived) {
    this.repository = repository;
    this.entry = entry;
    this.remote = remote;
    this.arrived = arrived;
  }

  /// Brings the blob.
  ///
  /// @throws IOException if it cannot be had, or written
  public void run() throws IOException {
    Path blob = repository.blob(entry.etag());
    Path partial = repository.beginBlob(entry.etag());
    synchronized (Lock.of(blob)) {
      if (isThere(blob)) {
        tell(entry.size());
        return;
      }
      try (FileChannel file =
          FileChannel.open(
              partial,
              StandardOpenOption.CREATE,
              StandardOpenOption.READ,
              StandardOpenOption.WRITE)) {
        Optional<FileLock> lock = lock(file, blob);
        if (lock.isEmpty()) {
          tell(entry.size()); // another process has brought it
          return;
        }
        fill(file, partial);
        if (entry.size() > NOT_WORTH_WAITING) {
          file.force(true);
        }
        Files.move(partial, blob, StandardCopyOption.ATOMIC_MOVE);
      }
    }
  }

  private boolean isThere(Path blob) throws IOException {
    return Files.isRegularFile(blob) && Files.size(blob) == entry.size();
  }

  /// One process writes; the others wait for it.
  private Optional<FileLock> lock(FileChannel file, Path blob) throws IOException {
    long silence = 0;
    for (long size = file.size(); silence < MOST_SILENCE; silence += MOMENT) {
      try {
        FileLock lock = file.tryLock();
        if (lock != null) {
          return isThere(blob) ? Optional.empty() : Optional.of(lock);
        }
        Thread.sleep(MOMENT);
      } catch (OverlappingFileLockException e) {
        throw new IllegalStateException("two downloads of one blob in one JVM", e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new InterruptedIOException("interrupted while another process fetches " + blob);
      }
      if (file.size() != size) {
        size = file.size();
        silence = 0;
      }
    }
    throw new IOException(
        "%s: another process is fetching it, and has not gone on for a minute".formatted(blob));
  }

  private void fill(FileChannel file, Path partial) throws IOException {
    long begun = file.size() > entry.size() ? 0 : file.size();
    checkRoom(partial, entry.size() - begun);
    boolean isResumed = begun > 0;
    if (write(file, begun)) {
      return;
    }
    file.truncate(0);
    if (isResumed && write(file, 0)) {
      return;
    }
    Files.deleteIfExists(partial);
    throw new IOException(
        "what the server sent is not the file: it should hash to %s".formatted(entry.etag()));
  }

  /// For a cache that can take nothing more.
  public static PlaceException useless(String message) {
    return new PlaceException(
        Problem.of(message)
            .withRemedy(Remedy.of(Option.STREAMING, " reads without it, HF_HUB_CACHE moves it")));
  }

  private static void checkRoom(Path partial, long bytes) throws IOException {
    long room = FreeSpace.of(partial);
    if (room < bytes) {
      throw useless(
          "%s: no room in the cache: %,d bytes are wanted, %,d are free"
              .formatted(partial.resolveSibling(""), bytes, room));
    }
  }

  /// Writes the file from `begun` on.
  ///
  /// @return whether it is what it should be
  private boolean write(FileChannel file, long begun) throws IOException {
    Hash hash = new Hash(entry);
    file.truncate(begun);
    hash.update(file, begun);
    tell(begun);
    try {
      writePieces(file, begun, hash);
    } catch (RangesIgnored e) {
      hash = writeWhole(file);
    }
    return hash.isRight();
  }

  private void writePieces(FileChannel file, long begun, Hash hash) throws IOException {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Deque<Future<byte[]>> coming = new ArrayDeque<>();
      try {
        long asked = begun;
        long at = begun;
        while (at < entry.size()) {
          while (coming.size() < PARALLEL && asked < entry.size()) {
            long from = asked;
            byte[] piece = new byte[(int) Math.min(PIECE, entry.size() - from)];
            coming.add(
                threads.submit(
                    () -> {
                      remote.fetch(from, MemorySegment.ofArray(piece));
                      return piece;
                    }));
            asked += piece.length;
          }
          byte[] piece = result(coming.remove());
          append(file, at, ByteBuffer.wrap(piece), hash);
          at += piece.length;
          tell(at);
        }
      } finally {
        coming.forEach(task -> task.cancel(true));
      }
    }
  }

  private static byte[] result(Future<byte[]> piece) throws IOException {
    try {
      return piece.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while fetching");
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case RangesIgnored cause -> throw cause;
        case IOException cause -> throw new IOException(cause.getMessage(), cause);
        case RuntimeException cause -> throw cause;
        case null, default -> throw new IOException(e.getCause());
      }
    }
  }

  private static void append(FileChannel file, long position, ByteBuffer bytes, Hash hash)
      throws IOException {
    hash.update(bytes.duplicate());
    long at = position;
    while (bytes.hasRemaining()) {
      at += file.write(bytes, at);
    }
  }

  /// For servers that send files whole or not at all.
  private Hash writeWhole(FileChannel file) throws IOException {
    Hash[] hash = {new Hash(entry)};
    remote.fetchWhole(
        () -> {
          hash[0] = new Hash(entry);
          long[] at = {0};
          file.truncate(0);
          return bytes -> {
            int count = bytes.remaining();
            append(file, at[0], bytes, hash[0]);
            at[0] += count;
            tell(at[0]);
            return true;
          };
        });
    return hash[0];
  }

  /// Progress goes forward alone, though a download may begin anew.
  private void tell(long now) {
    if (now > told) {
      arrived.accept(now - told);
      told = now;
    }
  }

  /// What a file is known by.
  private static final class Hash {
    private final MessageDigest digest;
    private final String wanted;

    Hash(Tree.Entry entry) {
      wanted = entry.etag();
      try {
        if (entry.sha256().isPresent()) {
          digest = Digests.newSha256();
        } else {
          digest = MessageDigest.getInstance("SHA-1"); // git's
          digest.update(("blob " + entry.size() + "\0").getBytes(StandardCharsets.US_ASCII));
        }
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException("every Java platform has SHA-1 and SHA-256", e);
      }
    }

    void update(ByteBuffer bytes) {
      digest.update(bytes);
    }

    void update(FileChannel file, long count) throws IOException {
      ByteBuffer buffer = ByteBuffer.allocate(1 << 20);
      for (long at = 0; at < count; ) {
        buffer.clear().limit((int) Math.min(buffer.capacity(), count - at));
        int read = file.read(buffer, at);
        if (read < 0) {
          throw new IOException("the cache's file became shorter while it was read");
        }
        at += read;
        digest.update(buffer.flip());
      }
    }

    boolean isRight() {
      return HexFormat.of().formatHex(digest.digest()).equals(wanted);
    }
  }

  /// One object for each blob, so that one thread of this JVM fetches it.
  private static final class Lock {
    private static final Map<Path, Lock> LOCKS = new ConcurrentHashMap<>();

    static Lock of(Path blob) {
      return LOCKS.computeIfAbsent(blob.toAbsolutePath(), _ -> new Lock());
    }
  }
}

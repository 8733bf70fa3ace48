package org.lines4j.internal.engine;

import java.io.IOException;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.stream.IntStream;
import org.lines4j.format.Checkpoint;
import org.lines4j.plan.RunOptions;
import org.lines4j.run.Runner;
import org.lines4j.storage.ByteSource;
import org.lines4j.storage.Location;

/// The SHA-256 of the input files ([HashPass]).
///
/// Here they are computed while the engine streams the same files: on a warm page cache the second
/// read costs no more than a copy in memory, and waiting for the disk leaves the processors time to
/// hash. Others, who share the work, do it when they have written all.
public final class FileHashes implements AutoCloseable {
  private static final int THREADS = 2;

  private final List<ByteSource> files;
  private final Runner runner;
  private final FutureTask<Map<Integer, String>> task;
  private volatile boolean closed;

  private FileHashes(List<ByteSource> files, Runner runner) {
    this.files = List.copyOf(files);
    this.runner = runner;
    this.task = new FutureTask<>(this::hash);
  }

  /// Hashes every file of `inputs`, beginning when it is done best.
  ///
  /// @param passes who carries a run's passes out
  public static FileHashes of(Collection<Checkpoint> inputs, Runner passes) {
    return passes.isLocal() ? start(inputs) : new FileHashes(HashPass.files(inputs), passes);
  }

  /// Begins to hash every file of `inputs` here.
  public static FileHashes start(Collection<Checkpoint> inputs) {
    List<ByteSource> files = HashPass.files(inputs);
    RunOptions quietly = RunOptions.defaults().withThreads(THREADS);
    FileHashes hashes = new FileHashes(files, new LocalRunner(quietly));
    Thread.ofPlatform().name("lines-hash").daemon().start(hashes.task);
    return hashes;
  }

  private Map<Integer, String> hash() throws IOException {
    Map<Integer, String> known = new HashMap<>();
    for (int i = 0; i < files.size(); i++) {
      Optional<String> hash = HashPass.known(files.get(i));
      if (hash.isPresent()) {
        known.put(i, hash.get());
      }
    }
    List<Integer> unknown =
        IntStream.range(0, files.size()).filter(i -> !known.containsKey(i)).boxed().toList();
    if (!unknown.isEmpty()) {
      known.putAll(runner.run(new HashPass(files, unknown, () -> closed)).byFile());
    }
    return known;
  }

  /// Waits for all of them: file → SHA-256 in hexadecimal.
  public Map<Location, String> await() throws IOException {
    try {
      if (!runner.isLocal()) {
        task.run();
      }
      Map<Location, String> digests = new HashMap<>();
      task.get().forEach((i, hash) -> digests.put(files.get(i).location(), hash));
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

package org.lines4j.hub;

import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.LongConsumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.lines4j.hub.cache.Download;
import org.lines4j.hub.cache.Tree;
import org.lines4j.storage.ByteSource;
import org.lines4j.storage.Location;
import org.lines4j.storage.Stamp;
import org.lines4j.storage.Storages;

/// A file of a commit: of the cache where it is there, else of the Hub. Small ones come into the
/// cache when they are first read; of large ones, only what is read comes at all, until they are
/// fetched.
final class HubFile implements ByteSource {
  /// Weights of which less would not be fetched anyway.
  private static final int SMALL_WEIGHTS = 1 << 16;

  /// What is fetched whole when it is first read, of all else: configurations and vocabularies.
  private static final int SMALL = 1 << 26;

  /// What one read is worth far away.
  private static final int FAR_REQUEST = 1 << 22;

  private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");

  private final Snapshot snapshot;
  private final Location location;
  private final HubAddress address;
  private final Optional<Tree.Entry> entry;
  private final long size;
  private final String state;
  private final Optional<Far> far;
  private volatile @Nullable ByteSource near;
  private volatile boolean isCacheable = true;
  private boolean closed;

  private HubFile(Snapshot snapshot, Location location, HubAddress address, Optional<Path> cached)
      throws IOException {
    this.snapshot = snapshot;
    this.location = location;
    this.address = address;
    this.entry = snapshot.entry(address.path());
    if (cached.isPresent()) {
      ByteSource file = local(cached.get());
      this.near = file;
      this.far = Optional.empty();
      this.size = file.size();
      this.state = "";
    } else {
      Tree.Entry known = entry.orElseThrow();
      Far shared = snapshot.far(address, known);
      shared.open();
      this.far = Optional.of(shared);
      this.size = known.size();
      this.state = known.size() + " " + known.etag();
    }
  }

  static HubFile open(Snapshot snapshot, Location location, HubAddress address) throws IOException {
    Optional<Path> cached = cached(snapshot, address.path());
    if (cached.isEmpty()) {
      String path = address.path();
      boolean isBroken = snapshot.folder().isBroken(snapshot.commit(), path);
      if (snapshot.cachedOnly()) {
        throw Refusals.notCached(address, snapshot.folder().snapshot(snapshot.commit()), isBroken);
      }
      if (snapshot.entry(path).isEmpty()) {
        throw new NoSuchFileException(location.text());
      }
    }
    return new HubFile(snapshot, location, address, cached);
  }

  private static Optional<Path> cached(Snapshot snapshot, String name) throws IOException {
    long size = snapshot.entry(name).map(Tree.Entry::size).orElse(-1L);
    return snapshot.folder().file(snapshot.commit(), name, size);
  }

  private static ByteSource local(Path file) throws IOException {
    Location place = Location.of(file);
    return Storages.of(place).open(place);
  }

  @Override
  public Location location() {
    return location;
  }

  @Override
  public long size() {
    return size;
  }

  @Override
  public void read(long from, MemorySegment target) throws IOException {
    ByteSource file = near;
    if (file == null && isSmall() && isCacheable) {
      file = fetchSmall();
    }
    if (file != null) {
      file.read(from, target);
      return;
    }
    try {
      far.orElseThrow().reads().read(from, target);
    } catch (EOFException e) {
      throw e;
    } catch (IOException e) {
      throw new IOException(location + ": " + e.getMessage(), e);
    }
  }

  private boolean isSmall() {
    return size <= (Snapshot.isWeights(address.path()) ? SMALL_WEIGHTS : SMALL);
  }

  private synchronized @Nullable ByteSource fetchSmall() throws IOException {
    if (near == null) {
      try {
        bring(_ -> {});
      } catch (FileSystemException e) {
        isCacheable = false; // a cache that cannot be written to
      }
    }
    return near;
  }

  @Override
  public long toFetch() {
    return near == null ? size : 0;
  }

  @Override
  public synchronized void fetch(LongConsumer arrived) throws IOException {
    if (near == null) {
      try {
        bring(arrived);
      } catch (FileSystemException e) {
        IOException useless =
            Download.useless(
                "%s: the cache cannot be written to: %s".formatted(location, e.getMessage()));
        useless.initCause(e);
        throw useless;
      }
    }
  }

  private void bring(LongConsumer arrived) throws IOException {
    Tree.Entry known = entry.orElseThrow();
    String commit = snapshot.commit();
    try {
      Optional<Path> file = cached(snapshot, address.path());
      if (file.isPresent()) {
        arrived.accept(size); // somebody else has brought it meanwhile
      } else {
        new Download(snapshot.folder(), known, far.orElseThrow().remote(), arrived).run();
        snapshot.folder().link(commit, address.path(), known.etag());
        file = cached(snapshot, address.path());
      }
      near =
          local(file.orElseThrow(() -> new IOException("what came into the cache is gone again")));
    } catch (FileSystemException e) {
      throw e;
    } catch (IOException e) {
      throw new IOException(location + ": " + e.getMessage(), e);
    }
    far.orElseThrow().reads().pause();
  }

  /// A commit never changes; its files in the cache might.
  @Override
  public Stamp stamp() throws IOException {
    ByteSource file = near;
    return far.isEmpty() && file != null ? file.stamp() : new Stamp(state, Optional.empty());
  }

  @Override
  public int request() {
    return near == null ? FAR_REQUEST : ByteSource.super.request();
  }

  /// Large files are called by it, in the listing and in the cache.
  @Override
  public Optional<String> sha256() {
    if (entry.isPresent()) {
      return entry.get().sha256();
    }
    try {
      Optional<Path> file = cached(snapshot, address.path());
      return file.isPresent() && Files.isSymbolicLink(file.get())
          ? Optional.of(String.valueOf(Files.readSymbolicLink(file.get()).getFileName()))
              .filter(name -> SHA256.matcher(name).matches())
          : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  @Override
  public synchronized void close() throws IOException {
    if (closed) {
      return;
    }
    closed = true;
    far.ifPresent(Far::close);
    ByteSource file = near;
    if (file != null) {
      file.close();
    }
  }
}

package org.lines4j.conformance;

import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import org.lines4j.storage.ByteRange;
import org.lines4j.storage.ByteSource;
import org.lines4j.storage.Draft;
import org.lines4j.storage.Location;
import org.lines4j.storage.Stamp;
import org.lines4j.storage.Storage;

/// Files in memory that know who reads them: which are open, what was read. Read only.
///
/// All instances share their files, since checkpoints ask for the storage of a location anew.
public final class WatchedFiles implements Storage {
  private static final Map<String, Model> MODELS = new ConcurrentHashMap<>();
  private static final AtomicInteger NUMBERS = new AtomicInteger();
  private static final String SCHEME = "conformance";

  /// Found as a service.
  public WatchedFiles() {}

  /// The files of one model, by their names in its folder; of a model that is one file, that.
  static final class Model implements AutoCloseable {
    private final String root = SCHEME + "://" + NUMBERS.incrementAndGet();
    final Map<String, byte[]> files = new TreeMap<>();
    final AtomicInteger open = new AtomicInteger();
    final AtomicLong bytesRead = new AtomicLong();
    private final AtomicInteger changes = new AtomicInteger();
    private volatile Optional<BiConsumer<Location, ByteRange>> listener = Optional.empty();

    Model(Map<String, byte[]> files) {
      this.files.putAll(files);
      MODELS.put(root, this);
    }

    Location at(String name) {
      return new Location(SCHEME, name.isEmpty() ? root : root + "/" + name);
    }

    /// Tells of each read of a file from now on.
    void watch(BiConsumer<Location, ByteRange> reads) {
      listener = Optional.of(reads);
    }

    void unwatch() {
      listener = Optional.empty();
    }

    /// Has all files look as if they had been written to.
    void change() {
      changes.incrementAndGet();
    }

    @Override
    public void close() {
      MODELS.remove(root);
    }
  }

  private static Optional<Model> model(Location location) {
    String path = location.text().substring(SCHEME.length() + 3);
    return Optional.ofNullable(MODELS.get(SCHEME + "://" + path.split("/", 2)[0]));
  }

  private static String name(Location location) {
    String[] parts = location.text().substring(SCHEME.length() + 3).split("/", 2);
    return parts.length == 1 ? "" : parts[1];
  }

  @Override
  public String scheme() {
    return SCHEME;
  }

  @Override
  public Kind kind(Location location) {
    Optional<Model> model = model(location);
    if (model.isEmpty()) {
      return Kind.ABSENT;
    }
    String name = name(location);
    if (model.get().files.containsKey(name)) {
      return Kind.FILE;
    }
    String start = name.isEmpty() ? "" : name + "/";
    return model.get().files.keySet().stream().anyMatch(file -> file.startsWith(start))
        ? Kind.FOLDER
        : Kind.ABSENT;
  }

  @Override
  public List<Entry> list(Location folder) throws IOException {
    Model model = model(folder).orElseThrow(() -> new NoSuchFileException(folder.text()));
    String start = name(folder).isEmpty() ? "" : name(folder) + "/";
    Map<String, Entry> entries = new TreeMap<>();
    model.files.forEach(
        (name, content) -> {
          if (name.startsWith(start)) {
            String[] parts = name.substring(start.length()).split("/", 2);
            entries.put(
                parts[0],
                parts.length == 1
                    ? new Entry(parts[0], Kind.FILE, content.length, false)
                    : new Entry(parts[0], Kind.FOLDER, 0, false));
          }
        });
    return List.copyOf(entries.values());
  }

  @Override
  public ByteSource open(Location file) throws IOException {
    Model model = model(file).orElseThrow(() -> new NoSuchFileException(file.text()));
    byte[] content = model.files.get(name(file));
    if (content == null) {
      throw new NoSuchFileException(file.text());
    }
    model.open.incrementAndGet();
    return new Watched(model, file, content);
  }

  private static final class Watched implements ByteSource {
    private final Model model;
    private final Location location;
    private final byte[] content;
    private boolean closed;

    Watched(Model model, Location location, byte[] content) {
      this.model = model;
      this.location = location;
      this.content = content;
    }

    @Override
    public Location location() {
      return location;
    }

    @Override
    public long size() {
      return content.length;
    }

    @Override
    public void read(long from, MemorySegment target) throws IOException {
      if (from < 0) {
        throw new IllegalArgumentException("a read from byte " + from);
      }
      if (from > content.length - target.byteSize()) {
        throw new EOFException("the file has only " + content.length + " bytes");
      }
      model.bytesRead.addAndGet(target.byteSize());
      ByteRange range = new ByteRange(from, target.byteSize());
      model.listener.ifPresent(reads -> reads.accept(location, range));
      target.copyFrom(MemorySegment.ofArray(content).asSlice(from, target.byteSize()));
    }

    @Override
    public Stamp stamp() {
      return new Stamp(content.length + " " + model.changes, Optional.empty());
    }

    @Override
    public synchronized void close() {
      if (!closed) {
        closed = true;
        model.open.decrementAndGet();
      }
    }
  }

  @Override
  public Location real(Location location) {
    return location;
  }

  @Override
  public boolean contains(Location outer, Location inner) {
    return inner.equals(outer) || inner.text().startsWith(outer.text() + "/");
  }

  @Override
  public Optional<String> obstacle(Location location) {
    return Optional.of("cannot be written to");
  }

  @Override
  public OptionalLong room(Location location, boolean folder, long wanted) {
    return OptionalLong.of(0);
  }

  @Override
  public Draft draft(Location location, boolean folder) {
    throw new UnsupportedOperationException(location + " cannot be written to");
  }
}

package org.lines4j.doors.memory;

import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.NoSuchFileException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import org.lines4j.storage.ByteSource;
import org.lines4j.storage.Draft;
import org.lines4j.storage.Location;
import org.lines4j.storage.Sink;
import org.lines4j.storage.Stamp;
import org.lines4j.storage.Storage;

/// Files in this JVM's memory, such as `mem://model/config.json`: what a third party's storage
/// looks like.
public final class MemoryStorage implements Storage {
  private static final Map<String, byte[]> FILES = new ConcurrentSkipListMap<>();

  /// Makes a file.
  public static void put(Location location, byte[] content) {
    FILES.put(location.text(), content.clone());
  }

  /// A file's content.
  public static byte[] get(Location location) throws IOException {
    byte[] content = FILES.get(location.text());
    if (content == null) {
      throw new NoSuchFileException(location.text());
    }
    return content.clone();
  }

  /// Removes a file.
  public static void remove(Location location) {
    FILES.remove(location.text());
  }

  @Override
  public String scheme() {
    return "mem";
  }

  @Override
  public Kind kind(Location location) {
    if (FILES.containsKey(location.text())) {
      return Kind.FILE;
    }
    String folder = location.text() + "/";
    return FILES.keySet().stream().anyMatch(name -> name.startsWith(folder))
        ? Kind.FOLDER
        : Kind.ABSENT;
  }

  @Override
  public List<Entry> list(Location folder) {
    Map<String, Entry> entries = new TreeMap<>();
    String start = folder.text() + "/";
    FILES.forEach(
        (name, content) -> {
          if (name.startsWith(start)) {
            String[] parts = name.substring(start.length()).split("/", 2);
            Kind kind = parts.length == 1 ? Kind.FILE : Kind.FOLDER;
            entries.put(parts[0], new Entry(parts[0], kind, content.length, false));
          }
        });
    return List.copyOf(entries.values());
  }

  @Override
  public ByteSource open(Location file) throws IOException {
    return new Bytes(file, get(file));
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
    return Optional.empty();
  }

  @Override
  public OptionalLong room(Location location, boolean folder, long wanted) {
    return OptionalLong.empty();
  }

  @Override
  public Draft draft(Location location, boolean folder) {
    return new MemoryDraft(location, folder);
  }

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Bytes(Location location, byte[] content) implements ByteSource {
    @Override
    public long size() {
      return content.length;
    }

    @Override
    public void read(long from, MemorySegment target) throws IOException {
      if (from > content.length - target.byteSize()) {
        throw new EOFException("the file has only " + content.length + " bytes");
      }
      target.copyFrom(MemorySegment.ofArray(content).asSlice(from, target.byteSize()));
    }

    @Override
    public Stamp stamp() throws IOException {
      return new Stamp(String.valueOf(Arrays.hashCode(get(location))), Optional.empty());
    }

    @Override
    public void close() {}
  }

  private static final class MemoryDraft implements Draft {
    private final Location out;
    private final boolean folder;
    private final Map<String, byte[]> files = new TreeMap<>();

    MemoryDraft(Location out, boolean folder) {
      this.out = out;
      this.folder = folder;
    }

    private String place(String name) {
      return folder ? out.child(Draft.checkName(name)).text() : out.text();
    }

    @Override
    public Sink create(String name, long size) {
      byte[] content = new byte[Math.toIntExact(size)];
      Arrays.fill(content, (byte) 0x55); // what is not written shows
      files.put(place(name), content);
      return new Sink() {
        @Override
        public void write(MemorySegment bytes, long position) {
          MemorySegment.ofArray(content).asSlice(position, bytes.byteSize()).copyFrom(bytes);
        }

        @Override
        public void sync() {}

        @Override
        public void close() {}
      };
    }

    @Override
    public void write(String name, byte[] content) {
      files.put(place(name), content.clone());
    }

    @Override
    public void copy(String name, ByteSource content) throws IOException {
      byte[] bytes = new byte[Math.toIntExact(content.size())];
      content.read(0, MemorySegment.ofArray(bytes));
      files.put(place(name), bytes);
    }

    @Override
    public void publish() {
      FILES.keySet().removeIf(name -> name.startsWith(out.text() + "/"));
      FILES.putAll(files);
    }

    @Override
    public void close() {}
  }
}

package org.lines4j.internal.memory;

import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.lines4j.error.RequestException;
import org.lines4j.storage.ByteSource;
import org.lines4j.storage.Draft;
import org.lines4j.storage.Location;
import org.lines4j.storage.Stamp;
import org.lines4j.storage.Storage;

/// Files in open rooms of memory, such as `memory://stages1/first/config.json`.
public final class MemoryStorage implements Storage {
  static final String SCHEME = "memory";

  @Override
  public String scheme() {
    return SCHEME;
  }

  private static Map<String, Content> files(Location location) {
    return MemoryRoom.of(location).<Map<String, Content>>map(MemoryRoom::files).orElse(Map.of());
  }

  private static Content content(Location file) throws IOException {
    Content content = files(file).get(file.text());
    if (content == null) {
      throw new NoSuchFileException(file.text());
    }
    return content;
  }

  @Override
  public Kind kind(Location location) {
    Map<String, Content> files = files(location);
    if (files.containsKey(location.text())) {
      return Kind.FILE;
    }
    String folder = location.text() + "/";
    return files.keySet().stream().anyMatch(name -> name.startsWith(folder))
        ? Kind.FOLDER
        : Kind.ABSENT;
  }

  @Override
  public List<Entry> list(Location folder) {
    Map<String, Entry> entries = new TreeMap<>();
    String start = folder.text() + "/";
    files(folder)
        .forEach(
            (name, content) -> {
              if (name.startsWith(start)) {
                String[] parts = name.substring(start.length()).split("/", 2);
                boolean isFile = parts.length == 1;
                entries.put(
                    parts[0],
                    new Entry(
                        parts[0],
                        isFile ? Kind.FILE : Kind.FOLDER,
                        isFile ? content.size() : 0,
                        false));
              }
            });
    return List.copyOf(entries.values());
  }

  @Override
  public ByteSource open(Location file) throws IOException {
    return new MemoryFile(file, content(file));
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
    return MemoryRoom.of(location).isPresent()
        ? Optional.empty()
        : Optional.of("nothing is kept in memory when a run is over; name a path");
  }

  @Override
  public OptionalLong room(Location location, boolean folder, long wanted) {
    return OptionalLong.empty();
  }

  @Override
  public Draft draft(Location location, boolean folder) {
    MemoryRoom room =
        MemoryRoom.of(location)
            .orElseThrow(() -> new RequestException(location, "there is no such room in memory"));
    return room.draft(location, folder);
  }

  private record MemoryFile(Location location, Content content) implements ByteSource {
    @Override
    public long size() {
      return content.size();
    }

    @Override
    public void read(long from, MemorySegment target) throws IOException {
      if (from < 0 || from > size() - target.byteSize()) {
        throw new EOFException("%s: has only %,d bytes".formatted(location, size()));
      }
      content.read(from, target);
    }

    /// The same as long as nothing else was put in its place.
    @Override
    public Stamp stamp() throws IOException {
      Content now = MemoryStorage.content(location);
      return new Stamp(Integer.toHexString(System.identityHashCode(now)), Optional.empty());
    }

    @Override
    public void close() {
      // the room's to close
    }
  }
}

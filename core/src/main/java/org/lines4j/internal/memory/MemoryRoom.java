package org.lines4j.internal.memory;

import java.io.Closeable;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import org.lines4j.internal.posix.Pages;
import org.lines4j.storage.Location;

/// A place for files in memory, which are gone when it is closed, or with the process.
public final class MemoryRoom implements Closeable {
  private static final Map<String, MemoryRoom> OPEN = new ConcurrentHashMap<>();
  private static final AtomicLong COUNT = new AtomicLong();

  private final String name;
  private final ConcurrentSkipListMap<String, Content> files = new ConcurrentSkipListMap<>();
  private final Arena arena = Arena.ofShared();

  private MemoryRoom(String name) {
    this.name = name;
  }

  /// An empty one.
  ///
  /// @param what what is kept there, for its address: letters
  public static MemoryRoom open(String what) {
    MemoryRoom room = new MemoryRoom(what + COUNT.incrementAndGet());
    OPEN.put(room.name, room);
    return room;
  }

  /// Where its files and folders lie.
  public Location location() {
    return new Location(MemoryStorage.SCHEME, MemoryStorage.SCHEME + "://" + name);
  }

  /// The open room that a location is in.
  static Optional<MemoryRoom> of(Location location) {
    String path = location.text().substring(MemoryStorage.SCHEME.length() + "://".length());
    return Optional.ofNullable(OPEN.get(path.split("/", 2)[0]));
  }

  /// Begins an output in it.
  ///
  /// @param out a location in this room
  public MemoryDraft draft(Location out, boolean isFolder) {
    return new MemoryDraft(this, out, isFolder);
  }

  /// Removes a file, or a folder with all that is in it. Its memory stays taken.
  public void remove(Location location) {
    String text = location.text();
    files.keySet().removeIf(name -> name.equals(text) || name.startsWith(text + "/"));
  }

  /// Files by the text of their locations.
  ConcurrentSkipListMap<String, Content> files() {
    return files;
  }

  /// Memory that is given back when the room is closed.
  ///
  /// @throws IOException if there is none
  MemorySegment allocate(long bytes) throws IOException {
    try {
      return Pages.allocateHuge(arena, bytes);
    } catch (OutOfMemoryError e) {
      throw new IOException("%s: no memory for %,d bytes".formatted(location(), bytes), e);
    }
  }

  @Override
  public void close() {
    OPEN.remove(name);
    files.clear();
    arena.close();
  }
}

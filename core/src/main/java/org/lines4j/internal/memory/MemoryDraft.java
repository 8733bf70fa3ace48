package org.lines4j.internal.memory;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.Map;
import java.util.TreeMap;
import org.lines4j.storage.ByteSource;
import org.lines4j.storage.Draft;
import org.lines4j.storage.Location;
import org.lines4j.storage.Sink;

/// An output in the making in a room of memory.
public final class MemoryDraft implements Draft {
  private final MemoryRoom room;
  private final Location out;
  private final boolean isFolder;
  private final Map<String, Content> files = new TreeMap<>();

  MemoryDraft(MemoryRoom room, Location out, boolean isFolder) {
    this.room = room;
    this.out = out;
    this.isFolder = isFolder;
  }

  /// Adds a file that is not written but asked for what it holds.
  public void add(String name, Content content) {
    files.put(isFolder ? out.child(Draft.checkName(name)).text() : out.text(), content);
  }

  @Override
  public Sink create(String name, long size) throws IOException {
    MemorySegment bytes = room.allocate(size);
    add(name, new Content.Kept(bytes.asReadOnly()));
    return new MemorySink(bytes);
  }

  @Override
  public void write(String name, byte[] content) {
    add(name, new Content.Kept(MemorySegment.ofArray(content.clone()).asReadOnly()));
  }

  @Override
  public void copy(String name, ByteSource content) throws IOException {
    MemorySegment bytes = room.allocate(content.size());
    content.read(0, bytes);
    add(name, new Content.Kept(bytes.asReadOnly()));
  }

  @Override
  public void publish() {
    room.remove(out);
    room.files().putAll(files);
  }

  @Override
  public void close() {
    // what was not published is nowhere
  }

  private record MemorySink(MemorySegment bytes) implements Sink {
    @Override
    public void write(MemorySegment source, long position) {
      bytes.asSlice(position, source.byteSize()).copyFrom(source);
    }

    @Override
    public void sync() {
      // memory is what it is
    }

    @Override
    public void close() {
      // the room's to close
    }
  }
}

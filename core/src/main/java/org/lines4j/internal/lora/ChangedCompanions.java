package org.lines4j.internal.lora;

import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.lines4j.format.Companion;
import org.lines4j.format.Companions;
import org.lines4j.storage.ByteSource;
import org.lines4j.storage.Draft;
import org.lines4j.storage.Location;
import org.lines4j.storage.Stamp;
import org.lines4j.storage.Storage;
import org.lines4j.storage.Storage.Entry;

/// What lies beside a model, but for its configuration.
///
/// @param stored as it lies there
/// @param change what becomes of a configuration; empty for nothing
record ChangedCompanions(Companions stored, ConfigChange change) implements Companions {
  private static final String CONFIG = "config.json";

  /// Makes a configuration's content of a file.
  interface ConfigChange {
    /// The content; empty if it stays as it is.
    Optional<byte[]> of(Companion file) throws IOException;
  }

  @Override
  public Location location() {
    return stored.location();
  }

  @Override
  public Optional<Companion> own(String name) throws IOException {
    return changed(name, stored.own(name));
  }

  @Override
  public Optional<Companion> find(String name) throws IOException {
    return changed(name, stored.find(name));
  }

  private Optional<Companion> changed(String name, Optional<Companion> file) throws IOException {
    Optional<byte[]> content =
        file.isPresent() && name.equals(CONFIG) ? change.of(file.get()) : Optional.empty();
    if (content.isEmpty()) {
      return file;
    }
    MemorySegment bytes = MemorySegment.ofArray(content.get());
    Storage changed = new Changed(file.orElseThrow().storage(), bytes);
    return Optional.of(new Companion(changed, file.orElseThrow().location(), bytes.byteSize()));
  }

  @Override
  public List<Entry> list(String folder) throws IOException {
    return stored.list(folder);
  }

  /// A storage of which one file, of which alone it is asked, has other content.
  private record Changed(Storage storage, MemorySegment content) implements Storage {
    @Override
    public String scheme() {
      return storage.scheme();
    }

    @Override
    public Kind kind(Location location) throws IOException {
      return storage.kind(location);
    }

    @Override
    public List<Entry> list(Location folder) throws IOException {
      return storage.list(folder);
    }

    @Override
    public ByteSource open(Location file) throws IOException {
      return new Content(storage.open(file), content);
    }

    @Override
    public Location real(Location location) throws IOException {
      return storage.real(location);
    }

    @Override
    public boolean contains(Location outer, Location inner) throws IOException {
      return storage.contains(outer, inner);
    }

    @Override
    public Optional<String> obstacle(Location location) throws IOException {
      return storage.obstacle(location);
    }

    @Override
    public OptionalLong room(Location location, boolean folder, long wanted) throws IOException {
      return storage.room(location, folder, wanted);
    }

    @Override
    public Draft draft(Location location, boolean folder) throws IOException {
      return storage.draft(location, folder);
    }
  }

  /// A file with other content than it has.
  private record Content(ByteSource file, MemorySegment bytes) implements ByteSource {
    @Override
    public Location location() {
      return file.location();
    }

    @Override
    public long size() {
      return bytes.byteSize();
    }

    @Override
    public void read(long from, MemorySegment target) throws IOException {
      if (from + target.byteSize() > bytes.byteSize()) {
        throw new EOFException(location() + ": ends before byte " + (from + target.byteSize()));
      }
      MemorySegment.copy(bytes, from, target, 0, target.byteSize());
    }

    @Override
    public Stamp stamp() throws IOException {
      return new Stamp(file.stamp().state(), Optional.empty());
    }

    @Override
    public void close() throws IOException {
      file.close();
    }
  }
}

package org.lines4j.internal.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.lines4j.storage.ByteSource;
import org.lines4j.storage.Location;
import org.lines4j.storage.Storage;

/// This machine's disks. Links are followed.
public final class LocalStorage implements Storage {
  @Override
  public String scheme() {
    return Location.LOCAL;
  }

  @Override
  public Kind kind(Location location) {
    return kind(location.path());
  }

  private static Kind kind(Path path) {
    if (Files.isRegularFile(path)) {
      return Kind.FILE;
    }
    if (Files.isDirectory(path)) {
      return Kind.FOLDER;
    }
    return Files.exists(path) ? Kind.SPECIAL : Kind.ABSENT;
  }

  @Override
  public List<Entry> list(Location folder) throws IOException {
    List<Path> paths;
    try (Stream<Path> entries = Files.list(folder.path())) {
      paths = entries.sorted().toList();
    }
    List<Entry> listed = new ArrayList<>();
    for (Path path : paths) {
      Kind kind = kind(path);
      String name = String.valueOf(path.getFileName());
      listed.add(new Entry(name, kind, kind == Kind.FILE ? Files.size(path) : 0));
    }
    return listed;
  }

  @Override
  public ByteSource open(Location file) throws IOException {
    return LocalFile.open(file);
  }

  @Override
  public Location real(Location location) throws IOException {
    return Location.of(location.path().toRealPath());
  }
}

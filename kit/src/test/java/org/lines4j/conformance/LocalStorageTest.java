package org.lines4j.conformance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.lines4j.internal.local.LocalStorage;
import org.lines4j.storage.Location;
import org.lines4j.storage.Storage;

class LocalStorageTest extends StorageConformance {
  @TempDir private Path folder;

  @Override
  protected Storage storage() {
    return new LocalStorage();
  }

  @Override
  protected Location newFolder() {
    return Location.of(folder);
  }

  @Override
  protected void put(Location file, byte[] content) throws IOException {
    Files.createDirectories(file.path().resolveSibling(""));
    Files.write(file.path(), content);
  }

  @Override
  protected void remove(Location file) throws IOException {
    Files.delete(file.path());
  }

  @Override
  protected boolean link(Location place, Location target) throws IOException {
    try {
      Files.createSymbolicLink(place.path(), target.path());
      return true;
    } catch (UnsupportedOperationException e) {
      return false;
    }
  }
}

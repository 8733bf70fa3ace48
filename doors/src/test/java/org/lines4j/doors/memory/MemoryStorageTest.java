package org.lines4j.doors.memory;

import java.util.concurrent.atomic.AtomicInteger;
import org.lines4j.conformance.StorageConformance;
import org.lines4j.storage.Location;
import org.lines4j.storage.Storage;

class MemoryStorageTest extends StorageConformance {
  private static final AtomicInteger FOLDERS = new AtomicInteger();

  @Override
  protected Storage storage() {
    return new MemoryStorage();
  }

  @Override
  protected Location newFolder() {
    return Location.parse("mem://conformance-" + FOLDERS.incrementAndGet());
  }

  @Override
  protected void put(Location file, byte[] content) {
    MemoryStorage.put(file, content);
  }

  @Override
  protected void remove(Location file) {
    MemoryStorage.remove(file);
  }
}

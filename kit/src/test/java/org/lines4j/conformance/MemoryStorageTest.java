package org.lines4j.conformance;

import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.lines4j.internal.memory.MemoryRoom;
import org.lines4j.internal.memory.MemoryStorage;
import org.lines4j.storage.Draft;
import org.lines4j.storage.Location;
import org.lines4j.storage.Storage;

class MemoryStorageTest extends StorageConformance {
  private final MemoryRoom room = MemoryRoom.open("test");

  @AfterEach
  void close() {
    room.close();
  }

  @Override
  protected Storage storage() {
    return new MemoryStorage();
  }

  @Override
  protected Location newFolder() {
    return room.location().child("folder");
  }

  @Override
  protected void put(Location file, byte[] content) throws IOException {
    try (Draft draft = room.draft(file, false)) {
      draft.write("", content);
      draft.publish();
    }
  }

  @Override
  protected void remove(Location file) {
    room.remove(file);
  }
}

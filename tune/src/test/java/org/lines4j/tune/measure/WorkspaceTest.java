package org.lines4j.tune.measure;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class WorkspaceTest {
  @Test
  void memoryIsUsedOnlyWithRoomToSpare() {
    Memory memory = new Memory(Path.of("/dev/shm"), 1000);
    assertEquals(
        new Workspace.Room(true, true), Workspace.Room.of(new Workspace.Need(600, 400), memory));
    assertEquals(
        new Workspace.Room(true, false), Workspace.Room.of(new Workspace.Need(600, 401), memory));
    assertEquals(
        new Workspace.Room(false, false), Workspace.Room.of(new Workspace.Need(1001, 400), memory));
    assertEquals(
        new Workspace.Room(true, false), Workspace.Room.of(new Workspace.Need(10, 0), memory));
  }
}

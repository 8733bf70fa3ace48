package org.lines4j.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FolderLockTest {
  @TempDir Path folder;

  @Test
  void whatIsTakenIsTakenUntilItIsGivenUp() throws IOException {
    Path work = folder.resolve("work");
    Files.createDirectory(folder.resolve("x"));
    try (FolderLock _ = FolderLock.take(work, ".lock").orElseThrow()) {
      assertEquals(Optional.empty(), FolderLock.take(work, ".lock"));
      assertEquals(Optional.empty(), FolderLock.take(folder.resolve("x/../work"), ".lock"));
    }
    FolderLock.take(work, ".lock").orElseThrow().close();
    assertEquals(1, Files.size(work.resolve(".lock")));
  }

  @Test
  void theHolderMayRemoveTheFolder() throws IOException {
    Path work = folder.resolve("work");
    FolderLock lock = FolderLock.take(work, "lock").orElseThrow();
    Files.createDirectories(work.resolve("new/inner"));
    lock.delete();
    assertFalse(Files.exists(work));
    FolderLock next = FolderLock.take(work, "lock").orElseThrow();
    lock.close(); // what it gave up already is another's now
    assertEquals(Optional.empty(), FolderLock.take(work, "lock"));
    next.delete();
    assertFalse(Files.exists(work));
  }

  @Test
  void aFileInItsPlaceIsNamed() throws IOException {
    Path work = Files.writeString(folder.resolve("work"), "x");
    String message =
        String.valueOf(
            assertThrows(IOException.class, () -> FolderLock.take(work, "lock")).getMessage());
    assertTrue(message.contains("work: should be a folder"), message);
  }

  @Test
  void ofManyOneAtATimeHasIt() throws Exception {
    Path work = folder.resolve("work");
    AtomicInteger holders = new AtomicInteger();
    Callable<Integer> taker =
        () -> {
          int taken = 0;
          while (taken < 50) {
            Optional<FolderLock> lock = FolderLock.take(work, "lock");
            if (lock.isPresent()) {
              taken++;
              assertEquals(1, holders.incrementAndGet());
              holders.decrementAndGet();
              lock.get().delete();
            }
          }
          return taken;
        };
    try (ExecutorService workers = Executors.newFixedThreadPool(4)) {
      for (Future<Integer> future :
          workers.invokeAll(IntStream.range(0, 4).mapToObj(_ -> taker).toList())) {
        assertEquals(50, future.get());
      }
    }
    try (Stream<Path> left = Files.list(folder)) {
      assertEquals(0, left.count());
    }
  }
}

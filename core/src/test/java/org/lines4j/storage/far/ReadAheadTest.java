package org.lines4j.storage.far;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ReadAheadTest {
  private static final int SIZE = 11 * Blocks.SIZE + 12_345;

  private final byte[] bytes = new byte[SIZE];
  private final AtomicLong fetched = new AtomicLong();
  private final AtomicInteger requests = new AtomicInteger();
  private final AtomicBoolean broken = new AtomicBoolean();

  private final Ranges source =
      new Ranges() {
        @Override
        public long size() {
          return SIZE;
        }

        @Override
        public void fetch(long from, MemorySegment target) throws IOException {
          requests.incrementAndGet();
          if (broken.get()) {
            throw new IOException("broken");
          }
          fetched.addAndGet(target.byteSize());
          MemorySegment.copy(MemorySegment.ofArray(bytes), from, target, 0, target.byteSize());
        }
      };

  ReadAheadTest() {
    new Random(3).nextBytes(bytes);
  }

  private void check(ReadAhead reads, int from, int count) throws IOException {
    byte[] got = new byte[count];
    reads.read(from, MemorySegment.ofArray(got));
    assertArrayEquals(Arrays.copyOfRange(bytes, from, from + count), got);
  }

  @Test
  void aHeaderBringsLittleMore() throws IOException {
    try (ReadAhead reads = new ReadAhead(source)) {
      check(reads, 0, 8);
      for (int from = 8; from < 200_000; from += 8000) {
        check(reads, from, 8000);
      }
    }
    assertTrue(fetched.get() <= 2 * 208_000 + (1 << 16), fetched + " bytes");
  }

  @Test
  void whatWasReadIsNotFetchedAgain() throws IOException {
    try (ReadAhead reads = new ReadAhead(source)) {
      check(reads, 0, 9);
      check(reads, 0, 9);
      check(reads, 3, 60_000);
    }
    assertEquals(1, requests.get());
  }

  @Test
  void aReaderThatGoesOnGetsBlocks() throws IOException {
    try (ReadAhead reads = new ReadAhead(source)) {
      for (int from = 0; from < SIZE; from += 100_000) {
        check(reads, from, Math.min(100_000, SIZE - from));
      }
    }
    assertTrue(requests.get() < 25, requests + " requests");
    assertTrue(fetched.get() < SIZE + Blocks.SIZE, fetched + " bytes");
  }

  @Test
  void manyReadersOfManyFilesShareFewBlocks() throws Exception {
    Blocks few = new Blocks(3);
    List<ReadAhead> files = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      files.add(new ReadAhead(source, few));
    }
    try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
      List<Future<Boolean>> results = new ArrayList<>();
      for (int thread = 0; thread < 8; thread++) {
        Random random = new Random(thread);
        Callable<Boolean> work =
            () -> {
              for (int i = 0; i < 15; i++) {
                int from = random.nextInt(SIZE);
                int count = random.nextInt(Math.min(3_000_000, SIZE - from));
                check(files.get(random.nextInt(5)), from, count);
              }
              return true;
            };
        results.add(threads.submit(work));
      }
      for (Future<Boolean> result : results) {
        assertTrue(result.get());
      }
    }
    for (ReadAhead file : files) {
      file.close();
    }
  }

  @Test
  void aFailureIsToldAndMayPass() throws IOException {
    try (ReadAhead reads = new ReadAhead(source)) {
      check(reads, 0, 3 * Blocks.SIZE);
      broken.set(true);
      int far = SIZE - 1000;
      assertThrows(IOException.class, () -> check(reads, far, 1000));
      broken.set(false);
      check(reads, far, 1000);
    }
  }

  @Test
  void aClosedFileIsNotRead() {
    ReadAhead reads = new ReadAhead(source);
    reads.close();
    assertThrows(IOException.class, () -> check(reads, 0, 1));
  }
}

package org.lines4j.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LineJournalTest {
  @TempDir Path folder;

  @Test
  void linesAreFoundAgainInOrder() throws IOException {
    Path file = folder.resolve("journal");
    try (LineJournal journal = LineJournal.open(file)) {
      assertEquals(List.of(), journal.lines());
      journal.append("one ü");
      journal.append("");
    }
    try (LineJournal journal = LineJournal.open(file)) {
      assertEquals(List.of("one ü", ""), journal.lines());
      journal.append("three");
      assertEquals(List.of("one ü", ""), journal.lines(), "as it was opened");
    }
    assertEquals("one ü\n\nthree\n", Files.readString(file));
  }

  @Test
  void aLineTornAtAnyByteIsDroppedAndTheNextIsWhole() throws IOException {
    Path file = folder.resolve("journal");
    byte[] whole = "first ü\nsecond ü\n".getBytes(java.nio.charset.StandardCharsets.UTF_8);
    int firstEnd = "first ü\n".getBytes(java.nio.charset.StandardCharsets.UTF_8).length;
    for (int length = 0; length < whole.length; length++) {
      Files.write(file, Arrays.copyOf(whole, length));
      try (LineJournal journal = LineJournal.open(file)) {
        assertEquals(length < firstEnd ? List.of() : List.of("first ü"), journal.lines());
        journal.append("next");
      }
      assertEquals(
          length < firstEnd ? List.of("next") : List.of("first ü", "next"),
          Files.readAllLines(file));
    }
  }

  @Test
  void aLineIsOneLine() throws IOException {
    try (LineJournal journal = LineJournal.open(folder.resolve("journal"))) {
      assertThrows(IllegalArgumentException.class, () -> journal.append("a\nb"));
    }
    assertEquals(0, Files.size(folder.resolve("journal")));
  }
}

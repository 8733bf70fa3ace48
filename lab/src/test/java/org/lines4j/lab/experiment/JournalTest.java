package org.lines4j.lab.experiment;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lines4j.lab.image.Split;

class JournalTest {
  private static final Probe DIGITS = Probe.of("digits", Split.TEST);
  private static final Probe UPPER = Probe.of("upper", Split.TEST);
  private static final Question BASE =
      new Question(new Candidate.Trained("base"), "heads", List.of(DIGITS, UPPER));

  @TempDir private Path folder;

  private Path write(String more) throws IOException {
    Path file = folder.resolve("journal.jsonl");
    try (Journal journal = Journal.open(file)) {
      journal.add(BASE, Map.of(DIGITS, 0.1 + 0.2));
    }
    Files.writeString(file, more, StandardOpenOption.APPEND);
    return file;
  }

  @Test
  void whatWasMeasuredIsKnownToTheNextRunToTheLastBit() throws IOException {
    try (Journal journal = Journal.open(write(""))) {
      assertEquals(Optional.of(0.1 + 0.2), journal.find(BASE, DIGITS));
      assertEquals(Optional.empty(), journal.find(BASE, UPPER));
    }
  }

  @Test
  void aTornLineIsDroppedAndWrittenOver() throws IOException {
    Path file = write("{\"question\":\"ba");
    try (Journal journal = Journal.open(file)) {
      journal.add(BASE, Map.of(UPPER, 0.5));
    }
    assertEquals(2, Files.readAllLines(file).size());
    try (Journal journal = Journal.open(file)) {
      assertEquals(Optional.of(0.5), journal.find(BASE, UPPER));
      assertEquals(Optional.of(0.1 + 0.2), journal.find(BASE, DIGITS));
    }
  }

  @Test
  void aFileOfAnotherKindIsRefused() throws IOException {
    Path file = write("not json\n");
    IOException refused = assertThrows(IOException.class, () -> Journal.open(file));
    assertTrue(String.valueOf(refused.getMessage()).contains(file.toString()), refused::toString);
  }
}

package org.lines4j.tune.record;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lines4j.error.InputException;
import org.lines4j.error.RequestException;
import org.lines4j.tune.Metric;
import org.lines4j.tune.Trial;

class JournalTest {
  private static final SearchIdentity IDENTITY =
      new SearchIdentity("r".repeat(64), Map.of("base", "b".repeat(64)), "python \"é\" {model}");
  private static final Trial FIRST =
      new Trial(
          "first",
          Map.of("profile", "lines"),
          OptionalDouble.of(0.1 + 0.2),
          Map.of("acc", 1 / 3.0, "loss", -1e-300),
          Optional.empty(),
          1.5,
          1);
  private static final Trial SECOND =
      new Trial(
          "second",
          Map.of(),
          OptionalDouble.empty(),
          Map.of(),
          Optional.of(new Trial.Failure("exit code 1", "line\nline \"é\"\u0000")),
          0,
          2);

  @TempDir private Path folder;
  private Path file;

  @BeforeEach
  void place() {
    file = folder.resolve("trials.jsonl");
  }

  private Journal open() throws IOException {
    return Journal.open(file, IDENTITY);
  }

  private void write() throws IOException {
    try (Journal journal = open()) {
      journal.append(FIRST, Map.of());
      journal.append(SECOND, Map.of());
    }
  }

  @Test
  void whatWasWrittenIsFoundAgain() throws IOException {
    write();
    assertEquals(2, Files.readAllLines(file).size());
    try (Journal journal = open()) {
      assertEquals(Optional.of(FIRST), journal.find("first"));
      assertEquals(Optional.of(SECOND), journal.find("second"));
      assertEquals(Optional.empty(), journal.find("third"));
    }
  }

  @Test
  void aLineTornAtAnyByteIsDroppedAndTheNextIsWhole() throws IOException {
    write();
    byte[] whole = Files.readAllBytes(file);
    int firstEnd =
        new String(whole, java.nio.charset.StandardCharsets.ISO_8859_1).indexOf('\n') + 1;
    for (int length = firstEnd; length < whole.length; length++) {
      Files.write(file, Arrays.copyOf(whole, length));
      try (Journal journal = open()) {
        assertEquals(Optional.of(FIRST), journal.find("first"));
        assertEquals(Optional.empty(), journal.find("second"));
        journal.append(SECOND, Map.of());
      }
      assertEquals(-1, Arrays.mismatch(whole, Files.readAllBytes(file)));
    }
  }

  @Test
  void whichMetricsShouldBeLowIsRemembered() throws IOException {
    try (Journal journal = open()) {
      journal.append(
          new Trial(
              "model base",
              Map.of(),
              OptionalDouble.empty(),
              Map.of("acc", 0.5, "loss", 2.0),
              Optional.empty(),
              1,
              1),
          Map.of(
              "acc", Metric.Better.HIGHER, "loss", Metric.Better.LOWER, "no", Metric.Better.LOWER));
      journal.append(SECOND, Map.of());
    }
    try (Journal journal = open()) {
      assertEquals(Map.of("loss", Metric.Better.LOWER), journal.directions());
    }
  }

  @Test
  void theLastTrialOfAModelCounts() throws IOException {
    write();
    Trial again =
        new Trial(
            "second", Map.of(), OptionalDouble.empty(), Map.of("acc", 0.5), Optional.empty(), 1, 1);
    try (Journal journal = open()) {
      journal.append(again, Map.of());
    }
    try (Journal journal = open()) {
      assertEquals(Optional.of(again), journal.find("second"));
      assertEquals(2, journal.size());
    }
  }

  @Test
  void anotherSearchsTrialsAreRefusedWithWhatDiffers() throws IOException {
    write();
    SearchIdentity other =
        new SearchIdentity("s".repeat(64), Map.of("base", "c".repeat(64), "tuned", "t"), "other");
    String message =
        String.valueOf(
            assertThrows(RequestException.class, () -> Journal.open(file, other)).getMessage());
    assertTrue(message.contains("the recipe, layer options or seed: was rrrrrrrrrrrr…"), message);
    assertTrue(message.contains("the model base: was bbbbbbbbbbbb…, is cccccccccccc…"), message);
    assertTrue(message.contains("the model tuned: was absent, is t"), message);
    assertTrue(message.contains("the evaluator: was 'python \"é\" {model}', is 'other'"), message);
  }

  @Test
  void anotherSearchThatMeasuredNothingIsNotInTheWay() throws IOException {
    try (Journal journal = open()) {
      journal.append(SECOND, Map.of());
    }
    SearchIdentity other = new SearchIdentity("r".repeat(64), Map.of(), "corrected {model}");
    try (Journal journal = Journal.open(file, other)) {
      assertEquals(Optional.empty(), journal.find("second"));
      journal.append(FIRST, Map.of());
    }
    assertThrows(RequestException.class, this::open);
    try (Journal journal = Journal.open(file, other)) {
      assertEquals(Optional.of(FIRST), journal.find("first"));
    }
  }

  @Test
  void aLineThatIsNoTrialIsAnErrorNotALoss() throws IOException {
    write();
    Files.writeString(file, "{\"key\": 7}\n" + Files.readString(file));
    String message = String.valueOf(assertThrows(InputException.class, this::open).getMessage());
    assertTrue(message.contains("line 1 is no trial"), message);
  }

  @Test
  void linesAreWrittenAsEver() throws IOException {
    Trial measured =
        new Trial(
            "lines alpha=0.3",
            Map.of("profile", "lines"),
            OptionalDouble.of(0.1 + 0.2),
            Map.of("acc", 1 / 3.0),
            Optional.empty(),
            1e-300,
            1);
    try (Journal journal = open()) {
      journal.append(measured, Map.of());
      journal.append(SECOND, Map.of());
    }
    String identity =
        "\"recipe\":\"%s\",\"inputs\":{\"base\":\"%s\"},\"evaluator\":\"python \\\"é\\\" {model}\"}"
            .formatted("r".repeat(64), "b".repeat(64));
    assertEquals(
        """
        {"key":"lines alpha=0.3","parameters":{"profile":"lines"},"alpha":0.30000000000000004,\
        "metrics":{"acc":0.3333333333333333},"seconds":1.0E-300,"attempts":1,IDENTITY
        {"key":"second","parameters":{},"metrics":{},"error":{"reason":"exit code 1",\
        "details":"line\\nline \\"é\\"\\u0000"},"seconds":0.0,"attempts":2,IDENTITY
        """
            .replace("IDENTITY", identity),
        Files.readString(file));
  }
}

package org.lines4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lines4j.files.AtExit;
import org.lines4j.storage.Location;

class InterruptionTest {
  @TempDir private Path folder;

  private Interruption of(Path out) {
    PrintWriter nowhere = new PrintWriter(Writer.nullWriter());
    return Interruption.of(ProgressDisplay.none(), nowhere, Location.of(out));
  }

  @Test
  void itSaysWhetherTheOutputIsThere() throws IOException {
    Path out = folder.resolve("out");
    try (Interruption interruption = of(out)) {
      assertEquals("interrupted: nothing was written to " + out, interruption.message());
      Files.createDirectory(out);
      assertEquals("interrupted, but " + out + " is complete", interruption.message());
    }
  }

  @Test
  void aSearchGoesOnWhereItWas() throws IOException {
    PrintWriter nowhere = new PrintWriter(Writer.nullWriter());
    Path chosen = folder.resolve("chosen");
    try (Interruption interruption = Interruption.ofSearch(nowhere, chosen)) {
      assertEquals("interrupted before anything was measured", interruption.message());
      Files.createDirectory(chosen);
      assertEquals(
          "interrupted: " + chosen + " has what was measured; the same command goes on from there",
          interruption.message());
    }
  }

  @Test
  void whatIsToldStandsOnALineOfItsOwn() {
    assertEquals(System.lineSeparator(), Interruption.begin(false, true));
    assertEquals("", Interruption.begin(true, true));
    assertEquals("", Interruption.begin(false, false));
  }

  @Test
  void whileNothingEndsFailuresAreTold() {
    assertFalse(AtExit.isUnderWay());
  }

  @Test
  void anOutputThatIsToBeReplacedIsToldFromTheNewOne() throws IOException {
    Path out = Files.createDirectory(folder.resolve("out"));
    Path made = Files.createDirectory(folder.resolve("made"));
    try (Interruption interruption = of(out)) {
      assertEquals("interrupted: nothing was written to " + out, interruption.message());
      Files.delete(out);
      Files.move(made, out);
      assertEquals("interrupted, but " + out + " is complete", interruption.message());
    }
  }
}

package org.lines4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NotDirectoryException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.lines4j.error.Option;
import org.lines4j.error.PlaceException;
import org.lines4j.error.Problem;
import org.lines4j.error.Remedy;

class FailuresTest {
  /// No fault of the command line, though a flag helps.
  @Test
  void aPlaceThatFailsIsFailedWorkAndSaysWhatToDo() {
    IOException full =
        new PlaceException(
            Problem.of("/cache: is full")
                .withRemedy(Remedy.of(Option.STREAMING, " reads without it")));
    for (Exception failure : List.of(full, new UncheckedIOException(full))) {
      StringWriter err = new StringWriter();
      PrintWriter out = new PrintWriter(new StringWriter());
      assertEquals(1, new Failures(List.of(), out, new PrintWriter(err)).handle(failure));
      assertEquals(
          "lines: /cache: is full; --no-cache reads without it" + System.lineSeparator(),
          err.toString());
    }
  }

  /// Java's own messages for these are a path and the name of a class.
  @Test
  void whatStandsInTheWayIsToldInWords() {
    Map.of(
            new FileAlreadyExistsException("x"),
            "x: is there already, and is no folder; name another place, or move it away",
            new NotDirectoryException("x"),
            "x: is a file, where a folder is expected",
            new DirectoryNotEmptyException("x"),
            "x: a folder that is not empty, where a file should be; name another place")
        .forEach(
            (failure, words) -> {
              StringWriter err = new StringWriter();
              PrintWriter out = new PrintWriter(new StringWriter());
              assertEquals(1, new Failures(List.of(), out, new PrintWriter(err)).handle(failure));
              assertEquals("lines: " + words + System.lineSeparator(), err.toString());
            });
  }

  @Test
  void bytesThatAreNoTextAreToldWithWhatToDo() {
    Fault unicode = Undecoded.fault("b\ufffdse", "UTF-8");
    assertEquals(
        "b\ufffdse: holds bytes that are no text in the locale's character set, UTF-8, so that Java"
            + " cannot tell which file is meant; rename the file, or name a link to it instead"
            + " (ln -s)",
        unicode.message());
    assertEquals(2, unicode.exitCode());
    String ascii = Undecoded.fault("b\ufffdse", "ANSI_X3.4-1968").message();
    assertTrue(ascii.contains("ANSI_X3.4-1968") && ascii.contains("set LC_ALL=C.UTF-8"), ascii);
  }

  @Test
  void aWorkingFolderThatIsNoTextIsTold() {
    assertTrue(
        Undecoded.workingFolder("/x/b\ufffdse").orElse("").contains("only paths from / on"),
        "no relative path is found there");
    assertEquals(Optional.empty(), Undecoded.workingFolder("/x/bäse"));
  }
}

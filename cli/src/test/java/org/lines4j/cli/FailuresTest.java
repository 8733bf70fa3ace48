package org.lines4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.List;
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
}

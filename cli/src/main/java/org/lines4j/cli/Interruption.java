package org.lines4j.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.function.Supplier;
import org.lines4j.error.Shown;
import org.lines4j.files.AtExit;
import org.lines4j.storage.Location;

/// Tells, where a run is ended from outside (Ctrl-C), what became of its output.
///
/// It appears in one step, so there are two cases: it is what it was, or it is complete.
final class Interruption implements AutoCloseable {
  private final ProgressDisplay progress;
  private final PrintWriter err;
  private final Supplier<String> became;
  private final AtExit onExit = new AtExit("lines-interrupted", this::tell);

  private Interruption(ProgressDisplay progress, PrintWriter err, Supplier<String> became) {
    this.progress = progress;
    this.err = err;
    this.became = became;
    onExit.arm();
  }

  /// Listens until it is closed.
  static Interruption of(ProgressDisplay progress, PrintWriter err, Location out) {
    String before = state(out);
    return new Interruption(progress, err, () -> became(out, before));
  }

  /// The same for a search, which keeps each measurement.
  static Interruption ofSearch(PrintWriter err, Path out) {
    String kept =
        "interrupted: %s has what was measured; the same command goes on from there"
            .formatted(Shown.of(out.toString()));
    return new Interruption(
        ProgressDisplay.none(),
        err,
        () -> Files.exists(out) ? kept : "interrupted before anything was measured");
  }

  private void tell() {
    progress.close(); // so that the prompt stands on a line of its own
    err.println(begin(progress.drawsBar(), ProgressDisplay.isTerminal()) + "lines: " + message());
    err.flush();
  }

  /// Behind the ^C that terminals show, unless the end of a bar has begun a line.
  static String begin(boolean isBar, boolean isTerminal) {
    return isTerminal && !isBar ? System.lineSeparator() : "";
  }

  String message() {
    return became.get();
  }

  private static String became(Location out, String before) {
    if (!out.isLocal()) {
      return "interrupted; look whether %s is complete".formatted(out);
    }
    return state(out).equals(before)
        ? "interrupted: nothing was written to " + out
        : "interrupted, but %s is complete".formatted(out);
  }

  /// What tells one output from another at the same place.
  private static String state(Location place) {
    if (!place.isLocal()) {
      return "";
    }
    try {
      BasicFileAttributes attributes =
          Files.readAttributes(place.path(), BasicFileAttributes.class);
      return attributes.fileKey() + " " + attributes.creationTime();
    } catch (IOException _) {
      return "";
    }
  }

  @Override
  public void close() {
    onExit.disarm();
  }
}

package org.lines4j.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import org.lines4j.error.Shown;
import org.lines4j.storage.Location;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/// How a command runs and what it says: results on standard output, everything else on standard
/// error.
@SuppressWarnings("NullAway.Init") // picocli sets the spec
public final class RunMixin {
  /// For picocli.
  public RunMixin() {}

  @Spec(Target.MIXEE)
  private CommandSpec spec;

  @Option(
      names = "--json",
      description = "Print one JSON document on standard output; of an error, too.")
  private boolean json;

  @Option(
      names = "--quiet",
      description = "Show results and errors alone: no progress, no messages.")
  private boolean quiet;

  /// Who reads how far a run is.
  enum Reader {
    /// A person.
    TEXT,
    /// A program.
    JSON
  }

  @Option(
      names = "--progress",
      paramLabel = "FORM",
      converter = Choice.Readers.class,
      completionCandidates = Choice.Readers.class,
      description = {
        "Tell progress as text (default), or as json: a line of JSON on standard error for each"
            + " step, with phase, done and total."
      })
  private Reader reader = Reader.TEXT;

  @Option(names = "--debug", description = "Show the stack trace of an error.")
  @SuppressWarnings("UnusedVariable") // declared for the help text; Main looks for it itself
  private boolean debug;

  @Mixin
  @SuppressWarnings("UnusedVariable") // its option is read by picocli
  private HelpMixin help;

  /// Whether the result is to be JSON.
  public boolean isJson() {
    return json;
  }

  /// Prints a line of a result.
  public void print(String line) {
    out().println(Shown.message(line));
  }

  /// Where results go.
  public PrintWriter out() {
    return spec.commandLine().getOut();
  }

  /// Tells the user something, unless nothing is to be said. Lines after the first begin with two
  /// spaces.
  public void say(String message) {
    if (!quiet) {
      PrintWriter err = spec.commandLine().getErr();
      err.println(Shown.message(message));
      err.flush();
    }
  }

  /// Tells on standard error if the run is ended from outside, until it is closed.
  Interruption interruption(ProgressDisplay progress, Location output) {
    return Interruption.of(progress, spec.commandLine().getErr(), output);
  }

  /// Tells the same of a search.
  Interruption interruption(Path search) {
    return Interruption.ofSearch(spec.commandLine().getErr(), search);
  }

  /// A display of progress in bytes, which the caller closes.
  public ProgressDisplay progress() {
    return progress(ProgressDisplay.Unit.MEGABYTES);
  }

  /// A display of progress, which the caller closes.
  public ProgressDisplay progress(ProgressDisplay.Unit unit) {
    PrintWriter err = spec.commandLine().getErr();
    return quiet
        ? ProgressDisplay.none()
        : reader == Reader.JSON ? ProgressDisplay.json(err) : ProgressDisplay.on(err, unit);
  }
}

package org.lines4j.cli;

import java.io.PrintWriter;
import org.jspecify.annotations.Nullable;
import org.lines4j.plan.Progress;
import org.lines4j.plan.RunOptions;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/// How a command runs and what it says: results on standard output, everything else on standard
/// error.
@SuppressWarnings("NullAway.Init") // picocli sets the spec
final class RunMixin {
  @Spec(Target.MIXEE)
  private CommandSpec spec;

  @Option(names = "--json", description = "Print one JSON document on standard output.")
  private boolean json;

  @Option(names = "--quiet", description = "No progress and no messages but errors.")
  private boolean quiet;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "How many threads work (default: two a processor, at most 16).")
  private @Nullable Integer threads;

  @Option(names = "--debug", description = "Show where an error comes from.")
  @SuppressWarnings("UnusedVariable") // declared for the help text; Main looks for it itself
  private boolean debug;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help.")
  @SuppressWarnings("UnusedVariable") // read by picocli
  private boolean help;

  /// Whether the result is to be JSON.
  boolean isJson() {
    return json;
  }

  /// Where results go.
  PrintWriter out() {
    return spec.commandLine().getOut();
  }

  /// Tells the user something, unless nothing is to be said.
  void say(String message) {
    if (!quiet) {
      PrintWriter err = spec.commandLine().getErr();
      err.println(message);
      err.flush();
    }
  }

  /// The options, with progress shown to `display`.
  RunOptions options(Progress display) {
    VectorModule.resolve();
    RunOptions options = RunOptions.defaults().withProgress(display);
    return threads == null ? options : options.withThreads(threads);
  }

  /// A display of progress, which the caller closes.
  ProgressDisplay progress() {
    return quiet ? ProgressDisplay.none() : ProgressDisplay.on(spec.commandLine().getErr());
  }
}

package org.lines4j.cli;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `lines generate-completion`.
@Command(
    name = "generate-completion",
    header = "Print a completion script for bash and zsh.",
    description = {
      "To complete commands and options with the tab key in this shell:",
      "",
      "  source <(./lines generate-completion)"
    })
@SuppressWarnings("NullAway.Init") // picocli sets the spec
final class CompletionCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help and exit.")
  @SuppressWarnings("UnusedVariable") // read by picocli
  private boolean help;

  CompletionCommand() {}

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    CommandSpec root = spec.root();
    out.print(AutoComplete.bash(root.name(), root.commandLine()));
    out.flush();
    return 0;
  }
}

package org.lines4j.cli;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
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

  @Mixin
  @SuppressWarnings("UnusedVariable") // its option is read by picocli
  private HelpMixin help;

  CompletionCommand() {}

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    CommandSpec root = spec.root();
    LabOutline.addTo(root.commandLine());
    out.print(AutoComplete.bash(root.name(), root.commandLine()));
    out.flush();
    return 0;
  }
}

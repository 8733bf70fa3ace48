package org.lines4j.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.lines4j.storage.Location;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
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
    root.subcommands().values().forEach(CompletionCommand::completePaths);
    out.print(AutoComplete.bash(root.name(), root.commandLine()));
    out.flush();
    return 0;
  }

  /// Models mostly lie on this machine, and picocli completes files where a path is wanted.
  private static void completePaths(CommandLine command) {
    CommandSpec spec = command.getCommandSpec();
    for (OptionSpec option : List.copyOf(spec.options())) {
      if (option.type().equals(Location.class)) {
        spec.remove(option);
        spec.addOption(OptionSpec.builder(option.names()).type(Path.class).build());
      }
    }
    for (PositionalParamSpec place : List.copyOf(spec.positionalParameters())) {
      if (place.type().equals(Location.class)) {
        spec.remove(place);
        spec.addPositional(
            PositionalParamSpec.builder().index(place.index()).type(Path.class).build());
      }
    }
  }
}

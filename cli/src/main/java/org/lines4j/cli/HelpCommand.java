package org.lines4j.cli;

import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/// `lines help`.
@Command(
    name = "help",
    helpCommand = true,
    header = "Show the help of a command.",
    customSynopsis = "lines help [COMMAND]")
@SuppressWarnings("NullAway.Init") // picocli sets the spec
final class HelpCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(
      arity = "0..*",
      paramLabel = "COMMAND",
      completionCandidates = Main.Names.class,
      description = "Such as edit, or lab train (default: the help of lines itself).")
  private List<String> commands = List.of();

  @Mixin
  @SuppressWarnings("UnusedVariable") // its option is read by picocli
  private HelpMixin help;

  HelpCommand() {}

  @Override
  public Integer call() {
    CommandLine lines = Objects.requireNonNull(spec.parent()).commandLine();
    List<String> unknown = spec.commandLine().getUnmatchedArguments();
    if (!unknown.isEmpty()) { // picocli lets a command that helps have anything
      throw new UnmatchedArgumentException(spec.commandLine(), unknown);
    }
    CommandLine shown = lines;
    for (String command : commands) {
      CommandLine next = shown.getSubcommands().get(command);
      if (next == null) {
        throw new UnmatchedArgumentException(shown, List.of(command));
      }
      shown = next;
    }
    shown.usage(lines.getOut());
    return 0;
  }
}

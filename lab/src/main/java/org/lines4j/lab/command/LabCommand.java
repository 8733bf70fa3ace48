package org.lines4j.lab.command;

import java.util.concurrent.Callable;
import org.lines4j.cli.HelpMixin;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// `lines lab`.
@Command(
    name = "lab",
    header = "Train models, edit and merge them, and measure it.",
    description = {
      "The evidence. text: a public sentence encoder; icons: a small CLIP of icons;",
      "paper: the paper's own checkpoints. train and eval: images rendered by program,",
      "the smallest models to try things on. The first call fetches PyTorch (115 MB),",
      "the encoder (83 MB) and texts."
    },
    subcommands = {
      LabTrainCommand.class,
      LabEvalCommand.class,
      LabTextCommand.class,
      LabIconsCommand.class,
      LabPaperCommand.class,
      LabTablesCommand.class
    })
@SuppressWarnings("NullAway.Init") // picocli sets the spec
final class LabCommand implements Callable<Integer> {
  private static final int WRONG_COMMAND = 2;

  @Spec private CommandSpec spec;

  @Mixin
  @SuppressWarnings("UnusedVariable") // its option is read by picocli
  private HelpMixin help;

  LabCommand() {}

  /// `lines lab` alone: what there is, as an error, for nothing was done.
  @Override
  public Integer call() {
    spec.commandLine().usage(spec.commandLine().getErr());
    return WRONG_COMMAND;
  }
}

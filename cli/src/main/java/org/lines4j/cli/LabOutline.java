package org.lines4j.cli;

import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/// The commands of the lab by their names and options alone, for completion: the lab itself is an
/// application of its own, with PyTorch. A test of the lab compares.
final class LabOutline {
  private static final List<String> RUN = List.of("--json", "--quiet", "--debug", "-h", "--help");
  private static final List<String> LAB = List.of("--out", "--quick", "--parallel");

  private LabOutline() {}

  /// Adds the commands that a command line lacks.
  static void addTo(CommandLine line) {
    if (!line.getSubcommands().containsKey("demo")) {
      line.addSubcommand("demo", command("demo", "--out", "--texts"));
    }
    if (!line.getSubcommands().containsKey("lab")) {
      line.addSubcommand("lab", lab());
    }
  }

  private static CommandSpec lab() {
    CommandSpec lab = CommandSpec.create().name("lab");
    lab.addOption(flag("-h")).addOption(flag("--help"));
    lab.addSubcommand("train", with(command("train", "--seed"), LAB));
    lab.addSubcommand(
        "eval", command("eval", "--tasks", "--heads", "--split", "--shift", "--images", "--seed"));
    for (String name : List.of("text", "icons")) {
      lab.addSubcommand(
          name, with(command(name, "--seeds", "--tasks", "--rates", "--methods"), LAB));
    }
    lab.addSubcommand(
        "paper",
        with(
            command(
                "paper",
                "--model",
                "--tasks",
                "--checkpoints",
                "--from",
                "--evaluate",
                "--methods"),
            LAB));
    lab.addSubcommand("tables", command("tables", "--docs", "--html", "--readme"));
    return lab;
  }

  private static CommandSpec command(String name, String... options) {
    CommandSpec command = with(CommandSpec.create().name(name), List.of(options));
    RUN.forEach(option -> command.addOption(flag(option)));
    command.addOption(value("--progress"));
    return command;
  }

  private static CommandSpec with(CommandSpec command, List<String> options) {
    options.stream()
        .map(name -> name.equals("--quick") ? flag(name) : value(name))
        .forEach(command::addOption);
    return command;
  }

  private static OptionSpec flag(String name) {
    return OptionSpec.builder(name).build();
  }

  private static OptionSpec value(String name) {
    return OptionSpec.builder(name).type(java.nio.file.Path.class).build();
  }
}

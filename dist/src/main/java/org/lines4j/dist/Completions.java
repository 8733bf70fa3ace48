package org.lines4j.dist;

import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.lines4j.cli.Main;
import org.lines4j.dist.site.HelpLines;
import org.lines4j.storage.Location;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/// Completions for shells, from what the command line says of itself.
final class Completions {
  private static final Pattern OF_ZSH = Pattern.compile("[\\\\\\[\\]:]");

  private Completions() {}

  static void write(Path image) throws IOException {
    Path folder = Files.createDirectories(image.resolve("share/completions"));
    CommandLine lines = Main.commandLine();
    Files.writeString(folder.resolve("lines.bash"), bash());
    Files.writeString(folder.resolve("_lines"), zsh(lines));
    Files.writeString(folder.resolve("lines.fish"), fish(lines));
  }

  private static String bash() {
    StringWriter script = new StringWriter();
    Main.run(new String[] {"generate-completion"}, script, new StringWriter());
    return script.toString();
  }

  /// A function for each command: zsh finds `_lines` in a folder of its `fpath`.
  static String zsh(CommandLine lines) {
    StringBuilder script = new StringBuilder("#compdef lines\n\n");
    StringBuilder names = new StringBuilder();
    for (Map.Entry<String, CommandLine> command : lines.getSubcommands().entrySet()) {
      CommandSpec spec = command.getValue().getCommandSpec();
      names.append("    ").append(quoted(command.getKey() + ":" + header(spec))).append('\n');
      List<String> words = new ArrayList<>();
      for (OptionSpec option : shown(spec)) {
        for (String name : option.names()) {
          words.add(quoted(name + "[" + zshText(description(option)) + "]" + zshValue(option)));
        }
      }
      words.add("'*:argument:_files'");
      script.append(
          "_lines_%s() {\n  _arguments -s \\\n    %s\n}\n\n"
              .formatted(function(command.getKey()), String.join(" \\\n    ", words)));
    }
    return script
        .append(
            """
            _lines() {
              local -a commands=(
            %s  )
              if (( CURRENT == 2 )); then
                _describe command commands
                return
              fi
              local function=_lines_${words[2]//-/_}
              shift words
              (( CURRENT-- ))
              (( $+functions[$function] )) && $function
            }

            _lines "$@"
            """
                .formatted(names))
        .toString();
  }

  private static String function(String command) {
    return command.replace('-', '_');
  }

  private static String zshValue(OptionSpec option) {
    if (option.arity().max() == 0) {
      return "";
    }
    String values = candidates(option);
    String offer = !values.isEmpty() ? "(" + values + ")" : takesFile(option) ? "_files" : " ";
    return ":" + zshText(option.paramLabel()) + ":" + offer;
  }

  private static String zshText(String text) {
    return OF_ZSH.matcher(text).replaceAll("\\\\$0");
  }

  /// A line for each command and option.
  static String fish(CommandLine lines) {
    StringBuilder script = new StringBuilder();
    for (Map.Entry<String, CommandLine> command : lines.getSubcommands().entrySet()) {
      CommandSpec spec = command.getValue().getCommandSpec();
      script.append(
          "complete -c lines -f -n __fish_use_subcommand -a %s -d %s\n"
              .formatted(command.getKey(), fishText(header(spec))));
      for (OptionSpec option : shown(spec)) {
        script
            .append("complete -c lines -n '__fish_seen_subcommand_from ")
            .append(command.getKey())
            .append('\'');
        for (String name : option.names()) {
          script.append(name.startsWith("--") ? " -l " : " -s ");
          script.append(name.replaceFirst("^--?", ""));
        }
        script.append(fishValue(option)).append(" -d ").append(fishText(description(option)));
        script.append('\n');
      }
    }
    return script.toString();
  }

  private static String fishValue(OptionSpec option) {
    if (option.arity().max() == 0) {
      return "";
    }
    String values = candidates(option);
    return !values.isEmpty() ? " -x -a " + fishText(values) : takesFile(option) ? " -r -F" : " -x";
  }

  private static String fishText(String text) {
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'";
  }

  private static List<OptionSpec> shown(CommandSpec spec) {
    return spec.options().stream().filter(option -> !option.hidden()).toList();
  }

  private static boolean takesFile(ArgSpec argument) {
    return argument.type().equals(Path.class) || argument.type().equals(Location.class);
  }

  /// The values that an option may have, where they are few.
  private static String candidates(ArgSpec argument) {
    if (argument.completionCandidates() == null) {
      return "";
    }
    List<String> candidates = new ArrayList<>();
    argument.completionCandidates().forEach(candidates::add);
    return String.join(" ", candidates);
  }

  private static String header(CommandSpec spec) {
    return text(spec.usageMessage().header());
  }

  /// The first sentence.
  private static String description(OptionSpec option) {
    return text(option.description()).replaceFirst("(?<=[a-z)])\\. .*", "");
  }

  private static String text(String[] lines) {
    return HelpLines.plain(lines).stream()
        .map(String::strip)
        .filter(line -> !line.isEmpty())
        .collect(Collectors.joining(" "));
  }

  /// A word for zsh, whatever is in it.
  private static String quoted(String text) {
    return "'" + text.replace("'", "'\\''") + "'";
  }
}

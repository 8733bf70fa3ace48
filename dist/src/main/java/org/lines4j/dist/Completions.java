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
    zshFunctions(script, "_lines", lines);
    return script.append("_lines \"$@\"\n").toString();
  }

  private static void zshFunctions(StringBuilder script, String function, CommandLine command) {
    Map<String, CommandLine> parts = command.getSubcommands();
    parts.forEach((name, part) -> zshFunctions(script, function + "_" + inName(name), part));
    script.append(function).append("() {\n");
    script.append(parts.isEmpty() ? zshArguments(command) : zshChoice(function, parts));
    script.append("}\n\n");
  }

  private static String zshArguments(CommandLine command) {
    CommandSpec spec = command.getCommandSpec();
    List<String> words = new ArrayList<>();
    for (OptionSpec option : shown(spec)) {
      for (String name : option.names()) {
        words.add(quoted(name + "[" + zshText(description(option)) + "]" + zshValue(option)));
      }
    }
    String values = places(spec);
    words.add(values.isEmpty() ? "'*:argument:_files'" : quoted("*:argument:(" + values + ")"));
    return "  _arguments -s \\\n    %s\n".formatted(String.join(" \\\n    ", words));
  }

  private static String zshChoice(String function, Map<String, CommandLine> commands) {
    StringBuilder names = new StringBuilder();
    commands.forEach(
        (name, command) ->
            names
                .append("    ")
                .append(quoted(name + ":" + header(command.getCommandSpec())))
                .append('\n'));
    return """
      local -a commands=(
    %s  )
      if (( CURRENT == 2 )); then
        _describe command commands
        return
      fi
      local function=%s_${words[2]//-/_}
      shift words
      (( CURRENT-- ))
      (( $+functions[$function] )) && $function
    """
        .formatted(names, function);
  }

  private static String inName(String command) {
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
    fishCommands(script, "", lines);
    return script.toString();
  }

  /// @param seen the condition of fish under which the command's own parts are offered
  private static void fishCommands(StringBuilder script, String seen, CommandLine parent) {
    Map<String, CommandLine> commands = parent.getSubcommands();
    String none =
        seen.isEmpty()
            ? "__fish_use_subcommand"
            : seen + "; and not __fish_seen_subcommand_from " + String.join(" ", commands.keySet());
    commands.forEach(
        (name, command) -> {
          CommandSpec spec = command.getCommandSpec();
          script.append(
              "complete -c lines -f -n %s -a %s -d %s\n"
                  .formatted(fishText(none), name, fishText(header(spec))));
          String chosen =
              (seen.isEmpty() ? "" : seen + "; and ") + "__fish_seen_subcommand_from " + name;
          fishArguments(script, chosen, spec);
          if (!command.getSubcommands().isEmpty()) {
            fishCommands(script, chosen, command);
          }
        });
  }

  private static void fishArguments(StringBuilder script, String chosen, CommandSpec spec) {
    String values = places(spec);
    if (!values.isEmpty()) {
      script.append(
          "complete -c lines -f -n %s -a %s\n".formatted(fishText(chosen), fishText(values)));
    }
    for (OptionSpec option : shown(spec)) {
      script.append("complete -c lines -n ").append(fishText(chosen));
      for (String name : option.names()) {
        script.append(name.startsWith("--") ? " -l " : " -s ");
        script.append(name.replaceFirst("^--?", ""));
      }
      script.append(fishValue(option)).append(" -d ").append(fishText(description(option)));
      script.append('\n');
    }
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

  /// The words that may stand in a command's place, where they are few.
  private static String places(CommandSpec spec) {
    return spec.positionalParameters().stream()
        .map(Completions::candidates)
        .collect(Collectors.joining(" "))
        .strip();
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

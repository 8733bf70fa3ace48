package org.lines4j.dist;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.lines4j.cli.Main;
import org.lines4j.dist.site.HelpLines;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/// Manual pages (man-pages(7)), from what the command line says of itself.
final class Manuals {
  private Manuals() {}

  static void write(Release release, Path image) throws IOException {
    Path pages = Files.createDirectories(image.resolve("share/man/man1"));
    String edition =
        "\"%s\" \"lines %s\""
            .formatted(LocalDate.ofInstant(release.time(), ZoneOffset.UTC), release.version());
    write(pages, edition, "lines", Main.commandLine());
  }

  /// A page for a command and one for each of its own: `lines-lab-run.1`.
  private static void write(Path pages, String edition, String name, CommandLine command)
      throws IOException {
    Files.writeString(pages.resolve(name + ".1"), page(name, edition, command.getCommandSpec()));
    for (Map.Entry<String, CommandLine> part : command.getSubcommands().entrySet()) {
      write(pages, edition, name + "-" + part.getKey(), part.getValue());
    }
  }

  private static String page(String name, String edition, CommandSpec spec) {
    StringBuilder page = new StringBuilder();
    page.append(".TH ")
        .append(name.toUpperCase(java.util.Locale.ROOT))
        .append(" 1 ")
        .append(edition)
        .append('\n');
    page.append(".SH NAME\n").append(text(name)).append(" \\- ");
    page.append(text(String.join(" ", HelpLines.plain(spec.usageMessage().header())))).append('\n');
    page.append(".SH SYNOPSIS\n.nf\n");
    page.append(text(new CommandLine.Help(spec).synopsis(0).strip())).append("\n.fi\n");
    section(page, "DESCRIPTION", HelpLines.plain(spec.usageMessage().description()));
    if (!spec.subcommands().isEmpty()) {
      page.append(".SH COMMANDS\n");
      for (Map.Entry<String, CommandLine> command : spec.subcommands().entrySet()) {
        term(
            page,
            command.getKey(),
            HelpLines.plain(command.getValue().getCommandSpec().usageMessage().header()));
      }
    }
    if (!spec.positionalParameters().isEmpty()) {
      page.append(".SH ARGUMENTS\n");
      for (PositionalParamSpec argument : spec.positionalParameters()) {
        term(page, argument.paramLabel(), HelpLines.plain(argument.description()));
      }
    }
    page.append(".SH OPTIONS\n");
    for (OptionSpec option : spec.options()) {
      if (!option.hidden()) {
        term(page, names(option), HelpLines.plain(option.description()));
      }
    }
    section(page, "NOTES", HelpLines.plain(spec.usageMessage().footer()));
    return page.toString();
  }

  private static String names(OptionSpec option) {
    String names = String.join(", ", option.names());
    return option.arity().max() == 0 ? names : names + " " + option.paramLabel();
  }

  private static void section(StringBuilder page, String title, List<String> lines) {
    if (lines.stream().anyMatch(line -> !line.isBlank())) {
      page.append(".SH ").append(title).append("\n.nf\n");
      lines.forEach(line -> page.append(text(line)).append('\n'));
      page.append(".fi\n");
    }
  }

  private static void term(StringBuilder page, String term, List<String> lines) {
    page.append(".TP\n.B ").append(text(term)).append('\n');
    page.append(text(String.join(" ", lines))).append('\n');
  }

  /// For roff: a backslash, a hyphen that stays one, a line that begins with a point.
  private static String text(String line) {
    String escaped = line.replace("\\", "\\e").replace("-", "\\-");
    return escaped
        .lines()
        .map(each -> each.startsWith(".") || each.startsWith("'") ? "\\&" + each : each)
        .collect(Collectors.joining("\n"));
  }
}

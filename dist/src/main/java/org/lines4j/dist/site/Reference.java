package org.lines4j.dist.site;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.lines4j.Methods;
import org.lines4j.method.MethodType;
import org.lines4j.method.Parameter;
import org.lines4j.recipe.RecipePart;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/// The reference, as Markdown, from what the code says of itself.
final class Reference {
  private static final Pattern PUNCTUATION = Pattern.compile("[\\\\`*_{}\\[\\]<>()#+!|~&-]");

  private Reference() {}

  /// Every command with its arguments, options and defaults.
  static String commands(CommandLine lines) {
    StringBuilder page = new StringBuilder("# Commands\n\n");
    paragraphs(page, lines.getCommandSpec().usageMessage().header());
    block(page, HelpLines.plain(lines.getCommandSpec().usageMessage().footer()));
    lines.getSubcommands().forEach((name, command) -> command(page, "lines " + name, command));
    return page.toString();
  }

  private static void command(StringBuilder page, String name, CommandLine command) {
    CommandSpec spec = command.getCommandSpec();
    page.append("\n## ").append(text(name)).append("\n\n");
    paragraphs(page, spec.usageMessage().header());
    block(page, new Help(spec).synopsis(0).strip().lines().toList());
    block(page, HelpLines.plain(spec.usageMessage().description()));
    if (!spec.positionalParameters().isEmpty()) {
      page.append("| argument | is |\n|---|---|\n");
      for (PositionalParamSpec argument : spec.positionalParameters()) {
        row(page, code(argument.paramLabel()), text(argument.description()));
      }
      page.append('\n');
    }
    page.append("| option | default | does |\n|---|---|---|\n");
    for (OptionSpec option : spec.options()) {
      if (!option.hidden()) {
        row(page, code(names(option)), fallback(option), text(option.description()));
      }
    }
    page.append('\n');
    block(page, HelpLines.plain(spec.usageMessage().footer()));
    command
        .getSubcommands()
        .forEach((part, subcommand) -> command(page, name + " " + part, subcommand));
  }

  private static String names(OptionSpec option) {
    String names = String.join(", ", option.names());
    return option.arity().max() == 0 ? names : names + " " + option.paramLabel();
  }

  private static String fallback(OptionSpec option) {
    return Optional.ofNullable(option.defaultValue())
        .filter(value -> !value.isEmpty())
        .map(Reference::code)
        .orElse(option.required() ? "must be given" : "");
  }

  /// Every merge method with what it says of itself.
  static String methods() {
    List<MethodType> methods = Methods.all();
    StringBuilder page = new StringBuilder("# Merge methods\n\n");
    page.append("What `lines methods NAME` says. [Which one first?](../docs/methods.md)\n\n");
    page.append("| method | base | does |\n|---|---|---|\n");
    for (MethodType method : methods) {
      row(
          page,
          "[%s](#%s)".formatted(code(method.name()), method.name()),
          lower(method.baseUse()),
          text(method.summary()));
    }
    methods.forEach(method -> method(page, method));
    return page.toString();
  }

  private static void method(StringBuilder page, MethodType method) {
    page.append("\n## ").append(text(method.name())).append("\n\n");
    page.append(text(method.summary())).append("\n\n");
    block(page, method.equation().lines().toList());
    item(page, "Base model", lower(method.baseUse()));
    item(page, "Models", method.modelsInWords());
    item(page, "Source", method.citation());
    item(page, "Cost", method.cost());
    item(page, "Advice", method.advice());
    page.append('\n');
    if (!method.parameters().isEmpty()) {
      page.append("| parameter | of | default | values | does |\n|---|---|---|---|---|\n");
      for (Parameter parameter : method.parameters()) {
        row(
            page,
            code(parameter.name()),
            parameter.scope() == Parameter.Scope.GLOBAL ? "the merge" : "each model",
            parameter.fallback().map(value -> code(value.toString())).orElse("must be given"),
            text(parameter.values().inWords()),
            text(
                parameter.description()
                    + parameter.condition().map(where -> "; only where " + where).orElse("")));
      }
    }
  }

  private static void item(StringBuilder page, String name, String text) {
    if (!text.isEmpty()) {
      page.append("- **").append(name).append(":** ").append(text(text)).append('\n');
    }
  }

  /// The keys of recipes, by where they stand.
  static String recipes() {
    StringBuilder page = new StringBuilder("# Keys of recipes\n\n");
    page.append(
        """
        Recipes are mergekit's, with `lines`, `calibrate` and `path` beside its keys. A key that is not here is an
        error, but for those that begin with `x-`. A parameter is a value, a list over depth, or a list by tensor;
        [each method](methods.md) says which it takes. [Where merges differ from mergekit](../docs/differences.md).

        """);
    for (RecipePart part : RecipePart.values()) {
      page.append("## ").append(text(part.title())).append("\n\n| key | says |\n|---|---|\n");
      part.keys().forEach(key -> row(page, code(key.name()), text(key.description())));
      page.append('\n');
    }
    return page.toString();
  }

  private static void paragraphs(StringBuilder page, String[] lines) {
    page.append(text(lines)).append("\n\n");
  }

  private static void block(StringBuilder page, List<String> lines) {
    if (lines.stream().anyMatch(line -> !line.isBlank())) {
      page.append("```\n").append(String.join("\n", lines).strip()).append("\n```\n\n");
    }
  }

  private static void row(StringBuilder page, String... cells) {
    page.append("| ").append(String.join(" | ", cells)).append(" |\n");
  }

  private static String text(String[] lines) {
    return text(
        HelpLines.plain(lines).stream().map(String::strip).collect(Collectors.joining(" ")));
  }

  /// Text that Markdown takes for nothing else.
  private static String text(String text) {
    return PUNCTUATION.matcher(text.replaceAll("\\s+", " ")).replaceAll("\\\\$0");
  }

  private static String code(String text) {
    return "`" + text.replace("|", "\\|") + "`";
  }

  private static String lower(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }
}

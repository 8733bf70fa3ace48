package org.lines4j.recipe;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.lines4j.error.Shown;
import org.lines4j.layers.DepthProfile;
import org.lines4j.layers.LayerScaling.Outside;
import org.lines4j.merge.Lines;
import org.lines4j.merge.Recipe;
import org.lines4j.merge.Recipe.ModelUse;
import org.lines4j.merge.Recipe.Slice;
import org.lines4j.merge.Recipe.TokenRule;
import org.lines4j.merge.Recipe.TokenSource;
import org.lines4j.merge.Recipe.Tokenizer;
import org.lines4j.merge.Recipe.TokenizerSource;
import org.lines4j.merge.Setting;
import org.lines4j.merge.Setting.Case;
import org.lines4j.merge.Stage;

/// A recipe as a file that [RecipeFile] reads.
///
/// Texts are written in double quotes, so nothing in them can be taken for something else.
public final class RecipeYaml {
  private final StringBuilder yaml = new StringBuilder();
  private final UnaryOperator<String> models;

  private RecipeYaml(UnaryOperator<String> models) {
    this.models = models;
  }

  /// The recipe's YAML.
  ///
  /// @param models from the recipe's name of a model to what the file will call it
  /// @param comments lines to begin with
  public static String of(Recipe recipe, UnaryOperator<String> models, List<String> comments) {
    return of(List.of(new Stage("", recipe)), models, comments);
  }

  private void comment(String comment) {
    yaml.append("# ").append(Shown.whole(comment.replaceAll("\\R", " "))).append('\n');
  }

  /// The YAML of stages in their order.
  ///
  /// @param models as for one recipe, but for what stages make: that is called as they are
  public static String of(List<Stage> stages, UnaryOperator<String> models, List<String> comments) {
    RecipeYaml writer = new RecipeYaml(models);
    comments.forEach(writer::comment);
    for (Stage stage : stages) {
      if (!stage.equals(stages.getFirst())) {
        writer.yaml.append("---\n");
      }
      if (!stage.name().isEmpty()) {
        writer.line("", "name", quoted(stage.name()));
      }
      writer.write(stage.recipe());
    }
    return writer.yaml.toString();
  }

  private void write(Recipe recipe) {
    line("", "merge_method", quoted(recipe.method()));
    recipe.baseModel().ifPresent(base -> line("", "base_model", model(base)));
    recipe.module().ifPresent(this::module);
    String indent = recipe.module().isPresent() ? "    " : "";
    if (recipe.mergesWholeModels()) {
      line(indent, "models", "");
      recipe.slices().getFirst().sources().forEach(use -> write(indent, use));
    } else {
      line(indent, "slices", "");
      recipe.slices().forEach(slice -> write(indent, slice));
    }
    parameters("", recipe.parameters());
    recipe.lines().ifPresent(lines -> line("", "lines", lines(lines)));
    recipe.dtype().ifPresent(type -> line("", "dtype", type.torchName()));
    recipe.outDtype().ifPresent(type -> line("", "out_dtype", type.torchName()));
    recipe.tokenizer().ifPresent(tokenizer -> line("", "tokenizer", tokenizer(tokenizer)));
    recipe.chatTemplate().ifPresent(template -> line("", "chat_template", quoted(template)));
  }

  private void module(String name) {
    line("", "modules", "");
    line("  ", quoted(name), "");
  }

  private void write(String indent, Slice slice) {
    String deeper = indent + "  ";
    line(indent + "- ", "sources", "");
    slice.sources().forEach(use -> write(deeper, use));
    slice.baseModel().ifPresent(base -> line(deeper, "base_model", model(base)));
    parameters(deeper, slice.parameters());
  }

  private void write(String indent, ModelUse use) {
    line(indent + "- ", "model", model(use.model()));
    use.layers()
        .ifPresent(
            range ->
                line(
                    indent + "  ",
                    "layer_range",
                    "[%d, %d]".formatted(range.start(), range.end())));
    parameters(indent + "  ", use.parameters());
  }

  private void parameters(String indent, Map<String, Setting> parameters) {
    if (!parameters.isEmpty()) {
      line(indent, "parameters", "");
      parameters.forEach((name, setting) -> line(indent + "  ", quoted(name), setting(setting)));
    }
  }

  private void line(String indent, String key, String value) {
    yaml.append(indent).append(key).append(value.isEmpty() ? ":" : ": ").append(value).append('\n');
  }

  private static String setting(Setting setting) {
    boolean isPlain = setting.cases().size() == 1 && setting.cases().getFirst().filter().isEmpty();
    return isPlain
        ? values(setting.cases().getFirst())
        : setting.cases().stream().map(RecipeYaml::filtered).collect(list());
  }

  private static String filtered(Case c) {
    String filter = c.filter().map(text -> "filter: " + quoted(text) + ", ").orElse("");
    return "{%svalue: %s}".formatted(filter, values(c));
  }

  private static String values(Case c) {
    return c.values().size() == 1
        ? value(c.values().getFirst())
        : c.values().stream().map(RecipeYaml::value).collect(list());
  }

  private static java.util.stream.Collector<CharSequence, ?, String> list() {
    return Collectors.joining(", ", "[", "]");
  }

  private static String value(Object value) {
    return switch (value) {
      case Double number -> number(number);
      case Boolean flag -> flag.toString();
      default -> quoted(value.toString());
    };
  }

  private static String number(double value) {
    boolean isWhole = value == Math.rint(value) && Math.abs(value) < 1e15;
    return isWhole ? String.valueOf((long) value) : String.valueOf(value);
  }

  private static String lines(Lines lines) {
    return "{alpha: %s, beta: %s%s%s}"
        .formatted(
            lines.alpha().map(RecipeYaml::number).orElse("auto"),
            number(lines.beta()),
            lines.outside() == Outside.DEPTH ? ", outside: depth" : "",
            lines.profile() == DepthProfile.LINES ? "" : ", profile: " + lines.profile().title());
  }

  private String tokenizer(Tokenizer tokenizer) {
    String source =
        switch (tokenizer.source()) {
          case TokenizerSource.Base _ -> "base";
          case TokenizerSource.Union _ -> "union";
          case TokenizerSource.OfModel(String name) -> model(name);
        };
    String tokens =
        tokenizer.tokens().entrySet().stream()
            .map(entry -> quoted(entry.getKey()) + ": " + rule(entry.getValue()))
            .collect(Collectors.joining(", ", "{", "}"));
    String multiple =
        tokenizer.padToMultipleOf().isPresent()
            ? ", pad_to_multiple_of: " + tokenizer.padToMultipleOf().getAsInt()
            : "";
    return "{source: %s, tokens: %s%s}".formatted(source, tokens, multiple);
  }

  private String rule(TokenRule rule) {
    Optional<String> source =
        switch (rule.source()) {
          case TokenSource.Unsaid _ -> Optional.empty();
          case TokenSource.Zero _ -> Optional.of("{kind: zero}");
          case TokenSource.SameToken(String name) -> Optional.of(model(name));
          case TokenSource.OtherToken(String name, String token) ->
              Optional.of(
                  "{kind: model_token, model: %s, token: %s}"
                      .formatted(model(name), quoted(token)));
          case TokenSource.TokenNumber(String name, int id) ->
              Optional.of(
                  "{kind: model_token, model: %s, token_id: %d}".formatted(model(name), id));
        };
    return "{%sforce: %s}"
        .formatted(source.map(s -> "source: " + s + ", ").orElse(""), rule.force());
  }

  private String model(String name) {
    return quoted(models.apply(name));
  }

  private static String quoted(String text) {
    String escaped = text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
    return "\"" + Shown.whole(escaped) + "\"";
  }
}

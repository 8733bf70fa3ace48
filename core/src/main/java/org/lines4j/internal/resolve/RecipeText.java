package org.lines4j.internal.resolve;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.lines4j.internal.work.ResolvedTensors;
import org.lines4j.merge.Recipe;
import org.lines4j.merge.Recipe.ModelUse;
import org.lines4j.merge.Recipe.Slice;
import org.lines4j.merge.Recipe.TokenRule;
import org.lines4j.merge.Recipe.TokenSource;
import org.lines4j.merge.Recipe.Tokenizer;
import org.lines4j.merge.Recipe.TokenizerSource;
import org.lines4j.merge.Setting;

/// A recipe in words, for model cards.
public final class RecipeText {
  private RecipeText() {}

  /// Everything that a recipe says, setting by setting.
  public static Map<String, String> settings(Recipe recipe) {
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("merge_method", recipe.method());
    recipe.baseModel().ifPresent(base -> settings.put("base_model", base));
    for (int i = 0; i < recipe.slices().size(); i++) {
      Slice slice = recipe.slices().get(i);
      String prefix = recipe.mergesWholeModels() ? "" : "slice " + (i + 1) + ", ";
      for (int j = 0; j < slice.sources().size(); j++) {
        settings.put(prefix + "model " + (j + 1), model(slice.sources().get(j)));
      }
      slice.baseModel().ifPresent(base -> settings.put(prefix + "base_model", base));
      slice.parameters().forEach((name, value) -> settings.put(prefix + name, value(value)));
    }
    recipe.parameters().forEach((name, value) -> settings.put(name, value(value)));
    recipe
        .lines()
        .ifPresent(lines -> settings.put(ResolvedTensors.LINES_SETTING, lines.description()));
    recipe.tokenizer().ifPresent(tokenizer -> settings.put("tokenizer", tokenizer(tokenizer)));
    recipe.chatTemplate().ifPresent(template -> settings.put("chat_template", template));
    recipe.dtype().ifPresent(type -> settings.put("dtype", type.torchName()));
    recipe.outDtype().ifPresent(type -> settings.put("out_dtype", type.torchName()));
    return settings;
  }

  private static String tokenizer(Tokenizer tokenizer) {
    StringBuilder text =
        new StringBuilder(
            switch (tokenizer.source()) {
              case TokenizerSource.Base _ -> "base";
              case TokenizerSource.Union _ -> "union";
              case TokenizerSource.OfModel(String model) -> model;
            });
    tokenizer
        .tokens()
        .forEach(
            (token, rule) ->
                text.append(", %s %s%s".formatted(token, embedding(rule), forced(rule))));
    tokenizer
        .padToMultipleOf()
        .ifPresent(multiple -> text.append(", padded to a multiple of ").append(multiple));
    return text.toString();
  }

  private static String forced(TokenRule rule) {
    return rule.force() ? " in every model" : "";
  }

  private static String embedding(TokenRule rule) {
    return switch (rule.source()) {
      case TokenSource.Unsaid _ -> "added";
      case TokenSource.Zero _ -> "zeros";
      case TokenSource.SameToken(String model) -> "of " + model;
      case TokenSource.OtherToken(String model, String token) -> "as " + token + " of " + model;
      case TokenSource.TokenNumber(String model, int id) -> "as token " + id + " of " + model;
    };
  }

  private static String model(ModelUse use) {
    String layers =
        use.layers()
            .map(range -> ", layers %d to %d".formatted(range.start(), range.end() - 1))
            .orElse("");
    return use.model()
        + layers
        + use.parameters().entrySet().stream()
            .map(entry -> ", " + entry.getKey() + " " + value(entry.getValue()))
            .collect(Collectors.joining());
  }

  private static String value(Setting setting) {
    return setting.cases().stream()
        .map(c -> c.filter().map(filter -> filter + ": ").orElse("") + values(c.values()))
        .collect(Collectors.joining("; "));
  }

  private static String values(List<Object> values) {
    return values.size() == 1 ? String.valueOf(values.getFirst()) : values.toString();
  }
}

package org.lines4j.recipe;

import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.lines4j.error.RequestException;
import org.lines4j.merge.Stage;
import org.lines4j.method.Values;

/// What `path` says: a variable and the values that it goes through.
///
/// @param name empty where the recipe has no path
/// @param line of the recipe
record PathVariable(String name, List<BigDecimal> values, int line) {
  private static final String KEY = "path";
  private static final int MOST_VALUES = 1_000;
  private static final Pattern RANGE =
      Pattern.compile("(-?[0-9.]+(?:e-?[0-9]+)?) *(?:…|\\.\\.\\.) *(-?[0-9.]+(?:e-?[0-9]+)?)");

  /// The path of a recipe.
  static PathVariable of(Entry root) {
    Entry path = root.saidFields().get(KEY);
    if (path == null) {
      return new PathVariable("", List.of(), 0);
    }
    Map<String, Entry> fields = path.fields();
    if (fields.size() != 1) {
      throw path.error("path should name one variable and its values, such as w: [0, 0.1 … 1]");
    }
    Map.Entry<String, Entry> variable = fields.entrySet().iterator().next();
    if (!variable.getKey().matches("[A-Za-z][A-Za-z0-9_]*")) {
      throw path.error("path should name its variable with letters, found " + variable.getKey());
    }
    return new PathVariable(variable.getKey(), values(variable.getValue()), path.line());
  }

  private static List<BigDecimal> values(Entry list) {
    List<BigDecimal> values = new ArrayList<>();
    for (Entry item : list.items()) {
      Matcher range = RANGE.matcher(item.text());
      if (range.matches()) {
        BigDecimal from = decimal(item, range.group(1));
        addRange(item, values, from, decimal(item, range.group(2)));
      } else {
        values.add(decimal(item, item.text()));
      }
    }
    if (values.isEmpty()) {
      throw list.error("path has no values");
    }
    if (values.size() > MOST_VALUES) {
      throw tooMany(list, values.size());
    }
    if (values.stream().distinct().count() != values.size()) {
      throw list.error("path has the same value twice");
    }
    return values;
  }

  private static void addRange(
      Entry item, List<BigDecimal> values, BigDecimal from, BigDecimal to) {
    if (values.isEmpty()) {
      throw item.error("'a … b' needs a number before it to tell the step, such as 0, 0.1 … 1");
    }
    BigDecimal step = from.subtract(values.getLast());
    BigDecimal steps =
        step.signum() == 0 ? BigDecimal.ZERO : to.subtract(from).divideToIntegralValue(step);
    boolean arrives =
        step.signum() != 0
            && steps.signum() >= 0
            && from.add(steps.multiply(step)).compareTo(to) == 0;
    if (!arrives) {
      throw item.error(
          "steps of %s do not lead from %s to %s".formatted(step.toPlainString(), from, to));
    }
    BigDecimal count = steps.add(BigDecimal.valueOf(values.size() + 1L));
    if (count.compareTo(BigDecimal.valueOf(MOST_VALUES)) > 0) {
      throw tooMany(item, count.toPlainString());
    }
    for (int i = 0; i <= steps.intValueExact(); i++) {
      values.add(from.add(step.multiply(BigDecimal.valueOf(i))));
    }
  }

  private static RequestException tooMany(Entry entry, Object count) {
    return entry.error("a path has at most %d values, found %s".formatted(MOST_VALUES, count));
  }

  private static BigDecimal decimal(Entry item, String text) {
    try {
      BigDecimal value = new BigDecimal(text);
      if (Math.abs(value.scale()) > 30 || value.precision() > 30) {
        throw item.error("a value of path has too many digits");
      }
      return value;
    } catch (NumberFormatException e) {
      throw item.error("a path's values should be numbers or 'a … b', found '" + text + "'");
    }
  }

  /// What the variable stands for in each variant; one with nothing bound where there is no path.
  List<Binding> bindings() {
    return name.isEmpty()
        ? List.of(new Binding(name, Optional.empty()))
        : values.stream().map(value -> new Binding(name, Optional.of(value))).toList();
  }

  /// Refuses a path where one model is made.
  void refuse(Stage stage) {
    if (!name.isEmpty()) {
      throw new RequestException(
              stage.recipe().at(line),
              "others use what '%s' makes, so it has no path".formatted(stage.name()))
          .withRemedy("the last recipe may have one");
    }
  }

  /// A path whose variable stands nowhere would make the same output many times.
  void checkUsed(Path file, List<RecipeFile.Variant> variants) {
    if (variants.size() > 1 && variants.get(0).recipe().equals(variants.get(1).recipe())) {
      throw new RequestException(
              file + ":" + line, "path: no parameter is %s or 1 - %s".formatted(name, name))
          .withRemedy("name %s in place of the number that is to change".formatted(name));
    }
  }

  /// One value of the variable.
  record Binding(String name, Optional<BigDecimal> value) {
    /// `w=0.1`, or nothing.
    String label() {
      return value.map(v -> name + "=" + v.stripTrailingZeros().toPlainString()).orElse("");
    }

    /// What a word stands for, if it is the variable or 1 less it.
    Optional<Double> valueOf(Object word) {
      if (value.isEmpty() || !(word instanceof String text)) {
        return Optional.empty();
      }
      if (text.equals(name)) {
        return value.map(BigDecimal::doubleValue);
      }
      return text.replace(" ", "").equals("1-" + name)
          ? value.map(v -> BigDecimal.ONE.subtract(v).doubleValue())
          : Optional.empty();
    }

    /// Whether a word is an expression with the variable that stands for nothing, such as `2*w`.
    boolean isPartOf(Object word) {
      return value.isPresent()
          && word instanceof String text
          && valueOf(text).isEmpty()
          && Pattern.compile("(?<![A-Za-z_])" + name + "(?![A-Za-z0-9_])").matcher(text).find();
    }

    /// In words, what may stand where a number may: `a number, w or 1 - w`.
    ///
    /// @param words that may, too
    String numberOr(String... words) {
      List<String> all = new ArrayList<>(List.of("a number"));
      all.addAll(List.of(words));
      value.ifPresent(_ -> all.addAll(List.of(name, "1 - " + name)));
      return Values.words(all.toArray(String[]::new)).inWords();
    }
  }
}

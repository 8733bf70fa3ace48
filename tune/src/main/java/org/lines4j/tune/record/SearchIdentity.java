package org.lines4j.tune.record;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/// What makes trials comparable: measured by the same evaluator, of the same inputs merged by the
/// same recipe.
///
/// @param recipe hash of the recipe without its scaling
/// @param inputs by name, the hash of each model
/// @param evaluator its own identity
public record SearchIdentity(String recipe, Map<String, String> inputs, String evaluator) {
  private static final int DIGITS_SHOWN = 12;

  public SearchIdentity {
    inputs = Collections.unmodifiableMap(new LinkedHashMap<>(inputs));
  }

  /// In which ways `now` differs from this.
  List<String> differences(SearchIdentity now) {
    List<String> differences = new ArrayList<>();
    if (!recipe.equals(now.recipe)) {
      differences.add("the recipe, layer options or seed: " + change(recipe, now.recipe));
    }
    TreeSet<String> names = new TreeSet<>(inputs.keySet());
    names.addAll(now.inputs.keySet());
    for (String name : names) {
      String before = inputs.getOrDefault(name, "absent");
      String after = now.inputs.getOrDefault(name, "absent");
      if (!before.equals(after)) {
        differences.add("the model " + name + ": " + change(before, after));
      }
    }
    if (!evaluator.equals(now.evaluator)) {
      differences.add("the evaluator: was '%s', is '%s'".formatted(evaluator, now.evaluator));
    }
    return differences;
  }

  private static String change(String before, String after) {
    return "was %s, is %s".formatted(shown(before), shown(after));
  }

  private static String shown(String hash) {
    return hash.length() > DIGITS_SHOWN ? hash.substring(0, DIGITS_SHOWN) + "…" : hash;
  }
}

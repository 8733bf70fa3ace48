package org.lines4j.merge;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.lines4j.error.RequestException;

/// One of several recipes of which later ones use what earlier ones make.
///
/// @param name what the others call the model that it makes; empty for the last, which may do
///   without
/// @param line of the file, for messages; 0 where there is none
public record Stage(String name, Recipe recipe, int line) {
  private static final int MOST_STAGES = 100;
  private static final int LONGEST_NAME = 100;

  /// @throws RequestException if the name is none
  public Stage {
    if (name.length() > LONGEST_NAME || name.chars().anyMatch(Character::isISOControl)) {
      throw new RequestException(
          recipe.at(line),
          "a recipe's name should be one line of at most %d letters".formatted(LONGEST_NAME));
    }
  }

  /// A stage of no file.
  public Stage(String name, Recipe recipe) {
    this(name, recipe, 0);
  }

  /// Stages in the order in which they can be made: each after those that it uses, the last after
  /// all.
  ///
  /// @param stages in any order
  /// @throws RequestException if there are none or too many, two have one name or none, some use
  ///   each other in a circle, or more than one makes what no other uses
  public static List<Stage> inOrder(List<Stage> stages) {
    if (stages.isEmpty()) {
      throw new RequestException("there is no recipe");
    }
    if (stages.size() > MOST_STAGES) {
      throw stages
          .getLast()
          .error(
              "at most %d recipes make one model, found %d".formatted(MOST_STAGES, stages.size()));
    }
    Map<String, Stage> byName = new LinkedHashMap<>();
    for (Stage stage : stages) {
      if (byName.putIfAbsent(stage.name, stage) != null) {
        throw stage
            .error(
                stage.name.isEmpty()
                    ? "two recipes have no name; the last alone can do without"
                    : "two recipes are called '%s'".formatted(stage.name))
            .withRemedy("name: gives each one of its own");
      }
    }
    Map<String, Stage> order = new LinkedHashMap<>();
    List<Stage> results = results(byName);
    results.forEach(result -> result.addAfterUsed(byName, new LinkedHashSet<>(), order));
    byName.values().forEach(left -> left.addAfterUsed(byName, new LinkedHashSet<>(), order));
    if (results.size() > 1) {
      throw several(results);
    }
    return List.copyOf(order.values());
  }

  /// What no other uses: the last one, if all is well.
  private static List<Stage> results(Map<String, Stage> byName) {
    Set<String> used = new HashSet<>();
    byName.values().forEach(stage -> used.addAll(stage.uses(byName)));
    List<Stage> unused = new ArrayList<>(byName.values());
    unused.removeIf(stage -> used.contains(stage.name));
    unused.sort((a, b) -> Boolean.compare(a.name.isEmpty(), b.name.isEmpty()));
    return unused;
  }

  private static RequestException several(List<Stage> results) {
    Stage last = results.getLast();
    if (last.name.isEmpty()) {
      Stage unused = results.getFirst();
      return unused
          .error("no other recipe uses what '%s' makes".formatted(unused.name))
          .withRemedy("name it as a model, or leave its recipe out");
    }
    String names = results.stream().map(Stage::name).collect(Collectors.joining(", "));
    return last.error(
            "%d recipes make what no other uses (%s), and there is one output"
                .formatted(results.size(), names))
        .withRemedy("merge by a file for each");
  }

  /// @param above the names of those that use this, each the next one
  private void addAfterUsed(
      Map<String, Stage> byName, Set<String> above, Map<String, Stage> order) {
    if (order.containsKey(name)) {
      return;
    }
    if (!above.add(name)) {
      throw circular(new ArrayList<>(above));
    }
    for (String used : uses(byName)) {
      byName.getOrDefault(used, this).addAfterUsed(byName, above, order);
    }
    above.remove(name);
    order.put(name, this);
  }

  private RequestException circular(List<String> above) {
    List<String> circle = new ArrayList<>(above.subList(above.indexOf(name), above.size()));
    circle.add(name);
    return error(
            circle.size() == 2
                ? "the recipe '%s' uses the model that it makes".formatted(name)
                : "recipes use each other in a circle: " + String.join(" ← ", circle))
        .withRemedy("a file or folder of the same name is ./%s".formatted(name));
  }

  /// The names of those whose models it uses.
  private List<String> uses(Map<String, Stage> byName) {
    Set<String> models = recipe.models();
    return byName.keySet().stream()
        .filter(other -> !other.isEmpty())
        .filter(other -> models.stream().anyMatch(model -> isMeant(other, model)))
        .toList();
  }

  /// Whether a model's name is a stage's, perhaps with adapters behind it.
  public static boolean isMeant(String stage, String model) {
    return model.equals(stage) || model.startsWith(stage + "+");
  }

  private RequestException error(String message) {
    return new RequestException(recipe.at(line), message);
  }
}

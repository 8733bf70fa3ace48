package org.lines4j.internal.resolve;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.lines4j.internal.pairing.SliceTensor;
import org.lines4j.merge.Recipe;
import org.lines4j.merge.Setting;
import org.lines4j.merge.Setting.Case;

/// What a user should know of a recipe's filters: which ones fit no tensor, and what is never
/// reached behind one that fits all. It is told every name that a setting is asked for.
public final class FilterNotices {
  private static final Pattern OF_PATTERNS = Pattern.compile("[*?\\[\\]^$|\\\\]");

  private record Given(String parameter, Setting setting) {}

  private record Notice(int line, String text) {}

  private final Recipe recipe;
  private final Map<Given, List<Case>> unfitting = new LinkedHashMap<>();
  private final Map<String, String> unasked = new LinkedHashMap<>();

  public FilterNotices(Recipe recipe) {
    this.recipe = recipe;
  }

  /// A setting of `parameter` is asked for its value for a tensor.
  void asked(String parameter, Setting setting, String tensor) {
    boolean isPlain = setting.cases().size() == 1 && setting.cases().getFirst().filter().isEmpty();
    if (!isPlain) {
      unfitting
          .computeIfAbsent(new Given(parameter, setting), _ -> filters(setting))
          .removeIf(c -> c.matches(tensor));
    }
  }

  /// A tensor that has the parameters of `leader`, which may be itself.
  public void tied(SliceTensor tensor, SliceTensor leader) {
    if (!tensor.name().equals(leader.name())) {
      String reason = "is tied to " + leader.name() + " and takes its parameters";
      unasked.put(tensor.name(), reason);
    }
  }

  /// A tensor that no setting is asked for.
  public void unmerged(SliceTensor tensor) {
    unasked.put(tensor.name(), "is not merged");
  }

  /// In words, by line.
  public List<String> notices() {
    List<Notice> notices = new ArrayList<>();
    unfitting.forEach(
        (given, filters) -> {
          filters.forEach(c -> notices.add(new Notice(c.line(), unfitting(c))));
          unreached(given).ifPresent(notices::add);
        });
    return notices.stream()
        .sorted((a, b) -> Integer.compare(a.line(), b.line()))
        .map(notice -> recipe.at(notice.line()) + ": " + notice.text())
        .distinct()
        .toList();
  }

  /// The cases to be reached by name, one for each filter.
  private static List<Case> filters(Setting setting) {
    Map<String, Case> filters =
        setting.reached().stream()
            .filter(c -> !c.matchesAll())
            .collect(
                Collectors.toMap(
                    c -> c.filter().orElseThrow(),
                    Function.identity(),
                    (first, _) -> first,
                    LinkedHashMap::new));
    return new ArrayList<>(filters.values());
  }

  private String unfitting(Case c) {
    String filter = c.filter().orElseThrow();
    return unasked.entrySet().stream()
        .filter(tensor -> tensor.getKey().contains(filter))
        .findFirst()
        .map(
            tensor ->
                "the filter '%s' has no effect: %s %s"
                    .formatted(filter, tensor.getKey(), tensor.getValue()))
        .orElseGet(() -> "no tensor's name contains '%s'%s".formatted(filter, hint(filter)));
  }

  private static String hint(String filter) {
    return OF_PATTERNS.matcher(filter).find() ? "; filters are plain text, not patterns" : "";
  }

  private static Optional<Notice> unreached(Given given) {
    List<Case> unreached = given.setting().unreached();
    if (unreached.isEmpty()) {
      return Optional.empty();
    }
    Optional<String> filter = given.setting().reached().getLast().filter();
    String last = filter.map(text -> "with filter '" + text + "'").orElse("without filter");
    return Optional.of(
        new Notice(
            unreached.getFirst().line(),
            "the items of %s after the one %s are never reached"
                .formatted(given.parameter(), last)));
  }
}

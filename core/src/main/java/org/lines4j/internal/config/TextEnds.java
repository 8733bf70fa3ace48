package org.lines4j.internal.config;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.lines4j.error.InputException;
import org.lines4j.format.Checkpoint;
import org.lines4j.format.Companion;
import org.lines4j.format.Companions;
import org.lines4j.internal.config.ConfigTree.Value;

/// The tokens that end what a model generates. An output whose files do not name the one that a
/// model was trained to end with goes on and on.
public final class TextEnds {
  private static final List<String> FILES = List.of("generation_config.json", "config.json");
  private static final String KEY = "eos_token_id";

  private TextEnds() {}

  /// What messages call a model's token.
  @FunctionalInterface
  public interface Naming {
    /// The token of a number, such as `'</s>'`, or the number.
    String token(Checkpoint model, int number);
  }

  /// In words, which models' texts end with tokens that do not end the output's.
  ///
  /// @param folder whose files go along
  public static List<String> differing(
      Checkpoint folder, Collection<Checkpoint> models, Naming naming) throws IOException {
    Set<String> own = of(folder, naming);
    List<String> notices = new ArrayList<>();
    for (Checkpoint model : models) {
      Set<String> lost = new TreeSet<>(of(model, naming));
      lost.removeAll(own);
      if (!lost.isEmpty() && !own.isEmpty()) {
        notices.add(
            "%s: its texts end with token %s (eos_token_id), the output's, as those of %s, only with %s: add it to generation_config.json, or they may not stop"
                .formatted(
                    model.location(),
                    String.join(" and ", lost),
                    folder.location(),
                    String.join(" or ", own)));
      }
    }
    return notices;
  }

  /// Empty where its files do not say it.
  private static Set<String> of(Checkpoint model, Naming naming) throws IOException {
    Set<Integer> numbers = new TreeSet<>();
    for (String file : FILES) {
      if (numbers.isEmpty()) {
        numbers.addAll(in(model.companions(), file));
      }
    }
    return numbers.stream()
        .map(number -> naming.token(model, number))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static List<Integer> in(Companions folder, String name) throws IOException {
    Optional<Companion> file = folder.own(name);
    if (file.isEmpty()) {
      return List.of();
    }
    try {
      Map<String, Value> fields = ConfigTree.read(file.get()).objects().getOrDefault("", Map.of());
      return switch (fields.get(KEY)) {
        case Value.Whole(long number) -> numbers(List.of(String.valueOf(number)));
        case Value.Items(List<String> entries) -> numbers(entries);
        case null, default -> List.of();
      };
    } catch (InputException e) {
      return List.of(); // which others complain of
    }
  }

  private static List<Integer> numbers(List<String> entries) {
    return entries.stream()
        .filter(entry -> entry.matches("\\d{1,9}"))
        .map(Integer::valueOf)
        .toList();
  }
}

package org.lines4j.internal.renamed;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.lines4j.error.Counted;
import org.lines4j.storage.Location;

/// In which ways names differ that were paired, for one note.
final class PairedNames {
  private static final int SHOWN = 8;

  /// What tools put around modules is in the names of an output, too.
  private static final String WRAPPED =
      "; the output keeps the longer names, under which transformers finds no weights; for this"
          + " model's names and files keep the base's tensors where models do not fit"
          + " (on-mismatch), or name it as a recipe's base_model";

  private final Map<String, Integer> ways = new LinkedHashMap<>();
  private int count;
  private boolean isWrapped;

  void add(String own, String theirs) {
    if (!own.equals(theirs)) {
      ways.merge(way(own, theirs), 1, Integer::sum);
      count++;
      isWrapped |= PlainName.isWrapped(theirs) && !PlainName.isWrapped(own);
    }
  }

  /// Both names without the end that they share, and without numbers.
  private static String way(String own, String theirs) {
    List<String> a = parts(own);
    List<String> b = parts(theirs);
    while (!a.isEmpty() && !b.isEmpty() && a.getLast().equals(b.getLast())) {
      a.removeLast();
      b.removeLast();
    }
    if (a.isEmpty()) {
      return "'%s.' in front".formatted(String.join(".", b));
    }
    return b.isEmpty()
        ? "'%s.' left out".formatted(String.join(".", a))
        : "'%s' as '%s'".formatted(String.join(".", a), String.join(".", b));
  }

  private static List<String> parts(String name) {
    List<String> parts = new ArrayList<>(List.of(name.split("\\.", -1)));
    parts.replaceAll(part -> PlainName.isNumber(part) ? "*" : part);
    return parts;
  }

  /// Empty where all names are the same.
  Optional<String> notice(Location model) {
    if (count == 0) {
      return Optional.empty();
    }
    String list =
        ways.entrySet().stream()
            .sorted(Collections.reverseOrder(Map.Entry.comparingByValue()))
            .limit(SHOWN)
            .map(e -> "%s (%d)".formatted(e.getKey(), e.getValue()))
            .collect(Collectors.joining(", "));
    return Optional.of(
        "%s: paired by names that differ: %s%s: %s%s"
            .formatted(
                model,
                list,
                ways.size() > SHOWN ? ", …" : "",
                Counted.of(count, "tensor"),
                isWrapped ? WRAPPED : ""));
  }
}

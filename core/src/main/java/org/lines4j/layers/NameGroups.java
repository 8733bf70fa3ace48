package org.lines4j.layers;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The distinct patterns among tensor names, for when no stack was found.
final class NameGroups {
  private NameGroups() {}

  /// `names` with every number written as `*` and equal ones counted: `fc*.weight ×3`.
  static List<String> of(List<String> names) {
    Map<String, Integer> counts = new LinkedHashMap<>();
    for (String name : names) {
      counts.merge(name.replaceAll("[0-9]++", "*"), 1, Integer::sum);
    }
    return counts.entrySet().stream()
        .map(group -> group.getKey() + (group.getValue() > 1 ? " ×" + group.getValue() : ""))
        .toList();
  }
}

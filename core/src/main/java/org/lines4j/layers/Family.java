package org.lines4j.layers;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;

/// Sibling modules told apart by a number: `layers.0`, `layers.1`, … or `layer1`, `layer2`, ….
///
/// @param holder the module in which the family lives: the parent of `layers`, of `layer1`
/// @param label what the members are called: `layers`, `layer`; empty for the bare numbers of the
///   root
/// @param name the full name, for people
/// @param members the modules by their number, not empty
record Family(Subtree holder, String label, String name, TreeMap<Integer, Subtree> members) {
  private static final int MAX_DIGITS = 6;

  /// The families in `holder`. Those numbered in their own name come first: to them belong the
  /// lists of numbers inside their members.
  static List<Family> in(Subtree holder) {
    Map<String, TreeMap<Integer, Subtree>> byStem = new LinkedHashMap<>();
    List<Family> lists = new ArrayList<>();
    for (Subtree module : holder.modules()) {
      String segment = module.segment();
      int digits = digitsAt(segment);
      if (digits > 0 && digits < segment.length()) {
        byStem
            .computeIfAbsent(segment.substring(0, digits), stem -> new TreeMap<>())
            .put(Integer.parseInt(segment.substring(digits)), module);
      }
      TreeMap<Integer, Subtree> numbered = numbered(module);
      if (!numbered.isEmpty()) {
        lists.add(new Family(holder, segment, module.name(), numbered));
      }
    }
    List<Family> families = new ArrayList<>();
    byStem.values().forEach(members -> families.add(ofStem(holder, members)));
    families.addAll(lists);
    return families;
  }

  private static Family ofStem(Subtree holder, TreeMap<Integer, Subtree> members) {
    Subtree first = members.firstEntry().getValue();
    return new Family(holder, stem(first.segment()), stem(first.name()), members);
  }

  /// `layer` of `layer1` and of `layer_1`.
  private static String stem(String numbered) {
    String stem = numbered.substring(0, digitsAt(numbered));
    boolean joined = stem.endsWith("_") || stem.endsWith("-");
    return joined ? stem.substring(0, stem.length() - 1) : stem;
  }

  /// The family of the modules directly in `module` that are called by a bare number, with no
  /// label.
  static Optional<Family> ofNumbers(Subtree module) {
    TreeMap<Integer, Subtree> members = numbered(module);
    return members.isEmpty()
        ? Optional.empty()
        : Optional.of(new Family(module, "", module.name(), members));
  }

  private static TreeMap<Integer, Subtree> numbered(Subtree module) {
    TreeMap<Integer, Subtree> members = new TreeMap<>();
    for (Subtree child : module.modules()) {
      if (isNumber(child.segment())) {
        members.put(Integer.parseInt(child.segment()), child);
      }
    }
    return members;
  }

  static boolean isNumber(String segment) {
    return digitsAt(segment) == 0;
  }

  /// Where the number at the end of `segment` begins; −1 if there is none. `007` is a name, not a
  /// number.
  private static int digitsAt(String segment) {
    int start = segment.length();
    while (start > 0 && segment.charAt(start - 1) >= '0' && segment.charAt(start - 1) <= '9') {
      start--;
    }
    int digits = segment.length() - start;
    boolean number = digits == 1 || (digits > 1 && segment.charAt(start) != '0');
    return number && digits <= MAX_DIGITS ? start : -1;
  }

  int size() {
    return members.size();
  }

  /// The member called `number`, which must exist.
  Subtree member(int number) {
    return Objects.requireNonNull(members.get(number));
  }

  /// This family without the members from number `end` on.
  Family upTo(int end) {
    return new Family(holder, label, name, new TreeMap<>(members.headMap(end)));
  }

  /// This family with its first member called 0, and the others by as much less.
  Family fromZero() {
    int first = members.firstKey();
    TreeMap<Integer, Subtree> renumbered = new TreeMap<>();
    members.forEach((number, member) -> renumbered.put(number - first, member));
    return new Family(holder, label, name, renumbered);
  }

  /// Whether the number is part of the members' own names, as in `layer1`, not all of it.
  boolean isNumberedInName() {
    return !isNumber(members.firstEntry().getValue().segment());
  }

  /// Whether at least half of the numbers up to the highest are there.
  boolean isDense() {
    return 2 * size() >= span();
  }

  /// The number of the first layer: 0, or 1 where the family counts from 1, as `layer1` does.
  int base() {
    return Math.min(1, members.firstKey());
  }

  /// How many layers there are up to the highest number. A pruned model's missing numbers count, so
  /// that every block keeps the depth that its number says.
  int span() {
    return members.lastKey() + 1 - base();
  }

  /// The 1-based layer of the member called `number`.
  int layer(int number) {
    return number + 1 - base();
  }

  /// How many members are blocks.
  long blocks() {
    return members.values().stream().filter(Subtree::isBlock).count();
  }

  /// How many members have a twin: another one with the same structure or, because blocks of two
  /// kinds may alternate and the first may be special, a neighbour or the commonest kind that
  /// resembles it.
  int twins() {
    List<Structure> structures = members.values().stream().map(Structure::of).toList();
    Map<Structure, Integer> counts = new HashMap<>();
    structures.forEach(structure -> counts.merge(structure, 1, Integer::sum));
    Structure commonest =
        Collections.max(structures, Comparator.comparing(s -> counts.getOrDefault(s, 0)));
    int twins = 0;
    for (int i = 0; i < structures.size(); i++) {
      Structure own = structures.get(i);
      boolean twin =
          counts.getOrDefault(own, 0) > 1
              || own.resembles(commonest)
              || (i > 0 && own.resembles(structures.get(i - 1)))
              || (i + 1 < structures.size() && own.resembles(structures.get(i + 1)));
      twins += twin ? 1 : 0;
    }
    return twins;
  }
}

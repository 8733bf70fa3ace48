package org.lines4j.internal.renamed;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.lines4j.internal.pairing.Misfits;
import org.lines4j.tensor.TensorInfo;

/// Finds which prefixes of one model's names stand for which of the other's: those under which the
/// most tensors fit, in types and shapes, one to one.
final class PrefixSearch {
  /// No family of models has more parts with prefixes of their own.
  private static final int MOST_RULES = 32;

  /// Tensors whose names end alike; no need to look at more.
  private static final int MOST_ALIKE = 16;

  /// A rule and what it would pair.
  private record Candidate(PrefixRule rule, Map<String, String> pairs) {}

  private final Map<String, TensorInfo> own;
  private final Map<String, TensorInfo> target;
  private final Map<String, String> paired = new LinkedHashMap<>();
  private final Set<String> taken = new HashSet<>();
  private final List<PrefixRule> rules = new ArrayList<>();
  private final Map<String, List<PrefixRule>> ambiguous = new LinkedHashMap<>();

  private PrefixSearch(Map<String, TensorInfo> own, Map<String, TensorInfo> target) {
    this.own = own;
    this.target = target;
  }

  /// What was found.
  ///
  /// @param names own name → the other model's, of all tensors of which that is known
  /// @param fitting how many of them fit
  /// @param rules the prefixes, most tensors first
  /// @param ambiguous names that several rules explain as well as each other
  record Result(
      Map<String, String> names,
      int fitting,
      List<PrefixRule> rules,
      Map<String, List<PrefixRule>> ambiguous) {}

  /// Searches.
  ///
  /// @param own tensors that the other model does not have under these names
  /// @param target tensors of the other model that this one does not have
  static Result search(Map<String, TensorInfo> own, Map<String, TensorInfo> target) {
    Result found = searched(own, target);
    if (2 * (found.fitting() + found.ambiguous().size()) >= Math.min(own.size(), target.size())) {
      return found;
    }
    Map<String, TensorInfo> joined = Chains.joined(own);
    Map<String, TensorInfo> other = Chains.joined(target);
    boolean isChain =
        !joined.keySet().equals(own.keySet()) || !other.keySet().equals(target.keySet());
    Result inChain = isChain ? apart(searched(joined, other)) : found;
    return inChain.fitting() > found.fitting() ? inChain : found;
  }

  private static Result searched(Map<String, TensorInfo> own, Map<String, TensorInfo> target) {
    PrefixSearch search = new PrefixSearch(own, target);
    search.choose(search.candidates());
    int fitting = search.paired.size();
    search.followRules();
    return new Result(search.paired, fitting, search.rules, search.ambiguous);
  }

  /// What was found with links of chains.
  private static Result apart(Result joined) {
    Map<String, String> names = new LinkedHashMap<>();
    joined.names().forEach((name, image) -> names.put(Chains.apart(name), Chains.apart(image)));
    Map<String, List<PrefixRule>> ambiguous = new LinkedHashMap<>();
    joined.ambiguous().forEach((name, rules) -> ambiguous.put(Chains.apart(name), apart(rules)));
    return new Result(names, joined.fitting(), apart(joined.rules()), ambiguous);
  }

  private static List<PrefixRule> apart(List<PrefixRule> rules) {
    return rules.stream()
        .map(rule -> new PrefixRule(Chains.apart(rule.from()), Chains.apart(rule.to())))
        .toList();
  }

  private List<Candidate> candidates() {
    Map<String, List<String>> byEnding = new HashMap<>();
    for (String name : target.keySet()) {
      String numbers = numbers(name);
      for (String ending : endings(name)) {
        List<String> alike = byEnding.computeIfAbsent(numbers + ending, _ -> new ArrayList<>());
        if (alike.size() < MOST_ALIKE) {
          alike.add(name);
        }
      }
    }
    Map<PrefixRule, Integer> votes = new LinkedHashMap<>();
    for (String name : own.keySet()) {
      rulesFor(name, byEnding).forEach(rule -> votes.merge(rule, 1, Integer::sum));
    }
    return votes.entrySet().stream()
        .sorted(Map.Entry.<PrefixRule, Integer>comparingByValue().reversed())
        .limit(MOST_RULES)
        .map(entry -> new Candidate(entry.getKey(), pairs(entry.getKey())))
        .filter(candidate -> !candidate.pairs().isEmpty())
        .sorted(
            Comparator.<Candidate>comparingInt(c -> -c.pairs().size())
                .thenComparing(c -> c.rule().from())
                .thenComparing(c -> c.rule().to()))
        .toList();
  }

  /// Those that give the longest common ending with a tensor that fits.
  private List<PrefixRule> rulesFor(String name, Map<String, List<String>> byEnding) {
    String numbers = numbers(name);
    for (String ending : endings(name)) {
      List<PrefixRule> found =
          byEnding.getOrDefault(numbers + ending, List.of()).stream()
              .filter(other -> isLongEnough(ending, name, other) && fits(name, other))
              .map(other -> new PrefixRule(before(name, ending), before(other, ending)))
              .filter(PrefixRule::keepsNumbers)
              .toList();
      if (!found.isEmpty()) {
        return found;
      }
    }
    return List.of();
  }

  /// `weight` alone says nothing.
  private static boolean isLongEnough(String ending, String name, String other) {
    return ending.indexOf('.') >= 0 || ending.equals(name) || ending.equals(other);
  }

  private static String before(String name, String ending) {
    int length = name.length() - ending.length() - 1;
    return length < 0 ? "" : name.substring(0, length);
  }

  /// From the whole name to its last part.
  private static List<String> endings(String name) {
    List<String> endings = new ArrayList<>(List.of(name));
    for (int dot = name.indexOf('.'); dot >= 0; dot = name.indexOf('.', dot + 1)) {
      endings.add(name.substring(dot + 1));
    }
    return endings;
  }

  /// Layers keep their numbers under every name.
  private static String numbers(String name) {
    return Stream.of(name.split("\\.", -1))
        .skip(1)
        .filter(PlainName::isNumber)
        .collect(Collectors.joining(".", "", "|"));
  }

  private boolean fits(String name, String other) {
    TensorInfo a = own.get(name);
    TensorInfo b = target.get(other);
    return a != null && b != null && Misfits.canCombine(a, b) && Heads.canBeOne(name, other);
  }

  private Map<String, String> pairs(PrefixRule rule) {
    Map<String, String> pairs = new LinkedHashMap<>();
    for (String name : own.keySet()) {
      rule.apply(name).filter(other -> fits(name, other)).ifPresent(o -> pairs.put(name, o));
    }
    return pairs;
  }

  private void choose(List<Candidate> candidates) {
    for (Candidate candidate : candidates) {
      Map<String, String> open = open(candidate);
      List<PrefixRule> rivals =
          open.isEmpty()
              ? List.of()
              : candidates.stream()
                  .filter(other -> explainsAsWell(open(other), open))
                  .map(Candidate::rule)
                  .toList();
      if (!rivals.isEmpty()) {
        Set<PrefixRule> all = new LinkedHashSet<>(List.of(candidate.rule()));
        all.addAll(rivals);
        open.keySet().forEach(name -> ambiguous.putIfAbsent(name, List.copyOf(all)));
      } else if (!open.isEmpty()) {
        paired.putAll(open);
        taken.addAll(open.values());
        rules.add(candidate.rule());
      }
    }
    ambiguous.keySet().removeAll(paired.keySet());
  }

  /// What no better rule has paired.
  private Map<String, String> open(Candidate candidate) {
    Map<String, String> open = new LinkedHashMap<>(candidate.pairs());
    open.entrySet().removeIf(e -> paired.containsKey(e.getKey()) || taken.contains(e.getValue()));
    return open;
  }

  /// Whether another rule pairs all of the same tensors, of either model, with others.
  private static boolean explainsAsWell(Map<String, String> other, Map<String, String> open) {
    boolean sameOwn =
        open.entrySet().stream()
            .allMatch(
                e -> other.containsKey(e.getKey()) && !e.getValue().equals(other.get(e.getKey())));
    if (sameOwn) {
      return true;
    }
    Map<String, String> back = new HashMap<>();
    other.forEach((name, image) -> back.put(image, name));
    return open.entrySet().stream()
        .allMatch(
            e -> back.containsKey(e.getValue()) && !e.getKey().equals(back.get(e.getValue())));
  }

  /// Tensors that fit nothing go by the rule of their neighbours, so that it shows what is wrong.
  private void followRules() {
    for (String name : own.keySet()) {
      if (paired.containsKey(name) || ambiguous.containsKey(name)) {
        continue;
      }
      Optional<String> image =
          rules.stream()
              .sorted(Comparator.comparingInt(rule -> -rule.from().length()))
              .flatMap(rule -> rule.apply(name).stream())
              .filter(other -> !taken.contains(other))
              .findFirst();
      if (image.isPresent()) {
        paired.put(name, image.get());
        taken.add(image.get());
      }
    }
  }
}

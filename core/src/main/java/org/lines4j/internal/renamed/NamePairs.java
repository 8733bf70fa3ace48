package org.lines4j.internal.renamed;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.lines4j.error.InputException;
import org.lines4j.storage.Location;
import org.lines4j.tensor.TensorInfo;

/// What a model's tensors are called whose changes, or some of whose tensors, have names of another
/// time: the same, the same but for what tools put around modules, or with another prefix.
public final class NamePairs {
  private final Map<String, TensorInfo> target;
  private final Map<String, String> byPlain = new HashMap<>();
  private final Map<String, String> found;
  private final List<PrefixRule> rules;

  private NamePairs(Map<String, TensorInfo> target, PrefixSearch.Result search) {
    this.target = target;
    this.found = search.names();
    this.rules = search.rules();
    target.keySet().forEach(name -> byPlain.put(PlainName.of(name), name));
  }

  /// Pairs names. Prefixes are looked for only where no name is the same, for then the others are
  /// those of tensors that the model has not.
  ///
  /// @param own those of the changes, each with the shape of the tensor that is changed
  /// @param target the model's
  /// @param location of the changes
  /// @throws InputException if several prefixes fit
  public static NamePairs of(
      Map<String, TensorInfo> own, Map<String, TensorInfo> target, Location location) {
    NamePairs plain =
        new NamePairs(target, new PrefixSearch.Result(Map.of(), 0, List.of(), Map.of()));
    if (own.isEmpty() || own.keySet().stream().anyMatch(name -> plain.of(name).isPresent())) {
      return plain;
    }
    PrefixSearch.Result search = PrefixSearch.search(byPlain(own), byPlain(target));
    if (!search.ambiguous().isEmpty()) {
      Map.Entry<String, List<PrefixRule>> first = search.ambiguous().entrySet().iterator().next();
      throw new InputException(
              location,
              "%s can be one of several tensors of the model, which all fit: %s"
                  .formatted(
                      first.getKey(),
                      first.getValue().stream()
                          .limit(6)
                          .map(PrefixRule::toString)
                          .collect(Collectors.joining(", "))))
          .withTensor(first.getKey());
    }
    return new NamePairs(target, search);
  }

  private static Map<String, TensorInfo> byPlain(Map<String, TensorInfo> tensors) {
    Map<String, TensorInfo> plain = new LinkedHashMap<>();
    tensors.forEach((name, info) -> plain.put(PlainName.of(name), info));
    return plain;
  }

  /// What the model calls it; empty where it has no such tensor.
  public Optional<String> of(String name) {
    if (target.containsKey(name)) {
      return Optional.of(name);
    }
    String plain = PlainName.of(name);
    String image = found.getOrDefault(plain, plain);
    Optional<String> known = Optional.ofNullable(byPlain.get(image));
    return known.or(
        () ->
            rules.stream()
                .flatMap(rule -> rule.apply(plain).stream())
                .flatMap(other -> Optional.ofNullable(byPlain.get(other)).stream())
                .findFirst());
  }
}

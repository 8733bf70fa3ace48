package org.lines4j.internal.renamed;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.lines4j.tensor.TensorInfo;

/// Models that are links of a chain: in `net.0.encoder.layer.3`, as `nn.Sequential` calls it and
/// sentence-transformers, the first number counts no layers. No other link is like it, and it holds
/// layers itself.
final class Chains {
  /// Stands for the dot before the number of a link, which thereby is a part of what stands before.
  private static final char JOINT = '\0';

  private final Set<String> links = new HashSet<>();

  private Chains(Set<String> names) {
    Map<String, Map<String, Set<String>>> rows = rows(names);
    List<String> stacks = new ArrayList<>();
    rows.forEach(
        (row, modules) -> {
          if (new HashSet<>(modules.values()).size() < modules.size()) {
            stacks.add(row);
          }
        });
    rows.forEach(
        (row, modules) -> {
          Map<Set<String>, Long> alike =
              modules.values().stream()
                  .collect(Collectors.groupingBy(Function.identity(), Collectors.counting()));
          modules.forEach(
              (number, content) -> {
                String link = row + number;
                if (Objects.equals(alike.get(content), 1L)
                    && stacks.stream().anyMatch(stack -> stack.startsWith(link + "."))) {
                  links.add(link);
                }
              });
        });
  }

  /// What stands before a number → number → the names of the module's tensors from there on.
  private static Map<String, Map<String, Set<String>>> rows(Set<String> names) {
    Map<String, Map<String, Set<String>>> rows = new HashMap<>();
    for (String name : names) {
      for (int dot = name.indexOf('.'); dot >= 0; dot = name.indexOf('.', dot + 1)) {
        int end = name.indexOf('.', dot + 1);
        if (end >= 0 && PlainName.isNumber(name.substring(dot + 1, end))) {
          rows.computeIfAbsent(name.substring(0, dot + 1), _ -> new HashMap<>())
              .computeIfAbsent(name.substring(dot + 1, end), _ -> new HashSet<>())
              .add(name.substring(end));
        }
      }
    }
    return rows;
  }

  /// Tensors under names in which numbers count layers.
  static Map<String, TensorInfo> joined(Map<String, TensorInfo> tensors) {
    Chains chains = new Chains(tensors.keySet());
    Map<String, TensorInfo> joined = new LinkedHashMap<>();
    tensors.forEach((name, tensor) -> joined.put(chains.joined(name), tensor));
    return joined;
  }

  private String joined(String name) {
    StringBuilder joined = new StringBuilder(name);
    for (int dot = name.indexOf('.'); dot >= 0; dot = name.indexOf('.', dot + 1)) {
      int end = name.indexOf('.', dot + 1);
      if (end >= 0 && links.contains(name.substring(0, end))) {
        joined.setCharAt(dot, JOINT);
      }
    }
    return joined.toString();
  }

  /// A name, or what stands before one, as it was.
  static String apart(String joined) {
    return joined.replace(JOINT, '.');
  }
}

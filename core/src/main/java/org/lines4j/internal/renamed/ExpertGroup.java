package org.lines4j.internal.renamed;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.lines4j.tensor.DType;
import org.lines4j.tensor.Shape;

/// The experts of one layer, each by itself: `X.experts.N.gate_proj.weight` and its siblings.
///
/// @param stem `X.experts`
/// @param gates of each expert, [inner, width]
/// @param ups of each expert, [inner, width]
/// @param downs of each expert, [width, inner]
record ExpertGroup(
    String stem, List<NamedTensor> gates, List<NamedTensor> ups, List<NamedTensor> downs) {
  static final List<String> PARTS = List.of("gate_proj", "up_proj", "down_proj");

  private static final Pattern NAME =
      Pattern.compile(
          "(?<stem>.*\\bexperts)\\.(?<number>\\d{1,6})\\.(?<part>gate_proj|up_proj|down_proj)\\.weight");

  /// The groups that are complete, by their stems: experts 0, 1, 2, … alike in types and shapes.
  static Map<String, ExpertGroup> of(Map<String, NamedTensor> tensors) {
    Map<String, Map<String, TreeMap<Integer, NamedTensor>>> found = new LinkedHashMap<>();
    tensors.forEach(
        (name, tensor) -> {
          Matcher match = NAME.matcher(name);
          if (match.matches()) {
            found
                .computeIfAbsent(match.group("stem"), _ -> new LinkedHashMap<>())
                .computeIfAbsent(match.group("part"), _ -> new TreeMap<>())
                .put(Integer.parseInt(match.group("number")), tensor);
          }
        });
    Map<String, ExpertGroup> groups = new LinkedHashMap<>();
    found.forEach(
        (stem, parts) -> {
          if (isComplete(parts)) {
            groups.put(
                stem,
                new ExpertGroup(
                    stem,
                    list(parts, "gate_proj"),
                    list(parts, "up_proj"),
                    list(parts, "down_proj")));
          }
        });
    return groups;
  }

  private static List<NamedTensor> list(
      Map<String, TreeMap<Integer, NamedTensor>> parts, String part) {
    return List.copyOf(parts.getOrDefault(part, new TreeMap<>()).values());
  }

  private static boolean isComplete(Map<String, TreeMap<Integer, NamedTensor>> parts) {
    if (parts.size() != PARTS.size()) {
      return false;
    }
    Shape gate = list(parts, "gate_proj").getFirst().info().shape();
    if (gate.rank() != 2) {
      return false;
    }
    DType type = list(parts, "gate_proj").getFirst().info().dtype();
    int count = list(parts, "gate_proj").size();
    Shape down = Shape.of(gate.dims().getLast(), gate.dims().getFirst());
    return type.isFloating()
        && parts.entrySet().stream()
            .allMatch(
                entry -> {
                  Shape shape = entry.getKey().equals("down_proj") ? down : gate;
                  return entry.getValue().size() == count
                      && entry.getValue().lastKey() == count - 1
                      && entry.getValue().values().stream()
                          .allMatch(
                              t -> t.info().shape().equals(shape) && t.info().dtype() == type);
                });
  }

  /// Their names without the expert's number.
  static String gateUp(String stem) {
    return stem + ".gate_up_proj";
  }

  static String down(String stem) {
    return stem + ".down_proj";
  }

  static String part(String stem, int number, String part) {
    return "%s.%d.%s.weight".formatted(stem, number, part);
  }

  int count() {
    return gates.size();
  }

  long inner() {
    return gates.getFirst().info().shape().dims().getFirst();
  }

  long width() {
    return gates.getFirst().info().shape().dims().getLast();
  }

  DType dtype() {
    return gates.getFirst().info().dtype();
  }
}

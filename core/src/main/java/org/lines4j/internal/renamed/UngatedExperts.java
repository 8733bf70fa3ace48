package org.lines4j.internal.renamed;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.lines4j.format.TensorSource;
import org.lines4j.internal.source.JoinedTensors;
import org.lines4j.internal.source.MatrixRegion;
import org.lines4j.tensor.Shape;
import org.lines4j.tensor.TensorInfo;

/// Experts that have no gates, as Nemotron's: one by one (`X.experts.N.up_proj.weight`) where the
/// other model has them in one tensor each (`X.experts.up_proj`), and the other way round.
final class UngatedExperts {
  private static final Pattern SINGLE =
      Pattern.compile(
          "(?<stem>.*\\bexperts)\\.(?<number>\\d{1,6})\\.(?<part>up_proj|down_proj)\\.weight");

  private static final Pattern PACKED =
      Pattern.compile("(?<stem>.*\\bexperts)\\.(up_proj|down_proj)");

  private UngatedExperts() {}

  /// The tensors of one model as the other has its experts.
  ///
  /// @param own by their plain names
  /// @param target the other model's, by their plain names
  static Map<String, NamedTensor> like(
      Map<String, NamedTensor> target, Map<String, NamedTensor> own) {
    Map<String, NamedTensor> packedThere = packed(target);
    Map<String, NamedTensor> packedHere = packed(own);
    if (packedThere.isEmpty() == packedHere.isEmpty()) {
      return own;
    }
    Map<String, List<NamedTensor>> groups = groups(packedThere.isEmpty() ? target : own);
    if (packedHere.isEmpty()) {
      return joined(groups, shapes(packedThere), own);
    }
    Set<Shape> wanted = new HashSet<>();
    groups.values().forEach(group -> wanted.add(shape(group)));
    return apart(packedHere, wanted, own);
  }

  private static Map<String, NamedTensor> packed(Map<String, NamedTensor> tensors) {
    Map<String, NamedTensor> packed = new LinkedHashMap<>();
    tensors.forEach(
        (name, tensor) -> {
          Matcher match = PACKED.matcher(name);
          boolean isGated =
              match.matches() && tensors.containsKey(ExpertGroup.gateUp(match.group("stem")));
          if (match.matches()
              && !isGated
              && tensor.info().shape().rank() == 3
              && tensor.info().dtype().isFloating()) {
            packed.put(name, tensor);
          }
        });
    return packed;
  }

  private static Set<Shape> shapes(Map<String, NamedTensor> packed) {
    Set<Shape> shapes = new HashSet<>();
    packed.values().forEach(tensor -> shapes.add(tensor.info().shape()));
    return shapes;
  }

  /// The experts of each layer and part that are complete and alike, by what they are called in one
  /// tensor.
  private static Map<String, List<NamedTensor>> groups(Map<String, NamedTensor> tensors) {
    Map<String, TreeMap<Integer, NamedTensor>> found = new LinkedHashMap<>();
    tensors.forEach(
        (name, tensor) -> {
          Matcher match = SINGLE.matcher(name);
          if (match.matches()) {
            found
                .computeIfAbsent(
                    match.group("stem") + "." + match.group("part"), _ -> new TreeMap<>())
                .put(Integer.parseInt(match.group("number")), tensor);
          }
        });
    Map<String, List<NamedTensor>> groups = new LinkedHashMap<>();
    found.forEach(
        (name, experts) -> {
          TensorInfo first = experts.firstEntry().getValue().info();
          boolean areAlike =
              experts.values().stream()
                  .map(NamedTensor::info)
                  .allMatch(
                      info -> info.shape().equals(first.shape()) && info.dtype() == first.dtype());
          if (areAlike
              && first.shape().rank() == 2
              && first.dtype().isFloating()
              && experts.lastKey() == experts.size() - 1) {
            groups.put(name, List.copyOf(experts.values()));
          }
        });
    return groups;
  }

  private static Shape shape(List<NamedTensor> experts) {
    List<Long> dims = new ArrayList<>(experts.getFirst().info().shape().dims());
    dims.addFirst((long) experts.size());
    return new Shape(dims);
  }

  private static Map<String, NamedTensor> joined(
      Map<String, List<NamedTensor>> groups, Set<Shape> wanted, Map<String, NamedTensor> own) {
    Map<String, NamedTensor> result = new LinkedHashMap<>(own);
    groups.forEach(
        (name, experts) -> {
          Shape shape = shape(experts);
          if (wanted.contains(shape)) {
            int dot = name.lastIndexOf('.');
            for (int i = 0; i < experts.size(); i++) {
              result.remove(ExpertGroup.part(name.substring(0, dot), i, name.substring(dot + 1)));
            }
            TensorInfo first = experts.getFirst().info();
            List<TensorSource> parts = experts.stream().map(NamedTensor::source).toList();
            TensorInfo info = new TensorInfo(name, first.dtype(), shape);
            String origin = experts.getFirst().origin().replaceFirst("experts\\.\\d+", "experts.*");
            result.put(
                name,
                new NamedTensor(
                    origin,
                    new JoinedTensors(info, parts, first.elements()),
                    experts.getFirst().shard()));
          }
        });
    return result;
  }

  private static Map<String, NamedTensor> apart(
      Map<String, NamedTensor> packed, Set<Shape> wanted, Map<String, NamedTensor> own) {
    Map<String, NamedTensor> result = new LinkedHashMap<>(own);
    packed.forEach(
        (name, tensor) -> {
          List<Long> dims = tensor.info().shape().dims();
          if (wanted.contains(tensor.info().shape())) {
            result.remove(name);
            int dot = name.lastIndexOf('.');
            long rows = dims.get(1);
            long columns = dims.get(2);
            for (int i = 0; i < dims.getFirst(); i++) {
              TensorSource expert =
                  MatrixRegion.of(
                      name, tensor.source(), i * rows * columns, rows, columns, columns);
              result.put(
                  ExpertGroup.part(name.substring(0, dot), i, name.substring(dot + 1)),
                  new NamedTensor(tensor.origin(), expert, tensor.shard()));
            }
          }
        });
    return result;
  }
}

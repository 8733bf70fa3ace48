package org.lines4j.internal.renamed;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.lines4j.layers.LayerMap;
import org.lines4j.layers.LayerOptions;
import org.lines4j.layers.Place;
import org.lines4j.layers.Stack;
import org.lines4j.layers.StackMode;
import org.lines4j.tensor.Shape;
import org.lines4j.tensor.TensorInfo;

/// The stacks of layers that a model's tensors are in.
public final class Stacks {
  private final Map<String, TensorInfo> tensors;
  private @Nullable LayerMap layers;

  /// @param tensors by name
  public Stacks(Map<String, TensorInfo> tensors) {
    this.tensors = tensors;
  }

  /// Looked for when they are first asked for.
  private LayerMap layers() {
    if (layers == null) {
      layers =
          LayerMap.detect(tensors.values(), LayerOptions.defaults().withMode(StackMode.SEPARATE));
    }
    return layers;
  }

  /// What modules that are one under two names have in common.
  ///
  /// @param layers how many their stack has; 0 outside
  /// @param shapes in order
  public record Likeness(int layers, List<Shape> shapes) {}

  /// The stacks that some of the tensors are in.
  public Set<Stack> of(Collection<String> names) {
    Set<Stack> stacks = new HashSet<>();
    names.forEach(name -> of(name).ifPresent(stacks::add));
    return stacks;
  }

  /// Those of the tensors that are in one of these stacks.
  public List<String> in(Set<Stack> stacks, Collection<String> names) {
    return names.stream().filter(name -> of(name).filter(stacks::contains).isPresent()).toList();
  }

  private Optional<Stack> of(String name) {
    return layers().place(name) instanceof Place.InLayer in
        ? Optional.of(in.stack())
        : Optional.empty();
  }

  /// How modules look to a model that may call them otherwise, and tensors in none; single numbers
  /// look all alike.
  public Set<Likeness> likenesses(Collection<String> names) {
    Map<String, List<String>> modules = new LinkedHashMap<>();
    for (String name : names) {
      TensorInfo tensor = Objects.requireNonNull(tensors.get(name));
      if (tensor.dtype().isFloating() && tensor.shape().elements() > 1) {
        int dot = name.lastIndexOf('.');
        String module = dot < 0 ? name : name.substring(0, dot);
        modules.computeIfAbsent(module, _ -> new ArrayList<>()).add(name);
      }
    }
    Set<Likeness> likenesses = new HashSet<>();
    for (List<String> module : modules.values()) {
      int depth = of(module.getFirst()).map(Stack::layers).orElse(0);
      List<Shape> shapes =
          module.stream()
              .map(name -> Objects.requireNonNull(tensors.get(name)).shape())
              .sorted(Comparator.comparing(Shape::toString))
              .toList();
      likenesses.add(new Likeness(depth, shapes));
    }
    return likenesses;
  }
}

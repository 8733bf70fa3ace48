package org.lines4j.internal.renamed;

import java.util.Collection;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.lines4j.layers.LayerMap;
import org.lines4j.layers.LayerOptions;
import org.lines4j.layers.Place;
import org.lines4j.layers.Stack;
import org.lines4j.layers.StackMode;
import org.lines4j.tensor.Shape;
import org.lines4j.tensor.TensorInfo;

/// The stacks of layers that a model's tensors are in.
final class Stacks {
  private final Map<String, TensorInfo> tensors;
  private final LayerMap layers;

  Stacks(Map<String, TensorInfo> tensors) {
    this.tensors = tensors;
    this.layers =
        LayerMap.detect(tensors.values(), LayerOptions.defaults().withMode(StackMode.SEPARATE));
  }

  /// What tensors that are one under two names have in common.
  ///
  /// @param layers how many their stack has; 0 outside
  /// @param shape with no rows for an embedding of another vocabulary
  record Likeness(int layers, Shape shape) {}

  /// The stacks that some of the tensors are in.
  Set<Stack> of(Collection<String> names) {
    Set<Stack> stacks = new HashSet<>();
    names.forEach(name -> of(name).ifPresent(stacks::add));
    return stacks;
  }

  private Optional<Stack> of(String name) {
    return layers.place(name) instanceof Place.InLayer in
        ? Optional.of(in.stack())
        : Optional.empty();
  }

  /// How tensors look to a model that may call them otherwise; single numbers look all alike.
  ///
  /// @param mayHaveOtherRows which may be embeddings
  Set<Likeness> likenesses(Collection<String> names, Predicate<String> mayHaveOtherRows) {
    Set<Likeness> likenesses = new HashSet<>();
    for (String name : names) {
      TensorInfo tensor = Objects.requireNonNull(tensors.get(name));
      Shape shape = tensor.shape();
      if (tensor.dtype().isFloating() && shape.elements() > 1) {
        int depth = of(name).map(Stack::layers).orElse(0);
        likenesses.add(new Likeness(depth, shape));
        if (depth == 0 && shape.rank() == 2 && mayHaveOtherRows.test(name)) {
          likenesses.add(new Likeness(0, Shape.of(0, shape.dims().getLast())));
        }
      }
    }
    return likenesses;
  }
}

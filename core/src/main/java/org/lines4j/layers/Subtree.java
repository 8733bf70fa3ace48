package org.lines4j.layers;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// A module with all that is in it, or a single tensor: the paths from `from` (inclusive) to `to`
/// (exclusive) of a sorted list, which agree in their first `depth` segments.
record Subtree(List<TensorPath> paths, int from, int to, int depth) {
  /// The whole model. `paths` must be sorted by [TensorPath#sortKey].
  static Subtree root(List<TensorPath> paths) {
    return new Subtree(paths, 0, paths.size(), 0);
  }

  /// The tensors in this module.
  List<TensorPath> tensors() {
    return paths.subList(from, to);
  }

  /// Whether this is a tensor rather than a module.
  boolean isTensor() {
    return depth > 0 && first().depth() == depth;
  }

  /// The modules and tensors directly in this module, in the order of their names.
  List<Subtree> children() {
    List<Subtree> children = new ArrayList<>();
    int start = from;
    for (int i = from + 1; i <= to; i++) {
      if (i == to || !inSameModule(paths.get(start), paths.get(i))) {
        children.add(new Subtree(paths, start, i, depth + 1));
        start = i;
      }
    }
    return children;
  }

  /// The modules directly in this module.
  List<Subtree> modules() {
    return isTensor() ? List.of() : children().stream().filter(child -> !child.isTensor()).toList();
  }

  private boolean inSameModule(TensorPath a, TensorPath b) {
    return a.depth() > depth + 1
        && b.depth() > depth + 1
        && a.segment(depth).equals(b.segment(depth));
  }

  /// This module's own name, without its parents'; empty for the whole model.
  String segment() {
    return depth == 0 ? "" : first().segment(depth - 1);
  }

  /// The full name, empty for the whole model.
  String name() {
    return depth == 0 ? "" : first().prefix(depth);
  }

  /// The segments of the full name.
  List<String> segments() {
    List<String> segments = new ArrayList<>();
    for (int i = 0; i < depth; i++) {
      segments.add(first().segment(i));
    }
    return segments;
  }

  boolean contains(Subtree other) {
    return from <= other.from && other.to <= to && depth <= other.depth;
  }

  /// Whether this module does what a block does: mixes channels more than once, and either
  /// normalises or has as many weights as an attention. A plain layer, or a head of two or three
  /// layers, does not.
  boolean isBlock() {
    long matrices = tensors().stream().filter(TensorPath::isMatrix).count();
    return matrices >= 4 || (matrices >= 2 && tensors().stream().anyMatch(TensorPath::isScale));
  }

  /// Subtrees are compared within one model.
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Subtree that
        && from == that.from
        && to == that.to
        && depth == that.depth;
  }

  @Override
  public int hashCode() {
    return Objects.hash(from, to, depth);
  }

  private TensorPath first() {
    return paths.get(from);
  }
}

package org.lines4j.layers;

import java.util.Comparator;
import java.util.List;

/// Where a tensor sits: in one layer of a stack, or outside every stack.
public sealed interface Place {
  /// In a layer of a stack.
  ///
  /// @param layer 1-based, up to and including `stack.layers()`
  record InLayer(Stack stack, int layer) implements Place {
    /// @throws IllegalArgumentException if the stack has no such layer
    public InLayer {
      if (layer < 1 || layer > stack.layers()) {
        throw new IllegalArgumentException(
            "layer " + layer + " is not in 1.." + stack.layers() + " of stack " + stack.name());
      }
    }
  }

  /// Outside every stack.
  record Outside(Side side) implements Place {}

  /// The way that data goes: outside before, each stack by depth, outside after.
  static Comparator<Place> byDepth(List<Stack> stacks) {
    return (a, b) -> {
      int byStack = Integer.compare(stackOf(a, stacks), stackOf(b, stacks));
      return byStack != 0 ? byStack : Integer.compare(layerOf(a), layerOf(b));
    };
  }

  private static int stackOf(Place place, List<Stack> stacks) {
    return place instanceof InLayer in
        ? stacks.indexOf(in.stack())
        : place.isBefore() ? -1 : stacks.size();
  }

  private static int layerOf(Place place) {
    return place instanceof InLayer in ? in.layer() : 0;
  }

  /// Whether data meets it before every stack.
  default boolean isBefore() {
    return this instanceof Outside outside && outside.side() == Side.BEFORE;
  }

  /// On which side of the stack the data meets a tensor that is outside.
  enum Side {
    /// Embeddings, stem, class token.
    BEFORE,
    /// Final norm, head, projection.
    AFTER
  }
}

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
    return Comparator.<Place>comparingInt(
            place ->
                switch (place) {
                  case InLayer(Stack stack, int _) -> stacks.indexOf(stack);
                  case Outside(Side side) ->
                      switch (side) {
                        case BEFORE -> -1;
                        case AFTER -> stacks.size();
                      };
                })
        .thenComparingInt(
            place ->
                switch (place) {
                  case InLayer(Stack _, int layer) -> layer;
                  case Outside _ -> 0;
                });
  }

  /// On which side of the stack the data meets a tensor that is outside.
  enum Side {
    /// Embeddings, stem, class token.
    BEFORE,
    /// Final norm, head, projection.
    AFTER
  }
}

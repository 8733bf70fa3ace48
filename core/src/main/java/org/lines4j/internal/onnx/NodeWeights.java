package org.lines4j.internal.onnx;

import java.io.IOException;
import java.util.Optional;
import org.lines4j.error.Shown;
import org.lines4j.tensor.DType;

/// Matrices that are none of a graph's initialisers: values of its nodes (`Constant`), initialisers
/// of graphs within nodes (`If`, `Loop`), and both within functions. They are counted, so that
/// nobody takes the initialisers for the whole model.
final class NodeWeights {
  private static final int MOST_DEPTH = 64;
  private static final int MOST_NAME = 1 << 16;

  private long count;
  private String first = "";

  /// Looks into a `NodeProto`.
  void node(Message node) throws IOException {
    node(node, 0);
  }

  /// Looks into a `FunctionProto`.
  void function(Message function) throws IOException {
    while (function.next()) {
      if (function.number() == 7) {
        node(function.message("a function's node"), 0);
      }
    }
  }

  private void node(Message node, int depth) throws IOException {
    if (depth > MOST_DEPTH) {
      throw node.malformed("graphs in graphs, more than %d deep".formatted(MOST_DEPTH));
    }
    String output = "";
    while (node.next()) {
      switch (node.number()) {
        case 2 -> output = node.text("an output's name", MOST_NAME);
        case 5 -> attribute(node.message("an attribute"), output, depth);
        default -> {} // inputs, operator, documentation
      }
    }
  }

  private void attribute(Message attribute, String output, int depth) throws IOException {
    while (attribute.next()) {
      switch (attribute.number()) {
        case 5, 10 -> tensor(attribute.message("a tensor of a node"), output);
        case 6, 11 -> graph(attribute.message("a graph in a node"), depth + 1);
        default -> {} // numbers, texts, types
      }
    }
  }

  private void graph(Message graph, int depth) throws IOException {
    while (graph.next()) {
      switch (graph.number()) {
        case 1 -> node(graph.message("a node"), depth);
        case 5 -> tensor(graph.message("an initialiser within a node"), "");
        default -> {} // inputs, outputs
      }
    }
  }

  private void tensor(Message tensor, String output) throws IOException {
    long[] extents = {0};
    long type = 0;
    String name = output;
    while (tensor.next()) {
      switch (tensor.number()) {
        case 1 -> tensor.numbers("dims", dim -> extents[0] += dim > 1 ? 1 : 0);
        case 2 -> type = tensor.number("data_type");
        case 8 -> name = output.isEmpty() ? tensor.text("name", MOST_NAME) : output;
        default -> {} // elements
      }
    }
    boolean isFloating =
        ElementType.of(type).flatMap(ElementType::dtype).filter(DType::isFloating).isPresent();
    if (extents[0] >= 2 && isFloating && count++ == 0) {
      first = name;
    }
  }

  /// In words, what was found; empty if that is nothing.
  Optional<String> inWords() {
    return count == 0
        ? Optional.empty()
        : Optional.of(
            (count == 1
                    ? "a matrix lies in one of its nodes, %s, which is no initialiser and is not"
                        + " read"
                    : "%2$d matrices lie in its nodes, such as %1$s, which are no initialisers and"
                        + " are not read")
                .formatted(Shown.of(first), count));
  }
}

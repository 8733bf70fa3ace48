package org.lines4j.layers;

import java.util.List;
import java.util.stream.Collectors;

/// Parts that data passes one after the other, hence one stack.
record Chain(List<Part> parts) {
  Chain {
    parts = List.copyOf(parts);
  }

  String name() {
    return parts.stream().map(Part::name).collect(Collectors.joining(" + "));
  }

  Part first() {
    return parts.getFirst();
  }
}

package org.lines4j.layers;

import java.util.List;
import java.util.stream.Collectors;

/// Parts that data passes one after the other, hence one stack.
record Chain(List<Part> parts) {
  Chain {
    parts = List.copyOf(parts);
  }

  Stack stack() {
    String name = parts.stream().map(Part::name).collect(Collectors.joining(" + "));
    return new Stack(name, parts.stream().mapToInt(Part::layers).sum());
  }

  Part first() {
    return parts.getFirst();
  }
}

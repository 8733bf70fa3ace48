package org.lines4j.layers;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// Which parts follow each other: the way down, middle and way up of a U-Net, the double-stream
/// blocks of a diffusion transformer and the single-stream blocks after them. Only names can tell.
final class DataFlow {
  private DataFlow() {}

  /// `parts` in chains, in the order of their first parts.
  static List<Chain> chains(List<Part> parts) {
    List<Part> middles = parts.stream().flatMap(DataFlow::middles).distinct().toList();
    Map<Neighbours, List<Part>> groups = new LinkedHashMap<>();
    for (Part part : parts) {
      if (middles.stream().noneMatch(middle -> isInside(part, middle))) {
        Neighbours group = new Neighbours(part.holder(), NameWords.withoutOrder(part.label()));
        groups.computeIfAbsent(group, g -> new ArrayList<>()).add(part);
      }
    }
    List<Chain> chains = new ArrayList<>();
    for (List<Part> group : groups.values()) {
      chains.addAll(chainsOf(group, middles));
    }
    return chains;
  }

  /// Parts in one module whose names differ at most by a word of order, such as `down` and `up`.
  private record Neighbours(Subtree holder, String label) {}

  private static List<Chain> chainsOf(List<Part> group, List<Part> middles) {
    List<Part> early = group.stream().filter(part -> !NameWords.isLater(part.label())).toList();
    List<Part> late = group.stream().filter(part -> NameWords.isLater(part.label())).toList();
    if (early.size() > 1 || late.size() > 1) {
      return group.stream().map(part -> new Chain(List.of(part))).toList();
    }
    List<Part> parts = new ArrayList<>(early);
    if (group.stream().anyMatch(part -> NameWords.isUpOrDown(part.label()))) {
      middles.stream()
          .filter(middle -> middle.holder().equals(group.getFirst().holder()))
          .forEach(parts::add);
    }
    parts.addAll(late);
    return List.of(new Chain(parts));
  }

  /// The modules that connect the way down, or up, that is `part` with the way back.
  private static Stream<Part> middles(Part part) {
    return NameWords.isUpOrDown(part.label())
        ? part.holder().modules().stream()
            .filter(module -> NameWords.isMiddle(module.segment()))
            .map(module -> Part.ofModule(part.holder(), module))
        : Stream.empty();
  }

  private static boolean isInside(Part part, Part middle) {
    return middle.placed().stream()
        .anyMatch(piece -> piece.subtree().contains(part.placed().getFirst().subtree()));
  }
}

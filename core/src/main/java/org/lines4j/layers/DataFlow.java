package org.lines4j.layers;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Which parts follow each other: the way down, middle and way up of a U-Net, the double-stream
/// blocks of a diffusion transformer and the single-stream blocks after them. Only names can tell.
final class DataFlow {
  /// The middles of U-Nets that are in no chain yet, by the module in which the ways down and up
  /// are.
  private final Map<Subtree, List<Part>> middles = new HashMap<>();

  /// The tensors, by their index, that are in a middle.
  private final BitSet inMiddle = new BitSet();

  private DataFlow(List<Part> parts) {
    parts.stream()
        .filter(part -> NameWords.isUpOrDown(part.label()))
        .map(Part::holder)
        .distinct()
        .forEach(this::findMiddles);
  }

  private void findMiddles(Subtree holder) {
    for (Subtree module : holder.modules()) {
      if (NameWords.isMiddle(module.segment())) {
        middles.computeIfAbsent(holder, h -> new ArrayList<>()).add(Part.ofModule(holder, module));
        inMiddle.set(module.from(), module.to());
      }
    }
  }

  /// Parts in one module whose names differ at most by a word of order, such as `down` and `up`.
  private record Neighbours(Subtree holder, String label) {}

  /// `parts` in chains, in the order of their first parts.
  static List<Chain> chains(List<Part> parts) {
    DataFlow flow = new DataFlow(parts);
    Map<Neighbours, List<Part>> groups = new LinkedHashMap<>();
    for (Part part : parts) {
      if (!flow.inMiddle.get(part.placed().getFirst().subtree().from())) {
        Neighbours group = new Neighbours(part.holder(), NameWords.withoutOrder(part.label()));
        groups.computeIfAbsent(group, g -> new ArrayList<>()).add(part);
      }
    }
    List<Chain> chains = new ArrayList<>();
    groups.values().forEach(group -> chains.addAll(flow.chainsOf(group)));
    return chains;
  }

  /// One chain if there is at most one part early and one late; otherwise nothing says what follows
  /// what.
  private List<Chain> chainsOf(List<Part> group) {
    List<Part> early = group.stream().filter(part -> !NameWords.isLater(part.label())).toList();
    List<Part> late = group.stream().filter(part -> NameWords.isLater(part.label())).toList();
    if (early.size() > 1 || late.size() > 1) {
      return group.stream().map(part -> new Chain(List.of(part))).toList();
    }
    List<Part> parts = new ArrayList<>(early);
    if (group.stream().anyMatch(part -> NameWords.isUpOrDown(part.label()))) {
      List<Part> between = middles.remove(group.getFirst().holder());
      parts.addAll(between == null ? List.of() : between);
    }
    parts.addAll(late);
    return List.of(new Chain(parts));
  }
}

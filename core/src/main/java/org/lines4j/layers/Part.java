package org.lines4j.layers;

import java.util.ArrayList;
import java.util.List;

/// A stack as found in one spot of the tree of names. Data may flow on into another part: see
/// [DataFlow].
///
/// @param holder the module that the part lives in
/// @param label what its blocks are called there
/// @param name the full name, for people
/// @param placed which tensors are in which of its layers; where two say different, the later one
///   holds
/// @param beyond blocks that are numbered like its last ones, yet come after it
record Part(
    Subtree holder,
    String label,
    String name,
    int layers,
    List<Placed> placed,
    List<Subtree> beyond) {

  /// Everything in `subtree` is in `layer`, counted from 1 within the part.
  record Placed(Subtree subtree, int layer) {}

  /// One layer for each member of `family`, with what `companions` hold under the same number.
  static Part ofBlocks(Family family, List<Family> companions) {
    int firstBeyond = firstPredictor(family);
    Family blocks = family.upTo(firstBeyond);
    List<Placed> placed = new ArrayList<>();
    for (Family companion : companions) {
      companion.members().forEach((n, module) -> placed.add(new Placed(module, blocks.layer(n))));
    }
    blocks.members().forEach((n, block) -> placed.add(new Placed(block, blocks.layer(n))));
    List<Subtree> beyond = List.copyOf(family.members().tailMap(firstBeyond).values());
    return new Part(family.holder(), family.label(), family.name(), blocks.span(), placed, beyond);
  }

  /// A module that is one layer by itself.
  static Part ofModule(Subtree holder, Subtree module) {
    List<Placed> placed = List.of(new Placed(module, 1));
    return new Part(holder, module.segment(), module.name(), 1, placed, List.of());
  }

  /// Where the members begin that predict tokens further ahead (DeepSeek's multi-token prediction):
  /// a few at the end with an embedding or a head of their own, which the first member has not.
  private static int firstPredictor(Family family) {
    int end = family.members().lastKey() + 1;
    int first = end;
    for (int n : family.members().descendingKeySet()) {
      if (!hasEmbeddingOrHead(family.member(n))) {
        break;
      }
      first = n;
    }
    boolean few = 2 * family.members().tailMap(first).size() < family.size();
    return few && !hasEmbeddingOrHead(family.members().firstEntry().getValue()) ? first : end;
  }

  private static boolean hasEmbeddingOrHead(Subtree block) {
    return block.modules().stream().anyMatch(m -> NameWords.isEmbeddingOrHead(m.segment()));
  }

  List<String> segments() {
    List<String> segments = new ArrayList<>(holder.segments());
    segments.add(label);
    return segments;
  }
}

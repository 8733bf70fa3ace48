package org.lines4j.layers;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;

/// Finds the stacks of a model: the outermost families of numbered siblings that are blocks of the
/// same structure, or stages of such blocks. Numbers inside a block never count.
final class StackSearch {
  private final Predicate<Family> isStack;
  private final List<Part> found = new ArrayList<>();

  /// The tensors, by their index, that have a layer.
  private final BitSet placed = new BitSet();

  private StackSearch(Predicate<Family> isStack) {
    this.isStack = isStack;
  }

  /// The stacks of `model`, in the order of their names. Plain layers, with one matrix each, are
  /// taken for a stack only if the model has nothing better.
  static List<Part> in(Subtree model) {
    List<Part> blocks = new StackSearch(StackSearch::isStackOfBlocks).run(model);
    return blocks.isEmpty() ? new StackSearch(StackSearch::isNamedStack).run(model) : blocks;
  }

  /// What the members are tells: most of them are blocks, and of the same structure. If there is
  /// only one, nothing can be compared, and the name must say that it is a layer.
  private static boolean isStackOfBlocks(Family family) {
    return !NameWords.isNotDepth(family.label())
        && family.isDense()
        && 2 * family.blocks() >= family.size()
        && haveSameStructure(family)
        && (NameWords.saysDepth(family.label()) || !holdsTowers(family));
  }

  private static boolean haveSameStructure(Family family) {
    return family.size() == 1
        ? family.span() == 1 && NameWords.saysDepth(family.label())
        : 2 * family.twins() >= family.size();
  }

  /// Whether the members are not blocks but whole models, each with a stack of its own.
  private static boolean holdsTowers(Family family) {
    Stages stages = Stages.of(family);
    return stages.holdLists() && !stages.areStages();
  }

  /// What the members are does not tell, but they are called layers and none is missing.
  private static boolean isNamedStack(Family family) {
    return family.size() == family.span()
        && NameWords.saysDepth(family.label())
        && !NameWords.isNotDepth(family.label());
  }

  private List<Part> run(Subtree model) {
    Family.ofNumbers(model).ifPresent(bare -> take(List.of(bare)));
    search(model);
    return found;
  }

  private void search(Subtree module) {
    take(Family.in(module));
    for (Subtree inner : module.modules()) {
      if (!placed.get(inner.from()) && !NameWords.isParallel(inner.segment())) {
        search(inner);
      }
    }
  }

  /// Takes what is a stack among `families`, which live in one module.
  private void take(List<Family> families) {
    List<Family> others = new ArrayList<>();
    List<Family> stacks = new ArrayList<>();
    for (Family family : families) {
      if (placed.get(family.members().firstEntry().getValue().from())) {
        continue; // lives inside a stack that was taken just now
      }
      if (isStack.test(family)) {
        stacks.add(family);
        family.members().values().forEach(this::markPlaced);
      } else {
        others.add(family);
      }
    }
    for (Family family : stacks) {
      Part part = part(family, others);
      part.placed().forEach(piece -> markPlaced(piece.subtree()));
      found.add(part);
    }
  }

  private void markPlaced(Subtree subtree) {
    placed.set(subtree.from(), subtree.to());
  }

  private static Part part(Family family, List<Family> others) {
    Stages stages = Stages.of(family);
    return stages.holdLists() && stages.areStages()
        ? stages.part(others.stream().filter(other -> servesStages(other, family)).toList())
        : Part.ofBlocks(family, others.stream().filter(o -> completes(o, family)).toList());
  }

  /// Whether each block of `family` has a piece in `other`, as where attentions and norms are in
  /// lists of their own (XLM).
  private static boolean completes(Family other, Family family) {
    return family.size() >= 3
        && other.members().keySet().equals(family.members().keySet())
        && !NameWords.isNotDepth(other.label());
  }

  /// Whether each stage of `family`, but perhaps the first or the last, has a piece in `other`.
  private static boolean servesStages(Family other, Family family) {
    Set<Integer> stages = new TreeSet<>(family.members().keySet());
    stages.removeAll(other.members().keySet());
    boolean atMostAnEnd =
        stages.isEmpty()
            || stages.equals(Set.of(family.members().firstKey()))
            || stages.equals(Set.of(family.members().lastKey()));
    return other.size() >= 2
        && atMostAnEnd
        && family.members().keySet().containsAll(other.members().keySet())
        && !NameWords.isParallel(other.label());
  }
}

package org.lines4j.layers;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeSet;
import org.lines4j.layers.Part.Placed;
import org.lines4j.layers.Place.Side;

/// A family whose members hold lists of blocks themselves: `stages.S.layers.B`, `layerS.B`. A
/// U-Net's stage has two lists in step, `resnets.B` and `attentions.B`.
///
/// @param lists the lists of each member that has some, by the member's number
record Stages(Family outer, SortedMap<Integer, List<BlockList>> lists) {
  /// A list of blocks in one member.
  ///
  /// @param path its name within the member, the same in all members; empty for bare numbers
  record BlockList(String path, Family blocks) {}

  static Stages of(Family outer) {
    return new Stages(outer, BlockLists.in(outer));
  }

  /// Whether half of the members or more hold lists of blocks.
  boolean holdLists() {
    return 2 * lists.size() >= outer.size();
  }

  /// Whether the lists are nearly all of each member, so that depth goes on through them. A block
  /// with parallel branches has an attention beside its list.
  boolean areStages() {
    Map<Long, Integer> sharing = new HashMap<>();
    for (int number : lists.keySet()) {
      beside(number).forEach(print -> sharing.merge(print, 1, Integer::sum));
    }
    return sharing.values().stream().filter(members -> members == lists.size()).count() <= 1;
  }

  /// The fingerprints of a member's matrices that are in none of its lists.
  private Set<Long> beside(int number) {
    Subtree member = outer.member(number);
    Set<Long> beside = new HashSet<>();
    member.tensors().stream()
        .filter(TensorPath::isMatrix)
        .forEach(path -> beside.add(path.fingerprint(member.depth())));
    for (BlockList list : listsOf(number)) {
      for (Subtree block : list.blocks().members().values()) {
        block.tensors().forEach(path -> beside.remove(path.fingerprint(member.depth())));
      }
    }
    return beside;
  }

  private List<BlockList> listsOf(int number) {
    return lists.getOrDefault(number, List.of());
  }

  /// All blocks of all stages, in order. A member without lists counts as one block.
  ///
  /// @param companions families beside the stages with something for each of them, such as
  ///   `downsample_layers.S`
  Part part(List<Family> companions) {
    List<Placed> placed = new ArrayList<>();
    Map<String, Set<Integer>> membersWith = membersWith();
    int before = 0;
    for (int number : outer.members().keySet()) {
      int first = before + 1;
      before += blocksIn(number);
      for (Subtree piece : outer.member(number).children()) {
        Set<Integer> present = membersWith.getOrDefault(piece.segment(), Set.of());
        placed.add(new Placed(piece, comesFirst(piece.segment(), present) ? first : before));
      }
      for (Family companion : companions) {
        Set<Integer> present = companion.members().keySet();
        if (present.contains(number)) {
          int layer = comesFirst(companion.label(), present) ? first : before;
          placed.add(new Placed(companion.member(number), layer));
        }
      }
      for (BlockList list : listsOf(number)) {
        list.blocks()
            .members()
            .forEach(
                (n, block) -> placed.add(new Placed(block, first + list.blocks().layer(n) - 1)));
      }
    }
    return new Part(outer.holder(), outer.label(), name(), before, placed, List.of());
  }

  private int blocksIn(int number) {
    return listsOf(number).stream().mapToInt(list -> list.blocks().span()).max().orElse(1);
  }

  private Map<String, Set<Integer>> membersWith() {
    Map<String, Set<Integer>> membersWith = new HashMap<>();
    outer
        .members()
        .forEach(
            (number, member) -> {
              for (Subtree piece : member.children()) {
                membersWith.computeIfAbsent(piece.segment(), s -> new HashSet<>()).add(number);
              }
            });
    return membersWith;
  }

  /// Whether a piece that stages have beside their blocks goes with the first block of its stage
  /// rather than the last: what changes the resolution is missing in the first stage if it stands
  /// at the start of the others, and in the last stage if it stands at the end.
  private boolean comesFirst(String label, Set<Integer> present) {
    if (!present.contains(outer.members().firstKey())) {
      return true;
    }
    return present.contains(outer.members().lastKey())
        && NameWords.side(label).filter(side -> side == Side.AFTER).isEmpty();
  }

  private String name() {
    Set<String> paths = new TreeSet<>();
    lists.values().forEach(all -> all.forEach(list -> paths.add(list.path())));
    String stages = outer.name() + (outer.isNumberedInName() ? "S" : ".S");
    boolean oneList = paths.size() == 1 && !paths.contains("");
    return oneList ? stages + "." + String.join("", paths) : stages;
  }
}

package org.lines4j.layers;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import org.lines4j.layers.Stages.BlockList;

/// Finds the lists of blocks inside the members of a family.
///
/// A list is judged over all members at once, because one stage may hold a single block. Its blocks
/// must be of one structure: T5's `block.N.layer.0` and `.1` are an attention and a feed-forward
/// network, hence parts of one block and not two.
final class BlockLists {
  private BlockLists() {}

  /// The lists in each member of `outer`, by the member's number: those directly in the members if
  /// there are any, or else those one module further in.
  static SortedMap<Integer, List<BlockList>> in(Family outer) {
    SortedMap<Integer, List<BlockList>> lists = accepted(outer, BlockLists::direct);
    return lists.isEmpty() ? accepted(outer, BlockLists::deeper) : lists;
  }

  private static List<BlockList> direct(Subtree member) {
    List<BlockList> lists = new ArrayList<>();
    Family.ofNumbers(member).ifPresent(family -> lists.add(new BlockList("", family)));
    Family.in(member).forEach(family -> lists.add(new BlockList(family.label(), family)));
    return lists;
  }

  private static List<BlockList> deeper(Subtree member) {
    List<BlockList> lists = new ArrayList<>();
    for (Subtree module : member.modules()) {
      for (Family family : Family.in(module)) {
        lists.add(new BlockList(module.segment() + "." + family.label(), family));
      }
    }
    return lists;
  }

  private static SortedMap<Integer, List<BlockList>> accepted(
      Family outer, Function<Subtree, List<BlockList>> candidates) {
    Map<String, TreeMap<Integer, BlockList>> byPath = new LinkedHashMap<>();
    outer
        .members()
        .forEach(
            (number, member) -> {
              for (BlockList list : candidates.apply(member)) {
                byPath.computeIfAbsent(list.path(), path -> new TreeMap<>()).put(number, list);
              }
            });
    SortedMap<Integer, List<BlockList>> accepted = new TreeMap<>();
    for (TreeMap<Integer, BlockList> found : byPath.values()) {
      SortedMap<Integer, BlockList> lists = goOn(found.values()) ? renumbered(found) : found;
      if (holdBlocks(lists.values().stream().map(BlockList::blocks).toList())) {
        lists.forEach(
            (number, list) -> accepted.computeIfAbsent(number, n -> new ArrayList<>()).add(list));
      }
    }
    return accepted;
  }

  /// Whether each list's numbers begin where those of the one before end: DINOv2's `blocks.0.5`,
  /// `blocks.1.6`.
  private static boolean goOn(Collection<BlockList> lists) {
    int next = 0;
    for (BlockList list : lists) {
      if (list.blocks().members().firstKey() != next) {
        return false;
      }
      next = list.blocks().members().lastKey() + 1;
    }
    return lists.size() > 1;
  }

  /// The same lists, each numbered from 0.
  private static SortedMap<Integer, BlockList> renumbered(SortedMap<Integer, BlockList> lists) {
    SortedMap<Integer, BlockList> renumbered = new TreeMap<>();
    lists.forEach(
        (number, list) ->
            renumbered.put(number, new BlockList(list.path(), list.blocks().fromZero())));
    return renumbered;
  }

  private static boolean holdBlocks(Collection<Family> lists) {
    List<Family> runs = lists.stream().filter(list -> list.size() > 1).toList();
    return !runs.isEmpty()
        && lists.stream().noneMatch(list -> NameWords.isNotDepth(list.label()))
        && lists.stream().allMatch(Family::isDense)
        && 2 * lists.stream().mapToLong(Family::blocks).sum() >= size(lists)
        && 2 * runs.stream().mapToInt(Family::twins).sum() >= size(runs);
  }

  private static int size(Collection<Family> lists) {
    return lists.stream().mapToInt(Family::size).sum();
  }
}

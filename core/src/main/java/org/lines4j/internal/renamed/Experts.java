package org.lines4j.internal.renamed;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.lines4j.error.InputException;
import org.lines4j.storage.Location;
import org.lines4j.tensor.Shape;

/// Experts one by one where the other model has them packed, and the other way round.
final class Experts {
  /// @param layout empty where the shapes fit none
  private record Packed(NamedTensor gateUp, NamedTensor down, Optional<ExpertLayout> layout) {
    List<Shape> shapes() {
      return List.of(gateUp.info().shape(), down.info().shape());
    }
  }

  private Experts() {}

  /// The tensors of one model as the other has its experts.
  ///
  /// @param own by their plain names
  /// @param target the other model's, by their plain names
  /// @param location of the model whose tensors are to change
  /// @throws InputException if it is not certain how they are packed
  static Map<String, NamedTensor> like(
      Map<String, NamedTensor> target, Map<String, NamedTensor> own, Location location) {
    Map<String, Packed> theirs = packed(target);
    Map<String, Packed> packed = packed(own);
    Map<String, NamedTensor> result = own;
    if (areOtherwise(theirs, packed)
        || (theirs.isEmpty() && !packed.isEmpty() && !ExpertGroup.of(target).isEmpty())) {
      packed.forEach((stem, _) -> checkCertain(stem, own, location));
      result = unpacked(packed, own);
    }
    Map<String, ExpertGroup> groups = theirs.isEmpty() ? Map.of() : ExpertGroup.of(result);
    if (!groups.isEmpty()) {
      theirs.forEach((stem, _) -> checkCertain(stem, target, location));
      result = packed(groups, shapes(theirs), result);
      tell(packed, result);
    }
    return UngatedExperts.like(target, result);
  }

  /// Calls experts that were packed before, too, what they were called, and says what became of
  /// them.
  private static void tell(Map<String, Packed> before, Map<String, NamedTensor> tensors) {
    before.forEach(
        (stem, packed) -> {
          tell(ExpertGroup.gateUp(stem), packed.gateUp(), tensors);
          tell(ExpertGroup.down(stem), packed.down(), tensors);
        });
  }

  private static void tell(String name, NamedTensor before, Map<String, NamedTensor> tensors) {
    tensors.computeIfPresent(
        name,
        (_, now) ->
            now.equals(before)
                ? now
                : new NamedTensor(before.origin() + ", turned over", now.source(), now.shard()));
  }

  /// Whether both have packed experts, one of them turned. Packed experts have no other names.
  static boolean arePackedOtherwise(Map<String, NamedTensor> target, Map<String, NamedTensor> own) {
    return areOtherwise(packed(target), packed(own));
  }

  private static boolean areOtherwise(Map<String, Packed> theirs, Map<String, Packed> packed) {
    return !theirs.isEmpty() && !packed.isEmpty() && !shapes(theirs).containsAll(shapes(packed));
  }

  private static Set<List<Shape>> shapes(Map<String, Packed> packed) {
    Set<List<Shape>> shapes = new HashSet<>();
    packed.values().forEach(p -> shapes.add(p.shapes()));
    return shapes;
  }

  private static Map<String, Packed> packed(Map<String, NamedTensor> tensors) {
    Map<String, Packed> found = new LinkedHashMap<>();
    tensors.forEach(
        (name, gateUp) -> {
          String ending = ".gate_up_proj";
          if (name.endsWith("experts" + ending)) {
            String stem = name.substring(0, name.length() - ending.length());
            NamedTensor down = tensors.get(ExpertGroup.down(stem));
            if (down != null && gateUp.info().dtype().isFloating()) {
              found.put(
                  stem,
                  new Packed(
                      gateUp, down, ExpertLayout.of(gateUp.info().shape(), down.info().shape())));
            }
          }
        });
    return found;
  }

  /// Where experts have biases (gpt-oss), gates and ups alternate; shapes do not tell.
  private static void checkCertain(
      String stem, Map<String, NamedTensor> tensors, Location location) {
    String bias = ExpertGroup.gateUp(stem) + "_bias";
    if (tensors.containsKey(bias)) {
      throw new InputException(
              location,
              "one model has its experts packed (%s), the other one by one, and with %s beside them it is not certain which rows are gates"
                  .formatted(ExpertGroup.gateUp(stem), bias))
          .withRemedy("save both in one form, with save_pretrained of one version of transformers");
    }
  }

  private static Map<String, NamedTensor> unpacked(
      Map<String, Packed> packed, Map<String, NamedTensor> own) {
    Map<String, NamedTensor> result = new LinkedHashMap<>(own);
    packed.forEach(
        (stem, both) ->
            both.layout()
                .ifPresent(
                    layout -> {
                      result.remove(ExpertGroup.gateUp(stem));
                      result.remove(ExpertGroup.down(stem));
                      layout.unpack(stem, both.gateUp(), both.down(), result);
                    }));
    return result;
  }

  private static Map<String, NamedTensor> packed(
      Map<String, ExpertGroup> groups, Set<List<Shape>> shapes, Map<String, NamedTensor> own) {
    Map<String, NamedTensor> result = new LinkedHashMap<>(own);
    groups.forEach(
        (stem, group) -> {
          for (ExpertLayout layout : layouts(group, shapes)) {
            for (int i = 0; i < group.count(); i++) {
              for (String part : ExpertGroup.PARTS) {
                result.remove(ExpertGroup.part(stem, i, part));
              }
            }
            result.put(ExpertGroup.gateUp(stem), layout.packedGateUp(group));
            result.put(ExpertGroup.down(stem), layout.packedDown(group));
          }
        });
    return result;
  }

  /// The layout in which the other model has such experts, if it has any.
  private static List<ExpertLayout> layouts(ExpertGroup group, Set<List<Shape>> shapes) {
    List<ExpertLayout> fitting = new ArrayList<>();
    for (ExpertLayout layout : ExpertLayout.values()) {
      List<Shape> own =
          List.of(
              layout.gateUp(group.count(), group.inner(), group.width()),
              layout.down(group.count(), group.inner(), group.width()));
      if (shapes.contains(own)) {
        fitting.add(layout);
      }
    }
    return fitting.size() == 1 ? fitting : List.of();
  }
}

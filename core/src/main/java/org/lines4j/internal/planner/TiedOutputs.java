package org.lines4j.internal.planner;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.lines4j.internal.work.PlannedTensor;
import org.lines4j.internal.work.Source;
import org.lines4j.internal.work.Work;

/// Output tensors that come about in the same way from the same elements of the inputs: parameters
/// that the inputs hold once, under several names.
///
/// @param tensor the first of them
/// @param furtherNames of the others; empty for most
record TiedOutputs(PlannedTensor tensor, List<String> furtherNames) {
  /// All tensors, each once.
  static List<TiedOutputs> of(List<PlannedTensor> tensors) {
    List<TiedOutputs> all = new ArrayList<>();
    Map<List<Object>, List<TiedOutputs>> alike = new HashMap<>();
    for (PlannedTensor tensor : tensors) {
      List<TiedOutputs> before = alike.computeIfAbsent(key(tensor), _ -> new ArrayList<>());
      Optional<TiedOutputs> first =
          before.stream().filter(it -> areTied(it.tensor, tensor)).findFirst();
      if (first.isPresent()) {
        first.get().furtherNames.add(tensor.name());
      } else {
        TiedOutputs own = new TiedOutputs(tensor, new ArrayList<>());
        before.add(own);
        all.add(own);
      }
    }
    return all;
  }

  /// What is equal for tied tensors, and seldom for others.
  private static List<Object> key(PlannedTensor tensor) {
    List<Object> key = new ArrayList<>();
    key.add(tensor.info().typeAndShape());
    tensor.work().sources().forEach(source -> key.add(source.tensor().place()));
    return key;
  }

  private static boolean areTied(PlannedTensor a, PlannedTensor b) {
    return a.info().elements() > 0
        && a.lambda().equals(b.lambda())
        && a.encoding().equals(b.encoding())
        && isSameWork(a.work(), b.work())
        && areSame(a.work().sources(), b.work().sources());
  }

  private static boolean areSame(List<Source> a, List<Source> b) {
    boolean same = a.size() == b.size();
    for (int i = 0; same && i < a.size(); i++) {
      same = a.get(i).tensor().isTiedTo(b.get(i).tensor());
    }
    return same;
  }

  /// Whether the same is done with the sources, whatever they are.
  private static boolean isSameWork(Work a, Work b) {
    return switch (a) {
      case Work.Copy _ -> b instanceof Work.Copy;
      case Work.Beside _ -> false;
      case Work.Scale scale -> b instanceof Work.Scale other && scale.lambda() == other.lambda();
      case Work.Merge merge ->
          b instanceof Work.Merge other
              && merge.merge().equals(other.merge())
              && merge.base().isPresent() == other.base().isPresent()
              && merge.computeType().equals(other.computeType());
    };
  }
}

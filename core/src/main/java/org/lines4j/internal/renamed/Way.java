package org.lines4j.internal.renamed;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.ToLongFunction;
import java.util.function.UnaryOperator;
import org.lines4j.format.Checkpoint;
import org.lines4j.storage.Location;
import org.lines4j.tensor.TensorInfo;

/// A way to pair two models' tensors, under some names of theirs.
///
/// @param theirs the other model's
/// @param before this one's
/// @param own the same with experts and rows as the other has them
/// @param found prefixes that pair what is not called the same
/// @param fitting how many tensors are paired
record Way(
    Map<String, NamedTensor> theirs,
    Map<String, NamedTensor> before,
    Map<String, NamedTensor> own,
    PrefixSearch.Result found,
    long fitting) {
  /// What part of the tensors are many.
  private static final int MANY = 10;

  /// Models that run under other names have fewer tensors. Experts are tens of thousands, with
  /// which each way would take seconds.
  private static final int MOST_TRIED = 10_000;

  private static Way of(
      Map<String, NamedTensor> theirs, Map<String, NamedTensor> before, Location model) {
    Map<String, NamedTensor> own = likeRows(theirs, Experts.like(theirs, before, model));
    PrefixSearch.Result found = PrefixSearch.search(without(own, theirs), without(theirs, own));
    long same = own.keySet().stream().filter(theirs::containsKey).count();
    return new Way(theirs, before, own, found, same + found.fitting());
  }

  /// With the names as they are, or one of the models' as it is called once it runs: transformers 5
  /// has other names within the layers of some models then, and who saves a running model's states
  /// has these. Where that is not known by the model's type, as of a file alone or of models put
  /// together, it is whatever fits best.
  ///
  /// @param theirs the target's tensors
  /// @param before the model's
  static Way best(
      Checkpoint model,
      Checkpoint target,
      Map<String, NamedTensor> theirs,
      Map<String, NamedTensor> before)
      throws IOException {
    Way best = of(theirs, before, model.location());
    if (best.isWhole()) {
      return best;
    }
    RunningNames own = RunningNames.of(model);
    RunningNames other = RunningNames.of(target);
    best =
        best.or(theirs, NamedTensor.renamed(before, own::running), model, Way::explained)
            .or(NamedTensor.renamed(theirs, other::running), before, model, Way::explained);
    boolean isFar = MANY * (best.fewer() - best.explained()) > best.fewer();
    if (isFar && best.fewer() <= MOST_TRIED) {
      for (UnaryOperator<String> names : RunningModules.all()) {
        best =
            best.or(theirs, NamedTensor.renamed(before, names), model, Way::fitting)
                .or(NamedTensor.renamed(theirs, names), before, model, Way::fitting);
      }
    }
    return best;
  }

  /// This, unless more fit under these names than fit here, in one way or several: names of another
  /// kind of model may hide one of several ways, and so do not decide between them.
  ///
  /// @param count how many of the other's count
  private Way or(
      Map<String, NamedTensor> otherTheirs,
      Map<String, NamedTensor> otherOwn,
      Checkpoint model,
      ToLongFunction<Way> count) {
    if (isWhole() || (otherTheirs.equals(theirs) && otherOwn.equals(before))) {
      return this;
    }
    Way other = of(otherTheirs, otherOwn, model.location());
    return count.applyAsLong(other) > explained() ? other : this;
  }

  /// How many tensors are paired, or could be in several ways.
  long explained() {
    return fitting + found.ambiguous().size();
  }

  /// How many tensors the model with fewer of them has.
  long fewer() {
    return Math.min(own.size(), theirs.size());
  }

  private boolean isWhole() {
    return fitting >= fewer();
  }

  /// With the names of a row for modules, where one of the models is one.
  private static Map<String, NamedTensor> likeRows(
      Map<String, NamedTensor> theirs, Map<String, NamedTensor> own) {
    Map<String, String> names = ModuleRows.pair(without(own, theirs), without(theirs, own));
    Map<String, NamedTensor> renamed = new LinkedHashMap<>();
    own.forEach((name, tensor) -> renamed.put(names.getOrDefault(name, name), tensor));
    return renamed;
  }

  private static Map<String, TensorInfo> without(
      Map<String, NamedTensor> tensors, Map<String, NamedTensor> other) {
    Map<String, TensorInfo> without = new LinkedHashMap<>();
    tensors.forEach(
        (name, tensor) -> {
          if (!other.containsKey(name)) {
            without.put(name, tensor.info());
          }
        });
    return without;
  }
}

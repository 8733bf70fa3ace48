package org.lines4j.diff;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.lines4j.error.InputException;
import org.lines4j.format.Checkpoint;
import org.lines4j.format.StoredTensor;
import org.lines4j.internal.engine.DifferenceEngine;
import org.lines4j.internal.engine.Fetching;
import org.lines4j.internal.kernel.DifferenceSums;
import org.lines4j.internal.pairing.Adapters;
import org.lines4j.internal.renamed.ModelNames;
import org.lines4j.internal.renamed.Renames;
import org.lines4j.internal.work.Source;
import org.lines4j.layers.LayerMap;
import org.lines4j.layers.LayerOptions;
import org.lines4j.layers.Place;
import org.lines4j.layers.Rename;
import org.lines4j.layers.Stack;
import org.lines4j.plan.RunOptions;
import org.lines4j.quantised.Quantisation;
import org.lines4j.tensor.TensorInfo;

/// How a tuned model differs from its base, as a whole, by layer and by tensor.
///
/// @param stacks that layers belong to
/// @param whole over all tensors that were compared and are finite
/// @param layers by place: outside before, each stack by depth, outside after
/// @param tensors in the base's order
/// @param uncompared tensors that only one model has, whose shapes differ, or whose types are not
///   floating; name → why
/// @param notFinite tensors that hold NaN or infinity, in the base's order: left out of the figures
///   of their layers and of the whole, which would otherwise be none
/// @param notices what a user should know of how tensors were paired
public record Diff(
    List<Stack> stacks,
    Change whole,
    List<Layer> layers,
    List<Tensor> tensors,
    Map<String, String> uncompared,
    List<NotFinite> notFinite,
    List<String> notices) {

  /// What is not finite in a tensor.
  public record NotFinite(
      TensorInfo info, long baseNan, long baseInfinite, long tunedNan, long tunedInfinite) {
    private static Optional<NotFinite> of(TensorInfo info, DifferenceSums sums) {
      return sums.isUndefined()
          ? Optional.of(
              new NotFinite(
                  info, sums.baseNan, sums.baseInfinite, sums.tunedNan, sums.tunedInfinite))
          : Optional.empty();
    }

    /// What to tell the user, in a sentence without its full stop.
    public String inWords() {
      return "%s: of %,d elements, base holds %,d NaN and %,d infinite, tuned %,d and %,d; left out of the figures of its layer and of the whole model"
          .formatted(info.name(), info.elements(), baseNan, baseInfinite, tunedNan, tunedInfinite);
    }
  }

  /// One layer, or what lies outside the stacks on one side.
  public record Layer(Place place, int tensors, Change change) {}

  /// One tensor, with its type and shape in the base.
  public record Tensor(TensorInfo info, Place place, Change change) {}

  /// As with no renames.
  public static Diff between(
      Checkpoint base, Checkpoint tuned, LayerOptions options, RunOptions run) throws IOException {
    return between(base, tuned, List.of(), options, run);
  }

  /// Reads both models once and compares them, under the tuned model's names. The result does not
  /// depend on the number of threads.
  ///
  /// @param renames what the base's tensors are called in `tuned`, where that is not found by
  ///   itself
  /// @throws InputException if one is quantised, or they have no tensor in common
  public static Diff between(
      Checkpoint base, Checkpoint tuned, List<Rename> renames, LayerOptions options, RunOptions run)
      throws IOException {
    List<String> _ = Quantisation.refuse(List.of(base, tuned));
    Renames asked = new Renames(renames);
    ModelNames names = ModelNames.of(base).like(tuned, asked);
    asked.checkUsed();
    return between(names, base, tuned, options, run);
  }

  /// As [#between], of two models that call their tensors alike, whatever their formats.
  ///
  /// @param tuned perhaps shown under the base's names
  public static Diff betweenAlike(
      Checkpoint base, Checkpoint tuned, LayerOptions options, RunOptions run) throws IOException {
    List<String> _ = Quantisation.refuse(List.of(base, tuned));
    return between(ModelNames.of(base), base, tuned, options, run);
  }

  private static Diff between(
      ModelNames names, Checkpoint base, Checkpoint tuned, LayerOptions options, RunOptions run)
      throws IOException {
    boolean _ = names.tieHead(tuned);
    List<String> notices = new ArrayList<>(names.notices());
    for (Checkpoint model : List.of(base, tuned)) {
      model.unread().ifPresent(text -> notices.add(model.location() + ": " + text));
    }
    return compare(names.view(), tuned, notices, options, run);
  }

  private static Diff compare(
      Checkpoint base, Checkpoint tuned, List<String> notices, LayerOptions options, RunOptions run)
      throws IOException {
    Map<String, String> uncompared = new LinkedHashMap<>();
    List<DifferenceEngine.Pair> pairs = pairs(base, tuned, uncompared);
    if (pairs.isEmpty()) {
      Adapters.refuse(List.of(base, tuned));
      throw new InputException(
          "%s and %s have no tensor of the same name and shape in common"
              .formatted(base.location(), tuned.location()));
    }
    LayerMap map = LayerMap.detect(base.infos(), options).checkUsed();
    Fetching.fetch(List.of(base, tuned), run);
    List<DifferenceSums> sums = DifferenceEngine.run(pairs, run);
    List<Tensor> tensors = new ArrayList<>();
    List<NotFinite> notFinite = new ArrayList<>();
    Map<Place, List<DifferenceSums>> byPlace = new LinkedHashMap<>();
    for (int i = 0; i < pairs.size(); i++) {
      TensorInfo info = pairs.get(i).base().info();
      Place place = map.place(info.name());
      NotFinite.of(info, sums.get(i)).ifPresent(notFinite::add);
      tensors.add(new Tensor(info, place, Change.of(sums.get(i))));
      byPlace.computeIfAbsent(place, _ -> new ArrayList<>()).add(sums.get(i));
    }
    List<Layer> layers =
        byPlace.entrySet().stream()
            .sorted(Map.Entry.comparingByKey(Place.byDepth(map.stacks())))
            .map(e -> new Layer(e.getKey(), e.getValue().size(), total(e.getValue())))
            .toList();
    return new Diff(map.stacks(), total(sums), layers, tensors, uncompared, notFinite, notices);
  }

  private static List<DifferenceEngine.Pair> pairs(
      Checkpoint base, Checkpoint tuned, Map<String, String> uncompared) {
    List<DifferenceEngine.Pair> pairs = new ArrayList<>();
    for (StoredTensor own : base.tensors()) {
      StoredTensor other = tuned.find(own.name()).orElse(null);
      if (other == null) {
        uncompared.put(own.name(), "only in base");
      } else if (!own.info().shape().equals(other.info().shape())) {
        uncompared.put(
            own.name(), own.info().typeAndShape() + " became " + other.info().typeAndShape());
      } else if (!own.info().dtype().isFloating() || !other.info().dtype().isFloating()) {
        uncompared.put(own.name(), own.info().dtype() + " is not a floating type");
      } else {
        pairs.add(new DifferenceEngine.Pair(new Source(base, own), new Source(tuned, other)));
      }
    }
    for (StoredTensor other : tuned.tensors()) {
      if (base.find(other.name()).isEmpty()) {
        uncompared.put(other.name(), "only in tuned");
      }
    }
    return pairs;
  }

  /// Over those that are finite.
  private static Change total(List<DifferenceSums> parts) {
    if (parts.stream().allMatch(DifferenceSums::isUndefined)) {
      return Change.unknown();
    }
    DifferenceSums total = new DifferenceSums();
    parts.stream().filter(part -> !part.isUndefined()).forEach(total::add);
    return Change.of(total);
  }
}

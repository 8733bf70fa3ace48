package org.lines4j.internal.resolve;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.lines4j.error.InputException;
import org.lines4j.format.Checkpoint;
import org.lines4j.format.Companion;
import org.lines4j.internal.config.LayerSettings;
import org.lines4j.internal.work.SidecarChanges.Layers;
import org.lines4j.tensor.Shape;

/// Whether each layer of an output consists of what its configuration promises at that position, so
/// that no loader misses tensors and makes some up.
///
/// Layers of one model may be of several kinds, such as attention and state space, dense and
/// sparse. What the configuration says of each position is compared with what the model that it
/// describes has there; where that explains the kinds, it tells what it promises for other
/// positions.
final class LayerKinds {
  private static final int SHOWN = 4;

  private final OutputTensors finder;
  private final Checkpoint described;
  private final LayerSettings settings;
  private final Layers layers;
  private final List<Map<String, Shape>> own;
  private final Map<List<String>, Map<String, Shape>> byKind = new HashMap<>();
  private final boolean isExplained;

  private LayerKinds(
      OutputTensors finder, Checkpoint described, LayerSettings settings, Layers layers) {
    this.finder = finder;
    this.described = described;
    this.settings = settings;
    this.layers = layers;
    this.own =
        IntStream.range(0, layers.before()).mapToObj(i -> finder.structure(described, i)).toList();
    boolean explained = true;
    for (int i = 0; i < own.size(); i++) {
      Map<String, Shape> known = byKind.putIfAbsent(settings.of(i), own.get(i));
      explained &= known == null || known.equals(own.get(i));
    }
    this.isExplained = explained;
  }

  /// Checks the layers of an output.
  ///
  /// @param described the model whose configuration goes along
  /// @param models for each layer of the output, where it comes from
  /// @param config the configuration
  /// @throws InputException if a layer is not what the configuration promises
  static void check(
      OutputTensors finder,
      Checkpoint described,
      List<Checkpoint> models,
      Companion config,
      Layers layers)
      throws IOException {
    LayerKinds kinds =
        new LayerKinds(finder, described, LayerSettings.read(config, layers), layers);
    for (int k = 0; k < models.size(); k++) {
      kinds.check(k, models.get(k));
    }
  }

  private void check(int position, Checkpoint model) {
    int origin = layers.origins().get(position);
    Map<String, Shape> found = finder.structure(model, origin);
    Optional<Map<String, Shape>> promised =
        isExplained ? Optional.ofNullable(byKind.get(settings.of(origin))) : positional(position);
    if (promised.isPresent() && promised.get().equals(found)) {
      return;
    }
    String should =
        promised
            .map(structure -> "should hold " + differing(structure, found))
            .orElse("is of a kind that cannot be told");
    throw new InputException(
        settings.file(),
        "the layers of %s are of several kinds, and %s. Layer %d of the output %s, but it would hold layer %d of %s, with %s; choose layer_range so that every layer lands where its kind belongs"
            .formatted(
                described.location(),
                isExplained
                    ? "which is where is told by " + settings.names()
                    : "no setting is known that says which is where",
                position,
                should,
                origin,
                model.location(),
                promised.map(structure -> differing(found, structure)).orElse("its own tensors")));
  }

  /// What a position holds whose kind nothing but itself tells: what it holds in the model. Behind
  /// its end that is what all layers are but the first, which some families treat apart.
  private Optional<Map<String, Shape>> positional(int position) {
    if (position < own.size()) {
      return Optional.of(own.get(position));
    }
    boolean alike =
        own.size() > 2
            && IntStream.range(1, own.size()).allMatch(i -> own.get(i).equals(own.getLast()));
    return alike ? Optional.of(own.getLast()) : Optional.empty();
  }

  /// What the first has and the second has not, in words.
  private static String differing(Map<String, Shape> structure, Map<String, Shape> other) {
    List<String> names = new ArrayList<>();
    for (String name : new TreeSet<>(structure.keySet())) {
      Shape shape = structure.get(name);
      if (!other.containsKey(name)) {
        names.add(name);
      } else if (shape != null && !shape.equals(other.get(name))) {
        names.add(name + " of shape " + shape);
      }
    }
    if (names.isEmpty()) {
      return "no more than that";
    }
    return names.size() <= SHOWN
        ? String.join(", ", names)
        : "%s and %d more"
            .formatted(String.join(", ", names.subList(0, SHOWN)), names.size() - SHOWN);
  }
}

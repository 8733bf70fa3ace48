package org.lines4j.internal.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.lines4j.internal.config.ConfigTree.Value;
import org.lines4j.internal.work.SidecarChanges.Layers;

/// What a backbone of images gives out (DINOv2, BEiT): what comes behind some of its layers, which
/// are its stages. `stage_names` lists what is before all layers and behind each, `out_features`
/// and `out_indices` those that are wanted, by name and by number.
final class OutputStages {
  private static final String NAMES = "stage_names";
  private static final String FEATURES = "out_features";
  private static final String INDICES = "out_indices";

  /// The same of DPT, whose numbers are those of the layers, from 0.
  private static final String OF_DPT = "backbone_out_indices";

  private static final String STEM = "stem";
  private static final String STAGE = "stage";
  private static final Pattern NUMBERED = Pattern.compile(STAGE + "\\d{1,6}");
  private static final Pattern INDEX = Pattern.compile("-?\\d{1,6}");

  private OutputStages() {}

  /// What such a setting is; empty where it is none of layers.
  ///
  /// @param fields of the configuration that it is in
  static Optional<LayerSetting> setting(
      String name, List<String> entries, Map<String, Value> fields, int layers) {
    if (name.equals(OF_DPT) && entries.stream().allMatch(INDEX.asMatchPredicate())) {
      List<Integer> stages = entries.stream().map(entry -> Integer.parseInt(entry) + 1).toList();
      return Optional.of(new LayerSetting.Stages(name, stages, LayerSetting.Stages.Form.LAYERS));
    }
    if (!(fields.get(NAMES) instanceof Value.Items(List<String> names))
        || !names.equals(names(layers))) {
      return Optional.empty();
    }
    return switch (name) {
      case NAMES -> Optional.of(new LayerSetting.StageNames(name));
      case FEATURES ->
          entries.stream().allMatch(NUMBERED.asMatchPredicate().or(STEM::equals))
              ? Optional.of(
                  new LayerSetting.Stages(name, numbers(entries), LayerSetting.Stages.Form.NAMES))
              : Optional.empty();
      case INDICES ->
          entries.stream().allMatch(INDEX.asMatchPredicate())
              ? Optional.of(
                  new LayerSetting.Stages(
                      name, indices(entries, layers), LayerSetting.Stages.Form.NUMBERS))
              : Optional.empty();
      default -> Optional.empty();
    };
  }

  static List<String> names(int layers) {
    return IntStream.rangeClosed(0, layers).mapToObj(OutputStages::name).toList();
  }

  static String name(int stage) {
    return stage == 0 ? STEM : STAGE + stage;
  }

  private static List<Integer> numbers(List<String> names) {
    return names.stream()
        .map(name -> name.equals(STEM) ? 0 : Integer.parseInt(name.substring(STAGE.length())))
        .toList();
  }

  private static List<Integer> indices(List<String> entries, int layers) {
    return entries.stream()
        .map(Integer::parseInt)
        .map(index -> index < 0 ? layers + 1 + index : index)
        .toList();
  }

  /// The same stages where layers have moved; empty where one is gone, or two became one. What came
  /// last does so still.
  ///
  /// @param stages from 0, which is what is before all layers
  static Optional<List<Integer>> moved(List<Integer> stages, Layers layers) {
    List<Integer> moved = new ArrayList<>();
    for (int stage : stages) {
      int now = layers.origins().lastIndexOf(stage - 1) + 1;
      boolean isLast = now == 0 && stage == layers.before() && stages.size() == 1;
      if (now == 0 && stage != 0 && !isLast) {
        return Optional.empty();
      }
      moved.add(isLast ? layers.origins().size() : now);
    }
    return List.copyOf(new TreeSet<>(moved)).equals(moved)
        ? Optional.of(List.copyOf(moved))
        : Optional.empty();
  }
}

package org.lines4j.internal.config;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.lines4j.format.Companion;
import org.lines4j.internal.config.ConfigTree.Value;
import org.lines4j.internal.work.SidecarChanges.Layers;
import org.lines4j.internal.work.SidecarChanges.Layers.Side;

/// Which heads of attention tell when a word was said (Whisper): `alignment_heads` in
/// `generation_config.json`, pairs of a layer of the decoder and a head in it.
public final class AlignmentHeads {
  private static final String NAME = "alignment_heads";
  private static final Pattern PAIR = Pattern.compile("\\[(\\d{1,6}),(\\d{1,6})]");

  private AlignmentHeads() {}

  /// What becomes of them where the decoder has other layers; empty where none are named.
  ///
  /// @throws org.lines4j.error.InputException if the file is not a JSON object
  static Map<String, LayerChange> changes(Companion file, Layers layers) throws IOException {
    if (layers.side() != Side.DECODER) {
      return Map.of();
    }
    Map<String, Value> fields = ConfigTree.read(file).objects().getOrDefault("", Map.of());
    return fields.get(NAME) instanceof Value.Items(var pairs)
        ? moved(pairs, layers.origins()).map(change -> Map.of("/" + NAME, change)).orElse(Map.of())
        : Map.of();
  }

  /// Those of the layers that are there still; transformers takes a list of none for heads.
  private static Optional<LayerChange> moved(List<String> pairs, List<Integer> origins) {
    List<List<Integer>> moved = new ArrayList<>();
    for (String pair : pairs) {
      Matcher parts = PAIR.matcher(pair);
      if (!parts.matches()) {
        return Optional.empty();
      }
      int layer = Integer.parseInt(parts.group(1));
      int head = Integer.parseInt(parts.group(2));
      IntStream.range(0, origins.size())
          .filter(now -> origins.get(now) == layer)
          .forEach(now -> moved.add(List.of(now, head)));
    }
    return Optional.of(moved.isEmpty() ? new LayerChange.Gone() : new LayerChange.Pairs(moved));
  }

  /// That an output has none of them, in words; empty where it has some, or the model has none.
  public static Optional<String> lost(Companion file, Layers layers) throws IOException {
    return changes(file, layers).containsValue(new LayerChange.Gone())
        ? Optional.of(
            "%s: %s is left out, because the output has none of their layers; without them, transformers finds no timestamps of words"
                .formatted(file, NAME))
        : Optional.empty();
  }
}

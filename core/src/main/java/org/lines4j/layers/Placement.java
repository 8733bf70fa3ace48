package org.lines4j.layers;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.lines4j.layers.LayerRule.Target;
import org.lines4j.layers.Place.Side;

/// Collects where tensors are, later calls overruling earlier ones, and makes a [LayerMap] of it.
final class Placement {
  /// A layer of a stack whose number of layers is not final.
  private sealed interface Spot {
    record Layer(String stack, int layer) implements Spot {}

    record Side(Place.Side side) implements Spot {}
  }

  private final Map<String, Spot> spots = new HashMap<>();
  private final Map<String, Integer> layers = new HashMap<>();

  private void put(String tensor, String stack, int layer) {
    spots.put(tensor, new Spot.Layer(stack, layer));
    layers.merge(stack, layer, Math::max);
  }

  private void put(String tensor, Side side) {
    spots.put(tensor, new Spot.Side(side));
  }

  void byStructure(List<TensorPath> paths, StackMode mode) {
    List<Chain> chains =
        paths.isEmpty() ? List.of() : DataFlow.chains(StackSearch.in(Subtree.root(paths)));
    List<Chain> stacks = new ArrayList<>(chains);
    for (EncoderDecoder pair : EncoderDecoder.in(chains)) {
      switch (mode) {
        case JOINED -> {
          stacks.removeAll(List.of(pair.encoder(), pair.decoder()));
          stacks.add(pair.joined());
        }
        case SEPARATE -> {}
        case DECODER_ONLY -> {
          stacks.remove(pair.encoder());
          paths.stream().filter(pair::encoderHolds).forEach(path -> put(path.name(), Side.BEFORE));
        }
      }
    }
    stacks.forEach(this::put);
  }

  private void put(Chain chain) {
    Stack stack = chain.stack();
    int before = 0;
    for (Part part : chain.parts()) {
      for (Part.Placed piece : part.placed()) {
        int layer = before + piece.layer();
        piece.subtree().tensors().forEach(path -> put(path.name(), stack.name(), layer));
      }
      for (Subtree beyond : part.beyond()) {
        beyond.tensors().forEach(path -> put(path.name(), Side.AFTER));
      }
      before += part.layers();
    }
  }

  void byPattern(List<TensorPath> paths, Pattern pattern) {
    Map<String, Integer> groups = pattern.namedGroups();
    int stackGroup = groups.getOrDefault("stack", 0);
    int layerGroup = groups.getOrDefault("layer", stackGroup == 1 ? 2 : 1);
    for (TensorPath path : paths) {
      Matcher match = pattern.matcher(path.name());
      if (match.find()) {
        String stack = stackGroup == 0 ? null : match.group(stackGroup);
        long number = LayerNumber.read(match.group(layerGroup), path.name(), pattern);
        int layer = LayerNumber.checked(number + 1, path.name(), pattern);
        put(path.name(), stack == null ? pattern.pattern() : stack, layer);
      }
    }
  }

  void byRules(List<TensorPath> paths, List<LayerRule> rules) {
    for (TensorPath path : paths) {
      for (LayerRule rule : rules) {
        Matcher match = rule.pattern().matcher(path.name());
        if (match.find()) {
          switch (rule.target()) {
            case Target.ToLayer to ->
                put(path.name(), to.stack(), rule.layer(to, match, path.name()));
            case Target.ToOutside to -> put(path.name(), to.side());
          }
          break;
        }
      }
    }
  }

  LayerMap finish(List<TensorPath> paths) {
    Map<String, Stack> stacks = new LinkedHashMap<>();
    Map<String, Place> places = new LinkedHashMap<>();
    List<String> unsure = new ArrayList<>();
    for (TensorPath path : paths) {
      Place place =
          switch (spots.get(path.name())) {
            case Spot.Layer(String stack, int layer) ->
                new Place.InLayer(
                    stacks.computeIfAbsent(
                        stack, name -> new Stack(name, layers.getOrDefault(name, 0))),
                    layer);
            case Spot.Side(Side side) -> new Place.Outside(side);
            case null -> {
              if (path.side().isEmpty()) {
                unsure.add(path.name());
              }
              yield new Place.Outside(path.side().orElse(Side.AFTER));
            }
          };
      places.put(path.name(), place);
    }
    return new LayerMap(List.copyOf(stacks.values()), places, unsure);
  }
}

package org.lines4j.layers;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
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

  /// A user's pattern that places no tensor.
  ///
  /// @param place where it stands; empty where it is no rule of a file
  record Unused(Pattern pattern, String place) {}

  private final Map<String, Spot> spots = new HashMap<>();
  private final Map<String, Integer> layers = new HashMap<>();
  private final List<Unused> unused = new ArrayList<>();

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
    Set<Chain> stacks = new LinkedHashSet<>(chains);
    Set<List<String>> encoders = new HashSet<>();
    for (EncoderDecoder pair : EncoderDecoder.in(chains)) {
      switch (mode) {
        case JOINED -> {
          stacks.remove(pair.encoder());
          stacks.remove(pair.decoder());
          stacks.add(pair.joined());
        }
        case SEPARATE -> {}
        case DECODER_ONLY -> {
          stacks.remove(pair.encoder());
          encoders.add(pair.root());
        }
      }
    }
    stacks.forEach(this::put);
    if (!encoders.isEmpty()) {
      paths.stream()
          .filter(path -> path.isIn(encoders))
          .forEach(path -> put(path.name(), Side.BEFORE));
    }
  }

  private void put(Chain chain) {
    String stack = chain.name();
    while (layers.containsKey(stack)) {
      stack += "'"; // two families may differ in no more than `layer1`, `layer_1`
    }
    put(chain, stack);
  }

  private void put(Chain chain, String stack) {
    int before = 0;
    for (Part part : chain.parts()) {
      for (Part.Placed piece : part.placed()) {
        int layer = before + piece.layer();
        piece.subtree().tensors().forEach(path -> put(path.name(), stack, layer));
      }
      for (Subtree beyond : part.beyond()) {
        beyond.tensors().forEach(path -> put(path.name(), Side.AFTER));
      }
      before += part.layers();
    }
  }

  void byPattern(List<TensorPath> paths, Pattern pattern) {
    NameSearch search = new NameSearch();
    Map<String, Integer> groups = pattern.namedGroups();
    int stackGroup = groups.getOrDefault("stack", 0);
    int layerGroup = groups.getOrDefault("layer", stackGroup == 1 ? 2 : 1);
    unused.add(new Unused(pattern, ""));
    for (TensorPath path : paths) {
      NameSearch.Found found = search.find(pattern, path.name());
      if (found.isFound()) {
        unused.clear();
        Matcher match = found.match();
        String stack = stackGroup == 0 ? null : match.group(stackGroup);
        long number = LayerNumber.read(match.group(layerGroup), path.name(), pattern);
        int layer = LayerNumber.checked(number + 1, path.name(), pattern);
        put(path.name(), stack == null ? pattern.pattern() : stack, layer);
      }
    }
  }

  void byRules(List<TensorPath> paths, List<LayerRule> rules) {
    NameSearch search = new NameSearch();
    Set<LayerRule> used = new HashSet<>();
    for (TensorPath path : paths) {
      for (LayerRule rule : rules) {
        NameSearch.Found found = search.find(rule.pattern(), path.name());
        if (found.isFound()) {
          switch (rule.target()) {
            case Target.ToLayer to ->
                put(path.name(), to.stack(), rule.layer(to, found.match(), path.name()));
            case Target.ToOutside to -> put(path.name(), to.side());
          }
          used.add(rule);
          break;
        }
      }
    }
    rules.stream()
        .filter(rule -> !used.contains(rule))
        .map(rule -> new Unused(rule.pattern(), rule.place()))
        .forEach(unused::add);
  }

  LayerMap finish(List<TensorPath> paths) {
    Map<String, Stack> stacks = new LinkedHashMap<>();
    Map<String, Place> places = new LinkedHashMap<>();
    List<String> unsure = new ArrayList<>();
    for (TensorPath path : paths) {
      Spot spot = spots.get(path.name());
      if (spot instanceof Spot.Layer(String name, int layer)) {
        Stack stack =
            stacks.computeIfAbsent(name, n -> new Stack(n, layers.getOrDefault(n, layer)));
        places.put(path.name(), new Place.InLayer(stack, layer));
        continue;
      }
      Optional<Side> side =
          spot instanceof Spot.Side given ? Optional.of(given.side()) : path.side();
      places.put(path.name(), new Place.Outside(side.orElse(Side.AFTER)));
      if (side.isEmpty()) {
        unsure.add(path.name());
      }
    }
    return new LayerMap(List.copyOf(stacks.values()), places, unsure, unused);
  }
}

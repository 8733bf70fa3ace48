package org.lines4j.layers;

import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// How to find the layers of a model.
///
/// @param mode what to do with an encoder–decoder
/// @param layers where to read the layer, in place of automatic detection: the group named `layer`,
///   or else the first group, is the 0-based number; a group named `stack` names the stack. A
///   tensor in which the pattern is not found is outside.
/// @param rules exceptions, which go before everything else; the first that matches wins
public record LayerOptions(StackMode mode, Optional<Pattern> layers, List<LayerRule> rules) {
  /// @throws IllegalArgumentException if `layers` has no group to read a number from
  public LayerOptions {
    rules = List.copyOf(rules);
    layers.ifPresent(LayerOptions::requireNumberGroup);
  }

  /// Automatic detection, encoder–decoders joined, no exceptions.
  public static LayerOptions defaults() {
    return new LayerOptions(StackMode.JOINED, Optional.empty(), List.of());
  }

  public LayerOptions withMode(StackMode newMode) {
    return new LayerOptions(newMode, layers, rules);
  }

  public LayerOptions withLayers(Pattern pattern) {
    return new LayerOptions(mode, Optional.of(pattern), rules);
  }

  public LayerOptions withRules(List<LayerRule> newRules) {
    return new LayerOptions(mode, layers, newRules);
  }

  private static void requireNumberGroup(Pattern pattern) {
    boolean onlyStack =
        pattern.namedGroups().containsKey("stack") && pattern.matcher("").groupCount() == 1;
    if (pattern.matcher("").groupCount() == 0 || onlyStack) {
      throw new IllegalArgumentException(
          "the layer pattern "
              + pattern
              + " needs a group around the layer number, such as layers\\.(\\d+)\\.");
    }
  }
}

package org.lines4j.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.lines4j.RequestException;
import org.lines4j.layers.LayerOptions;
import org.lines4j.layers.LayerRule;
import org.lines4j.layers.LayerRules;
import org.lines4j.layers.StackMode;
import picocli.CommandLine.Option;

/// The options that overrule how tensors are assigned to layers.
final class LayerMixin {
  @Option(
      names = "--stacks",
      paramLabel = "MODE",
      defaultValue = "joined",
      description =
          "An encoder-decoder's layers: ${COMPLETION-CANDIDATES} (default ${DEFAULT-VALUE}).")
  private StackMode mode = StackMode.JOINED;

  @Option(
      names = "--layers",
      paramLabel = "REGEX",
      description = "Where names hold the layer: its first group, or (?<layer>…), counts from 0.")
  private @Nullable Pattern layers;

  @Option(
      names = "--rules",
      paramLabel = "FILE",
      description = "Exceptions, a line each: REGEX STACK LAYER, or REGEX outside before|after.")
  private @Nullable Path rules;

  /// What the options say.
  LayerOptions options() throws IOException {
    try {
      return new LayerOptions(mode, Optional.ofNullable(layers), readRules());
    } catch (IllegalArgumentException e) {
      throw new RequestException(String.valueOf(e.getMessage()));
    }
  }

  private List<LayerRule> readRules() throws IOException {
    if (rules == null) {
      return List.of();
    }
    if (!Files.isRegularFile(rules)) {
      throw new RequestException(rules + ": there is no such rules file");
    }
    return LayerRules.parse(rules.toString(), Files.readAllLines(rules));
  }
}

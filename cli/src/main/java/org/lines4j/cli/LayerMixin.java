package org.lines4j.cli;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.lines4j.error.RequestException;
import org.lines4j.format.Checkpoint;
import org.lines4j.layers.LayerMap;
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
      converter = Choice.Stacks.class,
      completionCandidates = Choice.Stacks.class,
      description =
          "How an encoder-decoder's layers count: ${COMPLETION-CANDIDATES} (default"
              + " ${DEFAULT-VALUE}).")
  private StackMode mode = StackMode.JOINED;

  @Option(
      names = "--layers",
      paramLabel = "REGEX",
      converter = RegexConverter.class,
      description =
          "Where names hold the layer, counted from 0: in the group named layer, else the first.")
  private @Nullable Pattern layers;

  @Option(
      names = "--rules",
      paramLabel = "FILE",
      description = {
        "Exceptions, a line each: REGEX STACK LAYER (counted from 1), or REGEX outside before, or"
            + " REGEX outside after."
      })
  private @Nullable Path rules;

  /// What the options say.
  LayerOptions options() throws IOException {
    try {
      return new LayerOptions(mode, Optional.ofNullable(layers), readRules());
    } catch (IllegalArgumentException e) {
      throw new RequestException(String.valueOf(e.getMessage()));
    }
  }

  /// Where the tensors of `model` are; not every pattern need place one.
  LayerMap map(Checkpoint model) throws IOException {
    LayerOptions options = options();
    try {
      return LayerMap.detect(model.infos(), options);
    } catch (IllegalArgumentException e) {
      throw new RequestException(String.valueOf(e.getMessage()));
    }
  }

  private List<LayerRule> readRules() throws IOException {
    if (rules == null) {
      return List.of();
    }
    if (!Files.isRegularFile(rules)) {
      throw new RequestException(
              rules, Files.isDirectory(rules) ? "is a folder" : "there is no such rules file")
          .withRemedy(
              "name the text file that holds the rules; 'lines help inspect' tells what stands in"
                  + " it");
    }
    try {
      return LayerRules.parse(rules.toString(), Files.readAllLines(rules));
    } catch (CharacterCodingException e) {
      throw new RequestException(rules, "a rules file should be UTF-8 text");
    }
  }
}

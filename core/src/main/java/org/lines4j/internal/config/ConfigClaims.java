package org.lines4j.internal.config;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.lines4j.error.InputException;
import org.lines4j.format.Companion;
import org.lines4j.format.Companions;
import org.lines4j.internal.config.ConfigTree.Value;
import org.lines4j.layers.Stack;

/// Whether a `config.json` promises tensors that are not there: a model that it describes cannot be
/// loaded.
public final class ConfigClaims {
  private static final String CONFIG = "config.json";
  private static final String VOCABULARY = "vocab_size";

  private ConfigClaims() {}

  /// In words, what a model's configuration says otherwise than its tensors; that there is none, if
  /// it is a folder.
  ///
  /// @param stacks that were found in the tensors
  /// @param embeddings how many there are, as far as is known
  public static List<String> broken(Companions folder, List<Stack> stacks, OptionalLong embeddings)
      throws IOException {
    Optional<Companion> config = folder.own(CONFIG);
    if (config.isEmpty()) {
      return List.of();
    }
    List<String> broken = new ArrayList<>();
    try {
      ConfigTree tree = ConfigTree.read(config.get());
      tree.objects()
          .forEach((place, fields) -> layers(place, fields, stacks).ifPresent(broken::add));
      if (embeddings.isPresent()) {
        vocabulary(tree, embeddings.getAsLong()).ifPresent(broken::add);
      }
    } catch (InputException e) {
      broken.add(String.valueOf(e.getMessage()));
    }
    return broken;
  }

  /// Of the outermost object and the text's alone: others count what is no stack of ours.
  private static Optional<String> layers(
      String place, Map<String, Value> fields, List<Stack> stacks) {
    if (stacks.isEmpty() || !(place.isEmpty() || place.equals("/text_config"))) {
      return Optional.empty();
    }
    if (!(fields.get("num_hidden_layers") instanceof Value.Whole(long layers))) {
      return Optional.empty();
    }
    return stacks.stream().anyMatch(stack -> stack.layers() == layers)
        ? Optional.empty()
        : Optional.of(
            "%s says num_hidden_layers %d, but the tensors are of %s"
                .formatted(
                    CONFIG,
                    layers,
                    String.join(
                        ", ",
                        stacks.stream()
                            .map(stack -> "%s with %d".formatted(stack.name(), stack.layers()))
                            .toList())));
  }

  private static Optional<String> vocabulary(ConfigTree tree, long embeddings) {
    for (String part : List.of("/text_config", "")) {
      Map<String, Value> fields = tree.objects().getOrDefault(part, Map.of());
      if (fields.get(VOCABULARY) instanceof Value.Whole(long size)) {
        return size == embeddings
            ? Optional.empty()
            : Optional.of(
                "%s says vocab_size %d, but there are %d embeddings"
                    .formatted(CONFIG, size, embeddings));
      }
    }
    return Optional.empty();
  }
}

package org.lines4j.internal.companions;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.lines4j.error.InputException;
import org.lines4j.format.Checkpoint;
import org.lines4j.format.Companion;
import org.lines4j.format.Companions;
import org.lines4j.internal.config.AlignmentHeads;
import org.lines4j.internal.config.ModelConfig;
import org.lines4j.internal.work.SidecarChanges;
import org.lines4j.internal.work.SidecarChanges.FileChange;
import org.lines4j.storage.ByteSource;
import org.lines4j.storage.Draft;

/// What lies beside the weights in a model folder and belongs to the model: configuration,
/// tokenizer, generation settings, and subfolders of such files.
///
/// @param folder where they come from
/// @param files to copy, relative to the folder
/// @param leftOut what is not copied, and why
/// @param notices what else a user should know
public record Sidecars(
    Companions folder, List<String> files, Map<String, String> leftOut, List<String> notices) {
  /// The model card's name.
  public static final String CARD = "README.md";

  /// What the input's own model card is called in the output, up to the ending.
  private static final String INPUT_CARD = "README-tuned";

  /// Where `transformers` looks for what a model is.
  public static final String CONFIG = "config.json";

  /// Where Mistral's own loader does.
  private static final String PARAMS = "params.json";

  /// Models of other kinds than those of `transformers` are described elsewhere.
  private static final Set<String> DESCRIPTIONS =
      Set.of(
          SidecarSearch.ADAPTER,
          SidecarSearch.OPEN_CLIP,
          "config_sentence_transformers.json",
          "model_index.json",
          "gliner_config.json",
          Sidecars.PARAMS,
          "config.yaml");

  private static final String GENERATION = "generation_config.json";

  /// Looks through a model's folder. Hidden files are none of the model's.
  public static Sidecars of(Checkpoint model) throws IOException {
    return SidecarSearch.in(model);
  }

  /// The bytes that the copies will take.
  public long byteSize() throws IOException {
    long size = 0;
    for (String file : files) {
      size += file(file).size();
    }
    return size;
  }

  /// What will keep others from loading the output, in words.
  public Optional<String> lacking() throws IOException {
    if (files.contains(CONFIG)) {
      return ModelConfig.mistake(file(CONFIG)).map(found -> found + "; copied as it is");
    }
    boolean described = files.stream().anyMatch(DESCRIPTIONS::contains);
    return described
        ? Optional.empty()
        : Optional.of(
            folder.location() + ": has no config.json, without which transformers loads no model");
  }

  /// What the output can do no more, in words.
  ///
  /// @throws InputException if a configuration must change and is not JSON
  public Optional<String> lost(SidecarChanges changes) throws IOException {
    return changes.layers().isPresent() && files.contains(GENERATION)
        ? AlignmentHeads.lost(file(GENERATION), changes.layers().get())
        : Optional.empty();
  }

  /// Checks what [#copyTo] will have to understand.
  ///
  /// @throws InputException if a configuration must change and is not JSON, or is open_clip's
  public void check(SidecarChanges changes) throws IOException {
    boolean countsOthers =
        changes.layers().filter(layers -> layers.origins().size() != layers.before()).isPresent();
    if (countsOthers && files.contains(SidecarSearch.OPEN_CLIP)) {
      throw new InputException(
              file(SidecarSearch.OPEN_CLIP),
              "says how many layers there are, which slices do not change")
          .withRemedy(
              "choose slices with as many layers, or name the file with the weights, whose output"
                  + " gets no configuration");
    }
    for (String file : files) {
      byte[] _ = changed(file, changes);
    }
  }

  /// A configuration with its changes; empty for a file that has none.
  private byte[] changed(String file, SidecarChanges changes) throws IOException {
    if (file.equals(CONFIG) && (changes.changesConfig() || ModelConfig.namesWeights(file(file)))) {
      return ModelConfig.with(file(file), changes);
    }
    return switch (file) {
      case GENERATION -> ModelConfig.ofGeneration(file(file), changes);
      case PARAMS -> ModelConfig.ofParams(file(file), changes);
      default -> new byte[0];
    };
  }

  /// Copies the files into an output.
  ///
  /// @param changes what must differ from the model that they come from
  public void copyTo(Draft target, SidecarChanges changes) throws IOException {
    for (String file : files) {
      if (changes.files().containsKey(file)) {
        continue;
      }
      String name = file.equals(CARD) ? inputCard().orElseThrow() : file;
      byte[] changed = changed(file, changes);
      if (changed.length > 0) {
        target.write(name, changed);
      } else {
        copy(file(file), target, name);
      }
    }
    write(changes, target);
  }

  /// Writes the files that are given with their content.
  public static void write(SidecarChanges changes, Draft target) throws IOException {
    for (Map.Entry<String, FileChange> file : changes.files().entrySet()) {
      switch (file.getValue()) {
        case FileChange.Content(String text) ->
            target.write(file.getKey(), text.getBytes(StandardCharsets.UTF_8));
        case FileChange.CopyOf(Companion other) -> copy(other, target, file.getKey());
        case FileChange.Gone _ -> {
          // stays behind
        }
      }
    }
  }

  private static void copy(Companion source, Draft target, String name) throws IOException {
    try (ByteSource file = source.open()) {
      target.copy(name, file);
    }
  }

  private Companion file(String name) throws IOException {
    return folder
        .own(name)
        .orElseThrow(
            () ->
                new InputException(folder.location().child(name), "was there and is gone")
                    .withRemedy("run again"));
  }

  /// What the input's own model card is called in the output, if it has one. The input may itself
  /// have been made from a model with a card, which keeps its name.
  public Optional<String> inputCard() {
    if (!files.contains(CARD)) {
      return Optional.empty();
    }
    String name = INPUT_CARD + ".md";
    for (int i = 2; files.contains(name); i++) {
      name = INPUT_CARD + "-" + i + ".md";
    }
    return Optional.of(name);
  }
}

package org.lines4j.internal.companions;

import org.lines4j.internal.local.Disk;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.lines4j.error.InputException;
import org.lines4j.internal.config.ModelConfig;
import org.lines4j.plan.SidecarChanges;
import org.lines4j.plan.SidecarChanges.FileChange;

/// What lies beside the weights in a model folder and belongs to the model: configuration,
/// tokenizer, generation settings, and subfolders of such files.
///
/// @param folder where they come from
/// @param files to copy, relative to the folder
/// @param leftOut what is not copied, and why
/// @param notices what else a user should know
public record Sidecars(
    Path folder, List<Path> files, Map<Path, String> leftOut, List<String> notices) {
  /// The model card's name.
  public static final String CARD = "README.md";

  /// What the input's own model card is called in the output, up to the ending.
  private static final String INPUT_CARD = "README-tuned";

  private static final String CONFIG = "config.json";

  /// Models of other kinds than those of `transformers` are described elsewhere.
  private static final Set<String> DESCRIPTIONS =
      Set.of(
          SidecarSearch.ADAPTER,
          "open_clip_config.json",
          "config_sentence_transformers.json",
          "model_index.json",
          "params.json",
          "config.yaml");

  private static final String GENERATION = "generation_config.json";

  /// Looks through a model folder. Hidden files are none of the model's.
  ///
  /// @throws InputException if the folder does not hold one model
  public static Sidecars of(Path folder) throws IOException {
    return SidecarSearch.in(folder);
  }

  /// The bytes that the copies will take.
  public long byteSize() throws IOException {
    long size = 0;
    for (Path file : files) {
      size += Files.size(folder.resolve(file));
    }
    return size;
  }

  /// What will keep others from loading the output, in words.
  public Optional<String> lacking() throws IOException {
    if (files.contains(Path.of(CONFIG))) {
      return ModelConfig.mistake(folder.resolve(CONFIG)).map(found -> found + "; copied as it is");
    }
    boolean described = files.stream().anyMatch(file -> DESCRIPTIONS.contains(file.toString()));
    return described
        ? Optional.empty()
        : Optional.of(folder + ": has no config.json, without which transformers loads no model");
  }

  /// Checks what [#copyTo] will have to understand.
  ///
  /// @throws InputException if a configuration must change and is not JSON
  public void check(SidecarChanges changes) throws IOException {
    for (Path file : files) {
      byte[] _ = changed(file, changes);
    }
  }

  /// A configuration with its changes; empty for a file that has none.
  private byte[] changed(Path file, SidecarChanges changes) throws IOException {
    if (changes.changesConfig() && file.toString().equals(CONFIG)) {
      return ModelConfig.with(folder.resolve(file), changes);
    }
    if (changes.tokenNumbers().isPresent() && file.toString().equals(GENERATION)) {
      return ModelConfig.with(
          folder.resolve(file), SidecarChanges.none().withTokenNumbers(changes.tokenNumbers()));
    }
    return new byte[0];
  }

  /// Copies the files into `target` and syncs them.
  ///
  /// @param changes what must differ from the model that they come from
  public void copyTo(Path target, SidecarChanges changes) throws IOException {
    for (Path file : files) {
      if (changes.files().containsKey(file.toString())) {
        continue;
      }
      String name = file.toString().equals(CARD) ? inputCard().orElseThrow() : file.toString();
      Path copy = target.resolve(name);
      Files.createDirectories(copy.resolveSibling(""));
      byte[] changed = changed(file, changes);
      if (changed.length > 0) {
        Files.write(copy, changed);
      } else {
        copy(folder.resolve(file), copy);
      }
      Disk.syncFile(copy);
    }
    for (Map.Entry<String, FileChange> file : changes.files().entrySet()) {
      Path copy = target.resolve(file.getKey());
      switch (file.getValue()) {
        case FileChange.Content(String text) -> Files.writeString(copy, text);
        case FileChange.CopyOf(Path other) -> copy(other, copy);
        case FileChange.Gone _ -> {
          continue;
        }
      }
      Disk.syncFile(copy);
    }
  }

  /// With the rights of a new file: `source` may be write-protected, as in a cache.
  private static void copy(Path source, Path target) throws IOException {
    try (InputStream in = Files.newInputStream(source)) {
      Files.copy(in, target);
    }
  }

  /// What the input's own model card is called in the output, if it has one. The input may itself
  /// have been made from a model with a card, which keeps its name.
  public Optional<String> inputCard() {
    if (!files.contains(Path.of(CARD))) {
      return Optional.empty();
    }
    String name = INPUT_CARD + ".md";
    for (int i = 2; files.contains(Path.of(name)); i++) {
      name = INPUT_CARD + "-" + i + ".md";
    }
    return Optional.of(name);
  }
}

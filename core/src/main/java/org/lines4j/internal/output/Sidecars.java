package org.lines4j.internal.output;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.lines4j.error.InputException;
import org.lines4j.internal.config.ModelConfig;
import org.lines4j.internal.local.LocalStorage;
import org.lines4j.internal.safetensors.ModelFolder;
import org.lines4j.plan.SidecarChanges;
import org.lines4j.plan.SidecarChanges.FileChange;
import org.lines4j.storage.Location;

/// What lies beside the weights in a model folder and belongs to the model: configuration,
/// tokenizer, generation settings, and subfolders of such files.
///
/// @param folder where they come from
/// @param files to copy, relative to the folder
/// @param leftOut what is not copied, and why
public record Sidecars(Path folder, List<Path> files, Map<Path, String> leftOut) {
  /// The model card's name.
  public static final String CARD = "README.md";

  /// What the input's own model card is called in the output, up to the ending.
  private static final String INPUT_CARD = "README-tuned";

  private static final String CONFIG = "config.json";

  /// Models of other kinds than those of `transformers` are described elsewhere.
  private static final Set<String> DESCRIPTIONS =
      Set.of(
          "adapter_config.json",
          "open_clip_config.json",
          "config_sentence_transformers.json",
          "model_index.json",
          "params.json",
          "config.yaml");

  private static final String GENERATION = "generation_config.json";

  private static final List<String> WEIGHTS =
      List.of(
          ".safetensors",
          ".bin",
          ".pt",
          ".pth",
          ".ckpt",
          ".h5",
          ".msgpack",
          ".gguf",
          ".onnx",
          ".onnx_data",
          ".npz",
          ".ot",
          ".tflite",
          ".distcp",
          ".safetensors.index.json",
          ".bin.index.json",
          ".h5.index.json");
  private static final String OLD_WEIGHTS = "weights or training state of the input";

  /// Looks through a model folder. Hidden files are none of the model's.
  ///
  /// @throws InputException if the folder does not hold one model
  public static Sidecars of(Path folder) throws IOException {
    List<Path> files = new ArrayList<>();
    Map<Path, String> leftOut = new java.util.TreeMap<>();
    List<String> weights = ModelFolder.read(new LocalStorage(), Location.of(folder)).files();
    for (Path entry : list(folder)) {
      Path name = entry.getFileName();
      if (isHidden(name)) {
        continue;
      }
      if (Files.isRegularFile(entry)) {
        addFile(name, weights.contains(name.toString()), files, leftOut);
      } else if (Files.isDirectory(entry) && Files.isSymbolicLink(entry)) {
        leftOut.put(name, "a link to a folder");
      } else if (Files.isDirectory(entry)) {
        addFolder(folder, entry, files, leftOut);
      } else {
        leftOut.put(name, "not a regular file");
      }
    }
    return new Sidecars(folder, List.copyOf(files), leftOut);
  }

  private static void addFile(
      Path name, boolean isRead, List<Path> files, Map<Path, String> leftOut) {
    String text = name.toString().toLowerCase(Locale.ROOT);
    if (text.equals("trainer_state.json")) {
      leftOut.put(name, OLD_WEIGHTS);
    } else if (!isWeights(name)) {
      files.add(name);
    } else if (!isRead && !text.endsWith(ModelFolder.INDEX_SUFFIX)) {
      leftOut.put(name, OLD_WEIGHTS);
    }
  }

  /// A subfolder belongs to the model if it holds files of the same kind, not another model.
  private static void addFolder(Path root, Path folder, List<Path> files, Map<Path, String> leftOut)
      throws IOException {
    List<Path> found = new ArrayList<>();
    try (Stream<Path> walk = Files.walk(folder)) {
      walk.filter(Files::isRegularFile).sorted().forEach(found::add);
    }
    if (found.stream().anyMatch(file -> isWeights(file.getFileName()))) {
      leftOut.put(root.relativize(folder), "a folder with weights of its own");
    } else {
      found.stream()
          .map(root::relativize)
          .filter(file -> Stream.of(file.toString().split("[/\\\\]")).noneMatch(Sidecars::isHidden))
          .forEach(files::add);
    }
  }

  private static boolean isWeights(Path name) {
    String text = name.toString().toLowerCase(Locale.ROOT);
    return WEIGHTS.stream().anyMatch(text::endsWith);
  }

  private static boolean isHidden(Path name) {
    return isHidden(name.toString());
  }

  private static boolean isHidden(String name) {
    return name.startsWith(".");
  }

  private static List<Path> list(Path folder) throws IOException {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.sorted().toList();
    }
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
      Staging.syncFile(copy);
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
      Staging.syncFile(copy);
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

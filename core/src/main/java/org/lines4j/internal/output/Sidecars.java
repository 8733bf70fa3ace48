package org.lines4j.internal.output;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.lines4j.tensor.DType;

/// What lies beside the weights in a model folder and belongs to the model: configuration,
/// tokenizer, generation settings, and subfolders of such files.
///
/// @param folder where they come from
/// @param files to copy, relative to the folder
/// @param leftOut what is not copied, and why
public record Sidecars(Path folder, List<Path> files, Map<Path, String> leftOut) {
  /// The model card's name.
  public static final String CARD = "README.md";

  /// What the input's own model card is called in the output.
  public static final String INPUT_CARD = "README-tuned.md";

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
  public static Sidecars of(Path folder) throws IOException {
    List<Path> files = new ArrayList<>();
    Map<Path, String> leftOut = new java.util.TreeMap<>();
    for (Path entry : list(folder)) {
      Path name = entry.getFileName();
      if (isHidden(name)) {
        continue;
      }
      if (Files.isRegularFile(entry)) {
        addFile(name, files, leftOut);
      } else if (Files.isDirectory(entry)) {
        addFolder(folder, entry, files, leftOut);
      } else {
        leftOut.put(name, "not a regular file");
      }
    }
    return new Sidecars(folder, List.copyOf(files), leftOut);
  }

  private static void addFile(Path name, List<Path> files, Map<Path, String> leftOut) {
    String text = name.toString().toLowerCase(Locale.ROOT);
    if (text.equals("trainer_state.json")) {
      leftOut.put(name, OLD_WEIGHTS);
    } else if (!isWeights(name)) {
      files.add(name);
    } else if (!text.endsWith(".safetensors") && !text.endsWith(".safetensors.index.json")) {
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

  /// Copies the files into `target` and syncs them.
  ///
  /// @param dtype what `config.json` should give as the weights' type, where it must change
  public void copyTo(Path target, Optional<DType> dtype) throws IOException {
    for (Path file : files) {
      boolean card = file.toString().equals(CARD);
      Path copy = target.resolve(card ? INPUT_CARD : file.toString());
      Files.createDirectories(copy.resolveSibling(""));
      Files.copy(folder.resolve(file), copy);
      if (dtype.isPresent() && file.toString().equals("config.json")) {
        ModelConfig.setDtype(copy, dtype.get());
      }
      Staging.syncFile(copy);
    }
  }

  /// Whether the input's own model card is among them.
  public boolean hasCard() {
    return files.stream().anyMatch(file -> file.toString().equals(CARD));
  }
}

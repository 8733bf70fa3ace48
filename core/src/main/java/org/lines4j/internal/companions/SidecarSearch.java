package org.lines4j.internal.companions;

import org.lines4j.internal.local.OwnFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.lines4j.error.InputException;
import org.lines4j.internal.local.LocalStorage;
import org.lines4j.internal.safetensors.ModelFolder;
import org.lines4j.storage.Location;

/// Which files of a model folder go along with an output, and which do not, so that nothing in the
/// output names what is not there.
final class SidecarSearch {
  /// What makes an adapter of the weights beside it; without them, loaders fail on it.
  static final String ADAPTER = "adapter_config.json";

  private static final String ADAPTER_WEIGHTS = "adapter_model";

  /// What makes one pipeline of the models in the folder's subfolders.
  private static final String PIPELINE = "model_index.json";

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
          ".bin.index.json",
          ".h5.index.json");
  private static final String OLD_WEIGHTS = "weights or training state of the input";
  private static final String OWN_WEIGHTS = "a folder with weights of its own";
  private static final String LINKED_FOLDER = "a link to a folder";

  private final Path folder;
  private final Set<Path> parts;
  private final List<Path> files = new ArrayList<>();
  private final Map<Path, String> leftOut = new TreeMap<>();
  private final List<String> notices = new ArrayList<>();

  private SidecarSearch(Path folder, Set<Path> parts) {
    this.folder = folder;
    this.parts = parts;
  }

  /// Looks through a model folder.
  ///
  /// @throws InputException if the folder does not hold one model, or one that names its parts
  ///   where they cannot be taken from
  static Sidecars in(Path folder) throws IOException {
    SidecarSearch search = new SidecarSearch(folder, ModelParts.of(folder));
    List<Path> weights =
        ModelFolder.read(new LocalStorage(), Location.of(folder)).files().stream()
            .map(folder::resolve)
            .toList();
    for (Path entry : list(folder)) {
      if (!isHidden(entry)) {
        search.add(entry, weights.contains(entry));
      }
    }
    search.leaveOutWhatNamesOthers(weights);
    search.checkParts();
    return new Sidecars(
        folder, List.copyOf(search.files), search.leftOut, List.copyOf(search.notices));
  }

  private void add(Path entry, boolean isRead) throws IOException {
    Path name = folder.relativize(entry);
    if (Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS)) {
      addFolder(entry);
    } else if (Files.isDirectory(entry)) {
      leftOut.put(name, LINKED_FOLDER);
    } else if (name.toString().equals("trainer_state.json")) {
      leftOut.put(name, OLD_WEIGHTS);
    } else if (!isWeights(name)) {
      addFile(entry);
    } else if (!isRead && !ModelFolder.isIndex(name.toString())) {
      leftOut.put(name, OLD_WEIGHTS);
    }
  }

  private void addFile(Path file) throws IOException {
    Path name = folder.relativize(file);
    if (!Files.isRegularFile(file)) {
      leftOut.put(name, "not a regular file");
    } else if (OwnFiles.holds(folder, file)) {
      files.add(name);
    } else {
      leftOut.put(name, OwnFiles.leadsTo(file));
    }
  }

  /// A subfolder belongs to the model if it holds files of the same kind, not another model; or if
  /// the model names it as one of its parts.
  private void addFolder(Path entry) throws IOException {
    Path name = folder.relativize(entry);
    List<Path> found = walk(entry);
    List<Path> weights = found.stream().filter(SidecarSearch::isWeights).toList();
    List<Path> taken = weights.isEmpty() ? found : found.stream().filter(this::isInPart).toList();
    for (Path file : taken) {
      if (Files.isDirectory(file)) {
        leftOut.put(folder.relativize(file), LINKED_FOLDER);
      } else {
        addFile(file);
      }
    }
    if (taken.stream().anyMatch(SidecarSearch::isWeights)) {
      notices.add(
          "%s: copied as it is, because %s names it; its weights are not edited or merged"
              .formatted(name, ModelParts.FILE));
    }
    if (!taken.containsAll(weights)) {
      leftOut.put(name, taken.isEmpty() ? OWN_WEIGHTS : OWN_WEIGHTS + ", but for what is named");
    }
  }

  private boolean isInPart(Path file) {
    Path name = folder.relativize(file);
    return parts.stream().anyMatch(name::startsWith);
  }

  /// What lies in a folder at any depth and is no folder itself, links to some included.
  private List<Path> walk(Path from) throws IOException {
    try (Stream<Path> walk = Files.walk(from)) {
      return walk.filter(file -> !Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS))
          .filter(file -> Stream.of(names(file)).noneMatch(name -> name.startsWith(".")))
          .sorted()
          .toList();
    }
  }

  private String[] names(Path file) {
    return folder.relativize(file).toString().split("[/\\\\]");
  }

  /// Descriptions of an adapter or a pipeline stay behind where its weights do.
  private void leaveOutWhatNamesOthers(List<Path> weights) {
    boolean isAdapter = weights.stream().allMatch(file -> nameOf(file).startsWith(ADAPTER_WEIGHTS));
    if (!isAdapter && files.remove(Path.of(ADAPTER))) {
      leftOut.put(
          Path.of(ADAPTER), "it describes an adapter whose weights are not part of the output");
    }
    boolean isWhole = leftOut.values().stream().noneMatch(why -> why.startsWith(OWN_WEIGHTS));
    if (!isWhole && files.remove(Path.of(PIPELINE))) {
      leftOut.put(
          Path.of(PIPELINE), "it describes a pipeline of folders that are not part of the output");
    }
  }

  /// All that a part holds must come along. Some parts, such as `2_Normalize`, hold nothing.
  private void checkParts() {
    for (Path part : parts) {
      leftOut.forEach(
          (name, why) -> {
            boolean isLinked = why.equals(LINKED_FOLDER) && part.startsWith(name);
            if (isLinked || name.startsWith(part)) {
              throw new InputException(
                  folder.resolve(name),
                  "%s; but %s names %s as a part of the model, so put the files themselves there"
                      .formatted(why, ModelParts.FILE, part));
            }
          });
    }
  }

  private static boolean isWeights(Path file) {
    String name = nameOf(file);
    return WEIGHTS.stream().anyMatch(name::endsWith) || ModelFolder.isIndex(name);
  }

  private static String nameOf(Path file) {
    return String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
  }

  private static boolean isHidden(Path file) {
    return nameOf(file).startsWith(".");
  }

  private static List<Path> list(Path folder) throws IOException {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.sorted().toList();
    }
  }
}

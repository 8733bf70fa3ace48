package org.lines4j.cli;

import java.io.IOException;
import java.util.Locale;
import java.util.Set;
import org.lines4j.error.NearestName;
import org.lines4j.error.RequestException;
import org.lines4j.format.Formats;
import org.lines4j.storage.Location;
import org.lines4j.storage.Storage.Kind;
import org.lines4j.storage.Storages;

/// Names of outputs that promise a file which lines does not write.
final class OutputName {
  private static final Set<String> OTHERS =
      Set.of(
          "gguf", "h5", "npz", "npy", "onnx", "msgpack", "pkl", "zip", "tar", "gz", "tgz", "json",
          "yml", "yaml", "html", "md", "txt", "sft");

  private static final String USUAL = "safetensors";

  /// Shorter endings than `tensors` may be a folder's.
  private static final int SHORTEST_MISTYPED = 7;

  private OutputName() {}

  /// Refuses what would become a folder with the name of a file of weights.
  ///
  /// @throws RequestException that says how to name it
  static void check(Location out) throws IOException {
    String name = out.name();
    int dot = name.lastIndexOf('.');
    boolean isFile = dot > 0 && Formats.ofFile(name).isEmpty() && isOfFile(name.substring(dot + 1));
    if (isFile && Storages.of(out).kind(out) != Kind.FOLDER) {
      String stem = name.substring(0, dot);
      String file = Formats.ofFile(stem).isPresent() ? stem : stem + "." + USUAL;
      throw new RequestException(out, "a folder would be made, but the name is a file's")
          .withRemedy("a single file is named .safetensors or .pt, such as " + out.sibling(file));
    }
  }

  private static boolean isOfFile(String ending) {
    return OTHERS.contains(ending.toLowerCase(Locale.ROOT))
        || (ending.length() >= SHORTEST_MISTYPED
            && NearestName.of(ending, Set.of(USUAL)).isPresent());
  }
}

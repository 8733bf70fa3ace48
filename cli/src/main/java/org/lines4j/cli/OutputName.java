package org.lines4j.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;
import org.lines4j.error.RequestException;

/// Names of outputs that promise a file which lines does not write.
final class OutputName {
  private static final Set<String> OTHERS =
      Set.of(
          "bin", "pt", "pth", "ckpt", "gguf", "h5", "npz", "npy", "onnx", "msgpack", "pkl", "zip",
          "tar", "json");

  private OutputName() {}

  /// Refuses what would become a folder with the name of a file of weights.
  ///
  /// @throws RequestException that says how to name it
  static void check(Path out) {
    Path last = out.getFileName();
    String name = last == null ? "" : last.toString();
    int dot = name.lastIndexOf('.');
    boolean isOther = dot > 0 && OTHERS.contains(name.substring(dot + 1).toLowerCase(Locale.ROOT));
    if (isOther && !Files.isDirectory(out)) {
      throw new RequestException(
          "%s: a folder would be made, but the name is a file's; a single file is named .safetensors, such as %s"
              .formatted(out, out.resolveSibling(name.substring(0, dot) + ".safetensors")));
    }
  }
}

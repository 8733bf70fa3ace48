package org.lines4j.lab.command;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/// A small vision transformer that the lab trained, and what it became when it was fine-tuned on
/// kanji: `tools/lab-pair.sh` takes them from a lab.
record TrainedPair(Path folder) {
  private static final List<String> FILES =
      List.of(
          "base/config.json",
          "base/model.safetensors",
          "tuned/config.json",
          "tuned/model.safetensors",
          "heads.safetensors");

  static TrainedPair unpack(Path folder) throws IOException {
    for (String file : FILES) {
      Path target = folder.resolve(file);
      Files.createDirectories(target.getParent());
      try (InputStream in =
          Objects.requireNonNull(TrainedPair.class.getResourceAsStream("pair/" + file), file)) {
        Files.copy(in, target);
      }
    }
    return new TrainedPair(folder);
  }

  Path base() {
    return folder.resolve("base");
  }

  Path tuned() {
    return folder.resolve("tuned");
  }

  /// The class vectors that both are read through.
  Path heads() {
    return folder.resolve("heads.safetensors");
  }
}

package org.lines4j.lab.encoder;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// The encoder of icons that comes with the lab: its images' vectors lie where all-MiniLM-L6-v2
/// puts their names. `icon-base/README.md` beside it says what it was trained on, and how.
public final class IconBase {
  private static final List<String> FILES = List.of(ConfigFile.NAME, "model.safetensors");

  private IconBase() {}

  /// Writes it as a folder, unless it is there. It is shipped in bfloat16, in which it was trained,
  /// and written in float32, in which it is fine-tuned.
  public static void write(Path folder) throws IOException {
    if (Files.exists(folder)) {
      return;
    }
    try (NewFolder made = NewFolder.at(folder)) {
      for (String file : FILES) {
        copy(file, made.path());
      }
      Weights weights = Encoder.read(made.path());
      for (String file : FILES) {
        Files.delete(made.path().resolve(file));
      }
      Encoder.write(weights, made.path());
      made.publish();
    }
  }

  private static void copy(String file, Path folder) throws IOException {
    try (InputStream in = IconBase.class.getResourceAsStream("icon-base/" + file)) {
      if (in == null) {
        throw new FileNotFoundException(file + " is missing from this build of lines");
      }
      Files.copy(in, folder.resolve(file));
    }
  }
}

package org.lines4j.lab.demo;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.lines4j.error.RequestException;
import org.lines4j.files.AtomicFile;

/// The pair of models that the lab trained and that comes with the program, unpacked into a folder.
///
/// @param folder the user's, or a temporary one, which stays for its report
public record DemoModels(Path folder) {
  private static final List<String> FILES =
      List.of(
          "base/config.json",
          "base/model.safetensors",
          "tuned/config.json",
          "tuned/model.safetensors",
          "heads.safetensors");

  /// Unpacks the models.
  ///
  /// @param wanted an empty or missing folder; null for a temporary one
  /// @throws RequestException if there is something already
  public static DemoModels unpack(@Nullable Path wanted) throws IOException {
    if (wanted != null) {
      checkEmpty(wanted);
      Files.createDirectories(wanted);
    }
    Path folder = wanted == null ? Files.createTempDirectory("lines-demo") : wanted;
    for (String file : FILES) {
      Path target = folder.resolve(file);
      Files.createDirectories(target.getParent());
      try (InputStream in = DemoModels.class.getResourceAsStream(file)) {
        if (in == null) {
          throw new FileNotFoundException(file + " is missing from this build of lines");
        }
        AtomicFile.write(target, in.readAllBytes());
      }
    }
    return new DemoModels(folder);
  }

  private static void checkEmpty(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    if (!Files.isDirectory(folder)) {
      throw new RequestException(folder + ": is a file; name a folder to make");
    }
    try (Stream<Path> entries = Files.list(folder)) {
      if (entries.findAny().isPresent()) {
        throw new RequestException(folder + ": is not empty; name a folder to make");
      }
    }
  }

  /// The pre-trained model.
  public Path base() {
    return folder.resolve("base");
  }

  /// The fine-tuned model.
  public Path tuned() {
    return folder.resolve("tuned");
  }

  /// Where an edited model goes; nothing is there yet.
  public Path edited(String name) {
    return folder.resolve(name);
  }

  /// The class vectors that all of them are read through.
  public Path heads() {
    return folder.resolve("heads.safetensors");
  }
}

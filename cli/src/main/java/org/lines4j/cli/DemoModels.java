package org.lines4j.cli;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.lines4j.RequestException;

/// The embedded pair of models, unpacked into a folder: the user's, or one that lasts as long as
/// this.
final class DemoModels implements AutoCloseable {
  private static final List<String> FILES = List.of("config.json", "model.safetensors");

  private final Path folder;
  private final boolean lasting;

  private DemoModels(Path folder, boolean lasting) {
    this.folder = folder;
    this.lasting = lasting;
  }

  /// Unpacks the models.
  ///
  /// @param wanted an empty or missing folder; null for a temporary one
  static DemoModels unpack(@Nullable Path wanted) throws IOException {
    if (wanted != null) {
      checkEmpty(wanted);
      Files.createDirectories(wanted);
    }
    Path folder = wanted == null ? Files.createTempDirectory("lines-demo") : wanted;
    DemoModels models = new DemoModels(folder, wanted != null);
    try {
      copy("base", models.base());
      copy("tuned", models.tuned());
      return models;
    } catch (IOException | RuntimeException e) {
      models.close();
      throw e;
    }
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

  private static void copy(String model, Path target) throws IOException {
    Files.createDirectory(target);
    for (String file : FILES) {
      String resource = "demo/" + model + "/" + file;
      try (InputStream in = DemoModels.class.getResourceAsStream(resource)) {
        if (in == null) {
          throw new FileNotFoundException(resource + " is missing from this build of lines");
        }
        Files.copy(in, target.resolve(file));
      }
    }
  }

  Path base() {
    return folder.resolve("base");
  }

  Path tuned() {
    return folder.resolve("tuned");
  }

  /// Where the edited model goes; nothing is there yet.
  Path edited() {
    return folder.resolve("edited");
  }

  /// Deletes a temporary folder.
  @Override
  public void close() throws IOException {
    if (!lasting) {
      try (Stream<Path> files = Files.walk(folder)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }
}

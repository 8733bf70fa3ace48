package org.lines4j.evaluate;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The tiny models that `tools/evaluator-goldens` makes, and what transformers says of them.
final class Goldens {
  static final Path TEXT = path("text.txt");
  static final Path DOCUMENTS = path("documents.jsonl");
  static final Path TOPICS = path("topics.tsv");

  private Goldens() {}

  /// A file or folder among them.
  static Path path(String name) {
    try {
      URI found =
          Objects.requireNonNull(Goldens.class.getResource("/models/" + name), name).toURI();
      return Path.of(found);
    } catch (java.net.URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  static JsonNode expected(String model) {
    return JsonMapper.shared().readTree(path(model).resolve("expected.json").toFile());
  }

  /// A copy that may be changed.
  static Path copy(String model, Path to) throws IOException {
    Path from = path(model);
    try (Stream<Path> files = Files.walk(from)) {
      files.forEach(
          file -> {
            try {
              Files.copy(file, to.resolve(from.relativize(file).toString()));
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          });
    }
    return to;
  }

  /// Changes a file of a copy.
  static void edit(Path file, String before, String after) throws IOException {
    String text = Files.readString(file);
    if (!text.contains(before)) {
      throw new IllegalArgumentException(file + " has no " + before);
    }
    Files.writeString(file, text.replace(before, after));
  }
}

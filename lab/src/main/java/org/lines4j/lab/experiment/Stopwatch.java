package org.lines4j.lab.experiment;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.lines4j.files.AtomicFile;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/// How long each part of a lab took over all runs, so that an interrupted lab reports what it
/// really cost: `seconds.json`.
///
/// @param folder of the lab
record Stopwatch(Path folder) {
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

  /// A part of a lab.
  @FunctionalInterface
  interface Part<T> {
    T run() throws IOException;
  }

  /// A part that gives nothing.
  @FunctionalInterface
  interface Step {
    void run() throws IOException;
  }

  /// As [#timed] does.
  void time(String name, Step step) throws IOException {
    boolean _ =
        timed(
            name,
            () -> {
              step.run();
              return true;
            });
  }

  /// Runs a part, and adds to the time that it has taken so far.
  <T> T timed(String name, Part<T> part) throws IOException {
    long begin = System.nanoTime();
    try {
      return part.run();
    } finally {
      Map<String, Double> seconds = seconds();
      seconds.merge(name, (System.nanoTime() - begin) / 1e9, Double::sum);
      AtomicFile.write(file(), JSON.writeValueAsString(seconds) + "\n");
    }
  }

  private Path file() {
    return folder.resolve("seconds.json");
  }

  Map<String, Double> seconds() throws IOException {
    if (!Files.exists(file())) {
      return new LinkedHashMap<>();
    }
    Map<String, Double> seconds =
        JSON.readValue(
            Files.readAllBytes(file()), new TypeReference<LinkedHashMap<String, Double>>() {});
    return seconds;
  }
}

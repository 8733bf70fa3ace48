package org.lines4j.lab.experiment;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.lines4j.error.InputException;
import org.lines4j.files.AtomicFile;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/// All that a lab gave: `results.json`.
///
/// @param command that made it
/// @param versions of what it ran on
/// @param settings that decide everything but the seeds
/// @param seconds of training and of each experiment, all seeds together, over all runs that it
///   took
/// @param seeds one entry for each
public record LabResults(
    String command,
    Map<String, String> versions,
    LabSettings settings,
    Map<String, Double> seconds,
    List<SeedResults> seeds) {
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

  /// Copies its collections.
  ///
  /// @throws IllegalArgumentException if its seeds have not the same tasks
  public LabResults {
    for (SeedResults seed : seeds) {
      if (!tasks(seed).equals(tasks(seeds.getFirst()))) {
        throw new IllegalArgumentException(
            "seed %d has other tasks than seed %d".formatted(seed.seed(), seeds.getFirst().seed()));
      }
    }
    versions = Collections.unmodifiableMap(new LinkedHashMap<>(versions));
    seconds = Collections.unmodifiableMap(new LinkedHashMap<>(seconds));
    seeds = List.copyOf(seeds);
  }

  private static List<String> tasks(SeedResults seed) {
    return seed.editing().tasks().stream().map(Editing.OfTask::task).toList();
  }

  /// Reads a file that [#write] wrote.
  ///
  /// @throws InputException if it is none
  public static LabResults read(Path file) throws IOException {
    try {
      return JSON.readValue(Files.readAllBytes(file), LabResults.class);
    } catch (JacksonException e) {
      throw new InputException(file, "not the results.json of a lab: " + e.getOriginalMessage());
    }
  }

  /// Writes it as JSON, in one step.
  public void write(Path file) throws IOException {
    AtomicFile.write(file, JSON.writeValueAsString(this) + "\n");
  }
}

package org.lines4j.lab.experiment;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.lines4j.files.AtomicFile;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/// What published models gave so far: `results.json`.
///
/// @param command that made it
/// @param versions of what it ran on
/// @param settings that decide everything
/// @param seconds of fetching and of each experiment, over all runs that it took
/// @param leftOut merge methods that take no part, and why
/// @param merges none until it is done, then one
/// @param editing none until it is done, then one
public record PaperResults(
    String command,
    Map<String, String> versions,
    PaperSettings settings,
    Map<String, Double> seconds,
    Map<String, String> leftOut,
    List<ScaledMerges> merges,
    List<Editing> editing) {
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

  /// Copies the collections.
  public PaperResults {
    versions = Collections.unmodifiableMap(new LinkedHashMap<>(versions));
    seconds = Collections.unmodifiableMap(new LinkedHashMap<>(seconds));
    leftOut = Collections.unmodifiableMap(new LinkedHashMap<>(leftOut));
    merges = List.copyOf(merges);
    editing = List.copyOf(editing);
  }

  /// Writes it as JSON, in one step.
  public void write(Path file) throws IOException {
    AtomicFile.write(file, JSON.writeValueAsString(this) + "\n");
  }
}

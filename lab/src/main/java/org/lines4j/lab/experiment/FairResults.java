package org.lines4j.lab.experiment;

import com.fasterxml.jackson.annotation.JsonAlias;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.lines4j.error.InputException;
import org.lines4j.files.AtomicFile;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/// All that a lab of a base and its tasks gave so far: `results.json`.
///
/// @param command that made it
/// @param versions of what it ran on
/// @param settings that decide everything but the seeds
/// @param tasks that there are inputs of
/// @param seconds of training and of each experiment, over all runs that it took
/// @param runs one entry for each seed and rate that is done
/// @param soups of all runs' models; empty until all are done, and where a seed's test inputs are
///   another's training inputs
/// @param missing the seeds and rates that were asked for and are not done
public record FairResults(
    String command,
    Map<String, String> versions,
    FairSettings settings,
    List<Task> tasks,
    Map<String, Double> seconds,
    List<Run> runs,
    Optional<Soups> soups,
    List<String> missing) {
  /// What it is called in a lab's folder.
  static final String FILE = "results.json";

  private static final String NAME_RESULTS =
      "name the folder of 'lines lab text' or 'lines lab icons', or the results.json in it";

  private static final JsonMapper JSON =
      JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

  /// Copies the collections.
  public FairResults {
    versions = Collections.unmodifiableMap(new LinkedHashMap<>(versions));
    tasks = List.copyOf(tasks);
    seconds = Collections.unmodifiableMap(new LinkedHashMap<>(seconds));
    runs = List.copyOf(runs);
    missing = List.copyOf(missing);
  }

  /// A task.
  ///
  /// @param inputs texts or images that there are of it
  public record Task(
      String name, String question, String source, int classes, @JsonAlias("texts") int inputs) {}

  /// One seed at one rate.
  public record Run(long seed, double rate, Editing editing, ScaledMerges merges) {}

  /// The runs of a rate.
  public List<Run> at(double rate) {
    return runs.stream().filter(run -> run.rate() == rate).toList();
  }

  /// What is to be told of a task.
  public Optional<Task> task(String name) {
    return tasks.stream().filter(task -> task.name().equals(name)).findFirst();
  }

  /// Reads a file that [#write] wrote.
  ///
  /// @param file or the folder of a lab that holds it
  /// @throws InputException if it is none
  public static FairResults read(Path file) throws IOException {
    Path results = Files.isDirectory(file) ? file.resolve(FILE) : file;
    if (!Files.isRegularFile(results)) {
      throw new InputException(results, "there is no such file").withRemedy(NAME_RESULTS);
    }
    try {
      return JSON.readValue(Files.readAllBytes(results), FairResults.class);
    } catch (JacksonException e) {
      throw new InputException(
              results, "not the results.json of a lab of texts or icons: " + e.getOriginalMessage())
          .withRemedy(NAME_RESULTS);
    }
  }

  /// Writes it as JSON, in one step.
  public void write(Path file) throws IOException {
    AtomicFile.write(file, JSON.writeValueAsString(this) + "\n");
  }
}

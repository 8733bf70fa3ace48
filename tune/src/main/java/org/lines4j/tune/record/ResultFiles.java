package org.lines4j.tune.record;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.lines4j.error.InputException;
import org.lines4j.error.OnMismatch;
import org.lines4j.error.Option;
import org.lines4j.error.Remedy;
import org.lines4j.error.RequestException;
import org.lines4j.error.Version;
import org.lines4j.files.AtomicFile;
import org.lines4j.layers.StackMode;
import org.lines4j.merge.Recipe;
import org.lines4j.merge.Stage;
import org.lines4j.recipe.RecipeYaml;
import org.lines4j.tune.Results;
import org.lines4j.tune.Subject;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/// The files that a search leaves beside its journal.
public final class ResultFiles {
  /// All results.
  public static final String RESULTS = "results.json";

  /// How methods compare, where several were searched.
  public static final String CONTEST = "contest.json";

  /// The winner, as a recipe.
  public static final String BEST = "best.yml";

  /// The page that shows the results.
  public static final String REPORT = "report.html";

  private ResultFiles() {}

  public static void write(Path dir, Subject subject, Results results) throws IOException {
    AtomicFile.write(dir.resolve(RESULTS), ResultsJson.of(results));
    AtomicFile.write(dir.resolve(BEST), best(subject, results));
  }

  /// The text of `results.json` in `dir`.
  ///
  /// @throws RequestException if there is none
  /// @throws InputException if it is not what this version writes
  public static String read(Path dir) throws IOException {
    return read(dir.resolve(RESULTS), ResultsJson.FORMAT);
  }

  /// The text of `contest.json` in `dir`.
  ///
  /// @throws RequestException if there is none
  /// @throws InputException if it is not what this version writes
  public static String readContest(Path dir) throws IOException {
    return read(dir.resolve(CONTEST), ContestJson.FORMAT);
  }

  private static String read(Path file, String wanted) throws IOException {
    if (!Files.isRegularFile(file)) {
      throw new RequestException(file, "there is no such file")
          .withRemedy(
              Remedy.of(
                  "name the folder that a search was given as ",
                  Option.OUT,
                  ", after it has finished"));
    }
    String text = Files.readString(file);
    Optional<String> format;
    try {
      format = JsonMapper.shared().readTree(text).path("format").asStringOpt();
    } catch (JacksonException e) {
      throw new InputException(file, "no results of a search: not JSON: " + e.getOriginalMessage());
    }
    if (!format.equals(Optional.of(wanted))) {
      throw InputException.expected(file, "format", wanted, format.orElse("nothing"));
    }
    return text;
  }

  private static String best(Subject subject, Results results) {
    List<String> comments = new ArrayList<>();
    comments.add(
        "Chosen by LiNeS for Java %s: %s".formatted(Version.current(), results.winner().label()));
    comments.addAll(results.verdict().sentences());
    comments.add("To make this model, merge by this recipe%s.".formatted(conditions(subject)));
    List<Stage> stages = new ArrayList<>(subject.earlier());
    stages.add(new Stage("", best(subject.recipe(), results.winner())));
    return RecipeYaml.of(stages, subject::portable, comments);
  }

  private static Recipe best(Recipe recipe, Results.Point winner) {
    return winner.candidate().orElseThrow().applyTo(recipe).withLines(winner.lines());
  }

  /// What a recipe cannot say.
  private static String conditions(Subject subject) {
    List<String> conditions = new ArrayList<>();
    if (subject.seed() != 0) {
      conditions.add("seed " + subject.seed());
    }
    if (subject.layers().mode() != StackMode.JOINED) {
      String mode = subject.layers().mode().name().toLowerCase(Locale.ROOT).replace('_', '-');
      conditions.add("stacks " + mode);
    }
    subject
        .layers()
        .layers()
        .ifPresent(pattern -> conditions.add("layers '%s'".formatted(pattern)));
    if (!subject.layers().rules().isEmpty()) {
      conditions.add("the rules of the search");
    }
    if (subject.mismatch() != OnMismatch.REFUSE) {
      conditions.add("on-mismatch " + subject.mismatch().name().toLowerCase(Locale.ROOT));
    }
    subject.renames().forEach(rename -> conditions.add("rename '%s'".formatted(rename)));
    return conditions.isEmpty() ? "" : " with " + String.join(", ", conditions);
  }
}

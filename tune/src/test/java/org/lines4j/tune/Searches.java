package org.lines4j.tune;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.lines4j.merge.Recipe;
import org.lines4j.merge.Recipe.ModelUse;
import org.lines4j.merge.Setting;

/// Searches over small models in a folder.
final class Searches {
  static final Goals PAPER = Goals.usual(Metric.parseAll("target"), Metric.parseAll("control"), 1);

  private final Path folder;

  Searches(Path folder) {
    this.folder = folder;
  }

  /// One tuned model, the paper's protocol.
  Tuning edit(Evaluator evaluator) throws IOException {
    Path base = Models.base(folder.resolve("base.safetensors"));
    Path tuned = Models.tuned(folder.resolve("tuned.safetensors"), 0, 4);
    Subject subject = Subject.edit(base, tuned, Optional.empty());
    return new Tuning(
        subject, evaluator, PAPER, UsualSearch.of(subject), Conduct.defaults().withRetries(0));
  }

  /// Two tuned models, merged.
  Tuning merge(String method, Evaluator evaluator) throws IOException {
    Models.base(folder.resolve("base.safetensors"));
    Models.tuned(folder.resolve("one.safetensors"), 0, 2);
    Models.tuned(folder.resolve("two.safetensors"), 1, 4);
    Recipe recipe =
        Recipe.of(
                "a recipe",
                method,
                List.of(
                    ModelUse.of("one.safetensors", Map.of()),
                    ModelUse.of("two.safetensors", Map.of())))
            .withBase("base.safetensors");
    Recipe whole =
        method.equals("ties")
            ? recipe.withParameters(
                Map.of("trim_scope", Setting.of("model"), "density", Setting.of(0.6)))
            : recipe;
    Subject subject = Subject.of(whole, folder);
    Goals goals = Goals.usual(Metric.parseAll("target,other"), List.of(), 2);
    return new Tuning(
        subject, evaluator, goals, UsualSearch.of(subject), Conduct.defaults().withRetries(0));
  }

  static Tuning with(Tuning tuning, Evaluator evaluator) {
    return new Tuning(tuning.subject(), evaluator, tuning.goals(), tuning.plan(), tuning.conduct());
  }

  static Tuning with(Tuning tuning, Conduct conduct) {
    return new Tuning(tuning.subject(), tuning.evaluator(), tuning.goals(), tuning.plan(), conduct);
  }

  static Tuning with(Tuning tuning, SearchPlan plan) {
    return new Tuning(tuning.subject(), tuning.evaluator(), tuning.goals(), plan, tuning.conduct());
  }

  static Tuning with(Tuning tuning, Goals goals) {
    return new Tuning(tuning.subject(), tuning.evaluator(), goals, tuning.plan(), tuning.conduct());
  }

  /// The bytes of all files in a folder.
  static long size(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(Files::isRegularFile).mapToLong(file -> file.toFile().length()).sum();
    } catch (IOException | java.io.UncheckedIOException e) {
      return 0; // something was removed meanwhile: looked at again soon
    }
  }
}

package org.lines4j.lab.experiment;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.lines4j.error.RequestException;
import org.lines4j.lab.experiment.Editing.Scope;
import org.lines4j.lab.experiment.ScaledMerges.Way;
import org.lines4j.lab.image.Split;
import org.lines4j.plan.Progress;

/// A folder in which published models are fetched, edited, merged, and measured by a program. What
/// was fetched or measured already is not fetched or measured again.
///
/// @param parallel how many models are measured at the same time
/// @param progress of fetching in bytes
/// @param measured of measuring, one step for each task of a model
public record PaperLab(
    Path folder, PaperSettings settings, int parallel, Progress progress, Progress measured) {
  private static final List<Way> WAYS = List.of(Way.UNIFORM, Way.LINES, Way.LINES_DEPTH);

  /// Fetches and measures what is missing, and writes `results.json` after each experiment.
  ///
  /// @param command to note
  /// @throws org.lines4j.error.RequestException if the folder holds a lab with other settings
  public PaperResults run(String command) throws IOException {
    LabFolder.checkSettings(folder, settings);
    PaperModels models = new PaperModels(folder, settings, progress);
    models.check();
    Family family = models.family();
    try (Workbench bench =
        new Workbench(
            folder, new PaperMeasuring(settings.evaluator(), folder), parallel, measured)) {
      watch().time("fetching", models::fetchBase);
      watch().time("measuring the base", () -> measureBase(bench, family));
      watch().time("fetching", models::fetchTuned);
      Map<String, String> leftOut = new LinkedHashMap<>();
      List<String> methods = takePart(family, leftOut);
      ScaledMerges merges =
          watch()
              .timed(
                  "merging",
                  () -> ScaledMerges.measure(bench, family, methods, WAYS, settings.scales()));
      write(command, leftOut, merges, List.of());
      Family edited = family.with(family.tasks().subList(0, settings.editingTasks()));
      Scope scope =
          new Scope(
              family.tasks(), settings.editingSteps(), Split.VALIDATION, WAYS, _ -> List.of());
      Editing editing = watch().timed("editing", () -> Editing.measure(bench, edited, scope));
      return write(command, leftOut, merges, List.of(editing));
    }
  }

  /// Shows that data and evaluator are there, before the rest is fetched.
  private static void measureBase(Workbench bench, Family family) throws IOException {
    List<Probe> probes = family.tasks().stream().map(task -> Probe.of(task, Split.TEST)).toList();
    List<Answers> _ = bench.ask("the base", List.of(family.baseOn(probes)));
  }

  private Stopwatch watch() {
    return new Stopwatch(folder);
  }

  private PaperResults write(
      String command, Map<String, String> leftOut, ScaledMerges merges, List<Editing> editing)
      throws IOException {
    PaperResults results =
        new PaperResults(
            command,
            LabFolder.machine(),
            settings,
            watch().seconds(),
            leftOut,
            List.of(merges),
            editing);
    results.write(folder.resolve("results.json"));
    return results;
  }

  /// The methods that can merge these models, each to an update of its own: with all densities 1,
  /// as they are usually, some do what others do.
  private List<String> takePart(Family family, Map<String, String> leftOut) throws IOException {
    MergedUpdates updates = new MergedUpdates(folder, family);
    Map<MergedUpdates.Size, String> methods = new LinkedHashMap<>();
    for (String method : settings.methods()) {
      Optional<String> refusal = updates.refusal(method);
      if (refusal.isPresent()) {
        leftOut.put(method, refusal.get());
        continue;
      }
      String twin = methods.putIfAbsent(updates.size(method), method);
      updates.remove(method);
      if (twin != null) {
        leftOut.put(method, "by its usual parameters it makes the update of " + twin);
      }
    }
    if (methods.isEmpty()) {
      throw new RequestException("no method can merge these models: " + leftOut);
    }
    return List.copyOf(methods.values());
  }
}

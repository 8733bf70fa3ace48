package org.lines4j.lab.experiment;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.lines4j.lab.experiment.Editing.Scope;
import org.lines4j.lab.experiment.ScaledMerges.Way;
import org.lines4j.lab.experiment.TextResults.Run;
import org.lines4j.lab.image.Split;
import org.lines4j.lab.text.TextTask;
import org.lines4j.plan.Progress;

/// A folder in which a public sentence encoder is fine-tuned, edited, merged and measured. What is
/// there already is not made again.
///
/// @param folder of everything
/// @param seeds each of which trains and measures models of its own, at each rate
/// @param parallel how many jobs run at the same time, with one thread each
/// @param progress of training in steps, of measuring in models
public record TextLab(
    Path folder, TextSettings settings, List<Long> seeds, int parallel, Progress progress) {
  /// Six blocks have halves; quarters would be of one block and of two.
  private static final List<Integer> HALVES = List.of(2);

  /// Behind a sentence encoder's blocks lies nothing, so what lies outside decides nothing.
  private static final List<Way> WAYS = List.of(Way.UNIFORM, Way.LINES);

  /// Copies the list.
  public TextLab {
    seeds = List.copyOf(seeds);
  }

  /// Trains and measures what is missing, one seed and rate after the other, and writes
  /// `results.json` after each.
  ///
  /// @param command to note
  /// @throws org.lines4j.error.RequestException if the folder holds a lab with other settings
  public TextResults run(String command) throws IOException {
    LabFolder.checkSettings(folder, settings);
    TextModels.Shared shared = TextModels.Shared.in(folder, settings);
    shared.tokenise(seeds);
    List<Run> done = new ArrayList<>();
    List<TextModels> all = new ArrayList<>();
    for (double rate : settings.rates()) {
      seeds.forEach(seed -> all.add(new TextModels(shared, seed, rate)));
    }
    TextResults results = results(command, shared, done, all);
    for (int i = 0; i < all.size(); i++) {
      done.add(run(all.get(i)));
      results = results(command, shared, done, all.subList(i + 1, all.size()));
      results.write(folder.resolve("results.json"));
    }
    return results;
  }

  private TextResults results(
      String command, TextModels.Shared shared, List<Run> done, List<TextModels> left)
      throws IOException {
    return new TextResults(
        command,
        LabFolder.versions(),
        settings,
        settings.tasks().stream().map(name -> described(shared.task(name))).toList(),
        watch().seconds(),
        done,
        left.stream().map(TextModels::title).toList());
  }

  private static TextResults.Task described(TextTask task) {
    return new TextResults.Task(
        task.name(), task.question(), task.source(), task.classes().size(), task.examples().size());
  }

  private Stopwatch watch() {
    return new Stopwatch(folder);
  }

  private Run run(TextModels models) throws IOException {
    Family family = models.family();
    watch()
        .time(
            "fine-tuning",
            () ->
                LabFolder.train(
                    "fine-tuning, " + models.title(), models.fineTuning(), parallel, progress));
    try (Workbench bench =
        new Workbench(models.folder(), new TextMeasuring(models), parallel, progress)) {
      Scope scope = new Scope(family.tasks(), settings.editingSteps(), HALVES, Split.VALIDATION);
      Family edited = family.with(family.tasks().subList(0, settings.editingTasks()));
      ScaledMerges merges =
          watch()
              .timed(
                  "merging",
                  () ->
                      ScaledMerges.measure(
                          bench, family, settings.methods(), WAYS, settings.scales()));
      Editing editing = watch().timed("editing", () -> Editing.measure(bench, edited, scope));
      return new Run(models.seed(), models.rate(), editing, merges);
    }
  }
}

package org.lines4j.lab.experiment;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.lines4j.lab.experiment.Editing.Scope;
import org.lines4j.lab.experiment.FairResults.Run;
import org.lines4j.lab.experiment.ScaledMerges.Way;
import org.lines4j.lab.image.Split;
import org.lines4j.plan.Progress;

/// A folder in which a base is fine-tuned on tasks, edited, merged and measured. What is there
/// already is not made again.
///
/// @param folder of everything
/// @param seeds each of which trains and measures models of its own, at each rate
/// @param parallel how many jobs run at the same time, with one thread each
/// @param progress of training in steps, of measuring in models
public record FairLab(
    Path folder, FairSettings settings, List<Long> seeds, int parallel, Progress progress) {
  /// Copies the list.
  public FairLab {
    seeds = List.copyOf(seeds);
  }

  /// Trains and measures what is missing, one seed and rate after the other, and writes
  /// `results.json` after each.
  ///
  /// @param command to note
  /// @throws org.lines4j.error.RequestException if the folder holds a lab with other settings
  public FairResults run(String command) throws IOException {
    LabFolder.checkSettings(folder, settings);
    Subject subject =
        switch (settings) {
          case TextSettings texts -> TextModels.Shared.in(folder, texts);
          case IconSettings icons -> IconModels.Shared.in(folder, icons);
        };
    subject.prepare(seeds);
    List<Run> done = new ArrayList<>();
    List<FairModels> all = new ArrayList<>();
    for (double rate : settings.rates()) {
      seeds.forEach(seed -> all.add(subject.models(seed, rate)));
    }
    FairResults results = results(command, subject, done, all);
    for (int i = 0; i < all.size(); i++) {
      done.add(run(all.get(i), subject.ways()));
      results = results(command, subject, done, all.subList(i + 1, all.size()));
      results.write(folder.resolve("results.json"));
    }
    return results;
  }

  private FairResults results(
      String command, Subject subject, List<Run> done, List<FairModels> left) throws IOException {
    return new FairResults(
        command,
        LabFolder.versions(),
        settings,
        subject.tasks(),
        watch().seconds(),
        done,
        left.stream().map(FairModels::title).toList());
  }

  private Stopwatch watch() {
    return new Stopwatch(folder);
  }

  private Run run(FairModels models, List<Way> ways) throws IOException {
    Family family = models.family();
    watch()
        .time(
            "fine-tuning",
            () ->
                LabFolder.train(
                    "fine-tuning, " + models.title(), models.fineTuning(), parallel, progress));
    try (Workbench bench = new Workbench(models.folder(), models.measuring(), parallel, progress)) {
      Scope scope =
          new Scope(family.tasks(), settings.editingSteps(), settings.parts(), Split.VALIDATION);
      Family edited = family.with(family.tasks().subList(0, settings.editingTasks()));
      ScaledMerges merges =
          watch()
              .timed(
                  "merging",
                  () ->
                      ScaledMerges.measure(
                          bench, family, settings.methods(), ways, settings.scales()));
      Editing editing = watch().timed("editing", () -> Editing.measure(bench, edited, scope));
      return new Run(models.seed(), models.rate(), editing, merges);
    }
  }
}

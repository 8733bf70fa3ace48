package org.lines4j.lab.experiment;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.lines4j.lab.experiment.Editing.Scope;
import org.lines4j.lab.experiment.FairResults.Run;
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
    return run(
        command,
        switch (settings) {
          case TextSettings texts -> TextModels.Shared.in(folder, texts);
          case IconSettings icons -> IconModels.Shared.in(folder, icons);
        });
  }

  /// @param subject what the settings are of
  FairResults run(String command, Subject subject) throws IOException {
    subject.prepare(seeds);
    List<Run> done = new ArrayList<>();
    List<FairModels> all = new ArrayList<>();
    for (double rate : settings.rates()) {
      seeds.forEach(seed -> all.add(subject.models(seed, rate)));
    }
    FairResults results = results(command, subject, done, Optional.empty(), all);
    for (int i = 0; i < all.size(); i++) {
      done.add(run(all.get(i), subject));
      List<FairModels> left = all.subList(i + 1, all.size());
      Optional<Soups> soups =
          left.isEmpty() && all.size() > 1 && subject.isSplitOnce()
              ? Optional.of(soups(all, subject))
              : Optional.empty();
      results = results(command, subject, done, soups, left);
      results.write(folder.resolve(FairResults.FILE));
    }
    return results;
  }

  private FairResults results(
      String command, Subject subject, List<Run> done, Optional<Soups> soups, List<FairModels> left)
      throws IOException {
    return new FairResults(
        command,
        LabFolder.versions(),
        settings,
        subject.tasks(),
        watch().seconds(),
        done,
        soups,
        left.stream().map(FairModels::title).toList());
  }

  private Stopwatch watch() {
    return new Stopwatch(folder);
  }

  private Run run(FairModels models, Subject subject) throws IOException {
    Family family = models.family();
    watch()
        .time(
            "fine-tuning",
            () ->
                LabFolder.train(
                    "fine-tuning, " + models.title(), models.fineTuning(), parallel, progress));
    try (Workbench bench = new Workbench(models.folder(), models.measuring(), parallel, progress)) {
      Scope scope =
          new Scope(
              family.tasks(),
              settings.editingSteps(),
              Split.VALIDATION,
              subject.ways(),
              subject::shifts);
      Family edited = family.with(family.tasks().subList(0, settings.editingTasks()));
      ScaledMerges merges =
          watch()
              .timed(
                  "merging",
                  () ->
                      ScaledMerges.measure(
                          bench, family, settings.methods(), subject.ways(), settings.scales()));
      Editing editing = watch().timed("editing", () -> Editing.measure(bench, edited, scope));
      return new Run(models.seed(), models.rate(), editing, merges);
    }
  }

  /// Measured on the first seed's inputs.
  private Soups soups(List<FairModels> all, Subject subject) throws IOException {
    FairModels first = all.getFirst();
    Map<String, List<String>> models = new LinkedHashMap<>();
    for (String task : settings.tasks()) {
      models.put(task, all.stream().map(each -> inFolder(each.tuned(task))).toList());
    }
    String base = inFolder(first.base());
    String heads = FairModels.HEADS;
    try (Workbench bench = new Workbench(folder, first.measuring(), parallel, progress)) {
      return watch()
          .timed("soups", () -> Soups.measure(bench, base, heads, models, subject.ways()));
    }
  }

  private String inFolder(Path model) {
    return folder.relativize(model).toString();
  }
}

package org.lines4j.lab.experiment;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.lines4j.Convert;
import org.lines4j.Edit;
import org.lines4j.error.OnMismatch;
import org.lines4j.format.Checkpoint;
import org.lines4j.layers.LayerScaling;
import org.lines4j.plan.Progress;
import org.lines4j.plan.RunOptions;
import org.lines4j.storage.Location;

/// Published models, fetched: as safetensors in the lab's folder, by the Hub's cache, which goes on
/// where a download broke off. What is there is not fetched again.
///
/// ```
/// base/  tuned/EuroSAT/  heads/EuroSAT/
/// ```
record PaperModels(Path folder, PaperSettings settings, Progress progress) {
  private static final String HEADS = "heads";

  /// A file or folder of the set, and what becomes of it.
  private record Copy(Location from, Path to) {}

  /// The fine-tuned models and their base.
  Family family() {
    return new Family("tuned", "base", HEADS, settings.tasks());
  }

  /// Looks at everything that is not here yet: headers alone, before gigabytes are fetched.
  ///
  /// @throws org.lines4j.error.InputException if something is not where it should be
  void check() throws IOException {
    List<Copy> all = new ArrayList<>(tuned());
    all.addAll(heads());
    all.addFirst(new Copy(baseFrom(), base()));
    for (Copy copy : all) {
      if (!Files.exists(copy.to())) {
        try (Checkpoint _ = Checkpoint.open(copy.from())) {
          // it is there, and what it says of itself holds
        }
      }
    }
  }

  /// Fetches the base, with the tensors that fine-tuned models have: an encoder of images may have
  /// come with one of texts. So do class vectors, where they were published.
  void fetchBase() throws IOException {
    fetch(heads());
    if (Files.exists(base())) {
      return;
    }
    try (Checkpoint whole = Checkpoint.open(baseFrom());
        Checkpoint tuned = Checkpoint.open(tuned().getFirst().from())) {
      Edit.of(whole, tuned)
          .withScaling(LayerScaling.uniform(0))
          .withMismatch(OnMismatch.TUNED)
          .plan(base())
          .run(options());
    }
  }

  /// Fetches the fine-tuned models.
  void fetchTuned() throws IOException {
    fetch(tuned());
  }

  private void fetch(List<Copy> copies) throws IOException {
    for (Copy copy : copies) {
      if (!Files.exists(copy.to())) {
        try (Checkpoint model = Checkpoint.open(copy.from())) {
          Convert.of(model).plan(copy.to()).run(options());
        }
      }
    }
  }

  private Path base() {
    return folder.resolve(family().base());
  }

  private Location baseFrom() {
    return settings.published().base(settings.model(), settings.from());
  }

  private List<Copy> tuned() {
    return settings.tasks().stream()
        .map(task -> new Copy(tunedFrom(task), folder.resolve(family().tuned(task))))
        .toList();
  }

  private Location tunedFrom(String task) {
    return settings.published().tuned(settings.model(), settings.from(), task);
  }

  private List<Copy> heads() {
    List<Copy> copies = new ArrayList<>();
    for (String task : settings.tasks()) {
      settings
          .published()
          .head(settings.model(), settings.from(), task)
          .ifPresent(from -> copies.add(new Copy(from, folder.resolve(HEADS).resolve(task))));
    }
    return copies;
  }

  private RunOptions options() {
    return RunOptions.defaults().withProgress(progress);
  }
}

package org.lines4j.lab.experiment;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.lines4j.error.InputException;
import org.lines4j.lab.encoder.TrainingJob;
import org.lines4j.plan.Progress;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/// A folder in which models are trained on images rendered by program: the smallest that there are
/// to try things on. What is there already is not made again.
///
/// @param folder of everything
/// @param seed of all models
/// @param parallel how many jobs run at the same time, with one thread each
/// @param progress of training in steps
public record Lab(Path folder, LabSettings settings, long seed, int parallel, Progress progress) {
  private static final JsonMapper JSON = JsonMapper.shared();

  private static final String SETTINGS = LabFolder.SETTINGS;
  private static final String SEED = "seed-";

  /// Its models.
  public SeedModels models() {
    return new SeedModels(folder.resolve(SEED + seed), seed, settings);
  }

  /// The models among which `model` lies, if it is one of a lab's.
  ///
  /// @throws InputException if that lab's settings cannot be read
  public static Optional<SeedModels> around(Path model) throws IOException {
    Path at = model.toAbsolutePath().normalize();
    for (Path parent = at.getParent(); parent != null; at = parent, parent = at.getParent()) {
      String name = String.valueOf(at.getFileName());
      Path settings = parent.resolve(SETTINGS);
      if (name.matches(SEED + "\\d{1,18}") && Files.exists(settings)) {
        long seed = Long.parseLong(name.substring(SEED.length()));
        return Optional.of(new SeedModels(at, seed, readSettings(settings)));
      }
    }
    return Optional.empty();
  }

  private static LabSettings readSettings(Path file) throws IOException {
    try {
      return JSON.readValue(Files.readAllBytes(file), LabSettings.class);
    } catch (JacksonException e) {
      throw new InputException(file, "not the settings of a lab: " + e.getOriginalMessage());
    }
  }

  /// Trains all models that are not there yet.
  ///
  /// @throws org.lines4j.error.RequestException if the folder holds a lab with other settings
  public void train() throws IOException {
    LabFolder.checkSettings(folder, settings);
    models().writeHeads();
    train("pre-training", List.of(models().pretraining()));
    train("fine-tuning", models().fineTuning());
  }

  private void train(String phase, List<TrainingJob> jobs) throws IOException {
    watch().time(phase, () -> LabFolder.train(phase, jobs, parallel, progress));
  }

  private Stopwatch watch() {
    return new Stopwatch(folder);
  }
}

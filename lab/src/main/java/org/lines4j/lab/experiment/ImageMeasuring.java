package org.lines4j.lab.experiment;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.lines4j.lab.encoder.Accuracy;
import org.lines4j.lab.encoder.ClassVectors;
import org.lines4j.lab.encoder.Encoder;
import org.lines4j.lab.image.ImageTasks;
import org.lines4j.lab.image.Images;
import org.lines4j.lab.image.Split;

/// Measures image encoders on images of one seed, each rendered once.
final class ImageMeasuring implements Measuring {
  private final Path folder;
  private final long seed;
  private final LabSettings settings;
  private final Map<Probe, Images> images = new ConcurrentHashMap<>();
  private final Map<String, ClassVectors> heads = new ConcurrentHashMap<>();

  ImageMeasuring(Path folder, long seed, LabSettings settings) {
    this.folder = folder;
    this.seed = seed;
    this.settings = settings;
  }

  @Override
  public Map<Probe, Double> measure(Path model, String heads, List<Probe> probes)
      throws IOException {
    ClassVectors vectors = heads(heads);
    try (Encoder encoder = Encoder.load(model)) {
      Map<Probe, Double> measured = new LinkedHashMap<>();
      for (Probe probe : probes) {
        measured.put(probe, Accuracy.of(encoder, images(probe), vectors.of(probe.task())));
      }
      return measured;
    }
  }

  private ClassVectors heads(String file) throws IOException {
    ClassVectors known = heads.get(file);
    if (known == null) {
      known = ClassVectors.load(folder.resolve(file));
      heads.put(file, known);
    }
    return known;
  }

  private Images images(Probe probe) {
    int count =
        probe.split() == Split.VALIDATION ? settings.validationImages() : settings.testImages();
    return images.computeIfAbsent(
        probe,
        key -> ImageTasks.named(key.task()).render(seed, key.split(), key.shift(), 0, count));
  }
}

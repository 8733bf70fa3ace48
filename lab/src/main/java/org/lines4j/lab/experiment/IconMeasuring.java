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
import org.lines4j.lab.image.Images;

/// Measures image encoders on icons of one seed, each task's drawn once.
final class IconMeasuring implements Measuring {
  private final IconModels models;
  private final Map<Probe, Images> images = new ConcurrentHashMap<>();

  IconMeasuring(IconModels models) {
    this.models = models;
  }

  @Override
  public Map<Probe, Double> measure(Path model, String heads, List<Probe> probes)
      throws IOException {
    ClassVectors vectors = models.heads();
    Map<Probe, Double> measured = new LinkedHashMap<>();
    try (Encoder encoder = Encoder.load(model)) {
      for (Probe probe : probes) {
        Images own = images.computeIfAbsent(probe, models::images);
        measured.put(probe, Accuracy.of(encoder, own, vectors.of(probe.task())));
      }
    }
    return measured;
  }
}

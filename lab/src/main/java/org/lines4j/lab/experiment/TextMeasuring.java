package org.lines4j.lab.experiment;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.lines4j.lab.encoder.Accuracy;
import org.lines4j.lab.encoder.ClassVectors;
import org.lines4j.lab.encoder.TextConfig;
import org.lines4j.lab.encoder.TextEncoder;
import org.lines4j.lab.encoder.TokenTexts;

/// Measures sentence encoders on texts of one seed. All texts of a question are embedded together,
/// so that texts of one length lie side by side whatever their tasks.
final class TextMeasuring implements Measuring {
  private final TextModels models;

  TextMeasuring(TextModels models) {
    this.models = models;
  }

  @Override
  public Map<Probe, Double> measure(Path model, String heads, List<Probe> probes)
      throws IOException {
    List<int[]> tokens = new ArrayList<>();
    for (Probe probe : probes) {
      tokens.addAll(models.texts(probe.task(), probe.split()).tokens());
    }
    float[] embeddings;
    try (TextEncoder encoder = TextEncoder.load(model, TextConfig.MINI_LM)) {
      embeddings = encoder.embed(tokens);
    }
    ClassVectors vectors = models.heads();
    Map<Probe, Double> measured = new LinkedHashMap<>();
    int from = 0;
    for (Probe probe : probes) {
      TokenTexts texts = models.texts(probe.task(), probe.split());
      int to = from + texts.count() * TextConfig.MINI_LM.width();
      float[] own = java.util.Arrays.copyOfRange(embeddings, from, to);
      measured.put(probe, Accuracy.of(own, texts.labels(), vectors.of(probe.task())));
      from = to;
    }
    return measured;
  }
}

package org.lines4j.lab.experiment;

import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/// How right a model is on some images: accuracy from 0 to 1 by probe, in the order of the
/// question.
public record Answers(Map<Probe, Double> accuracy) {
  /// Copies the map.
  public Answers {
    accuracy = Collections.unmodifiableMap(new LinkedHashMap<>(accuracy));
  }

  /// Those of several questions together.
  static Answers all(Collection<Answers> parts) {
    Map<Probe, Double> accuracy = new LinkedHashMap<>();
    parts.forEach(part -> accuracy.putAll(part.accuracy()));
    return new Answers(accuracy);
  }

  /// What was asked.
  public Set<Probe> probes() {
    return accuracy.keySet();
  }

  /// The accuracy on one probe's images.
  ///
  /// @throws IllegalArgumentException if that was not asked
  public double on(Probe probe) {
    Double value = accuracy.get(probe);
    if (value == null) {
      throw new IllegalArgumentException("not measured: " + probe);
    }
    return value;
  }

  /// The mean over all probes.
  public double mean() {
    return accuracy.values().stream().mapToDouble(x -> x).average().orElseThrow();
  }

  /// The mean over all probes of accuracy by another model's.
  public double meanBy(Answers other) {
    return probes().stream().mapToDouble(p -> on(p) / other.on(p)).average().orElseThrow();
  }
}

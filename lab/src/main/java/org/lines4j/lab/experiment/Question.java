package org.lines4j.lab.experiment;

import java.util.List;

/// How right is a model, read through some class vectors, on some images?
///
/// @param heads the file of class vectors, relative to the seed's folder
public record Question(Candidate model, String heads, List<Probe> probes) {
  /// Copies the list.
  public Question {
    probes = List.copyOf(probes);
  }

  String key() {
    return model.key() + " | " + heads;
  }
}

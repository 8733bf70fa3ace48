package org.lines4j.lab.experiment;

import org.lines4j.lab.image.Split;

/// Inputs to measure a model on.
///
/// @param task the inputs' task, by name
/// @param shift how they differ from those of training, by name
public record Probe(String task, Split split, String shift) {
  /// The shift of inputs like those of training.
  public static final String UNSHIFTED = "NONE";

  /// Inputs like those of training.
  public static Probe of(String task, Split split) {
    return new Probe(task, split, UNSHIFTED);
  }

  @Override
  public String toString() {
    return task + "/" + split + "/" + shift;
  }
}

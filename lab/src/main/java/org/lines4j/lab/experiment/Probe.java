package org.lines4j.lab.experiment;

import org.lines4j.lab.image.Shift;
import org.lines4j.lab.image.Split;

/// Images to measure a model on.
///
/// @param task the images' task, by name
public record Probe(String task, Split split, Shift shift) {
  /// Images like those of training.
  public static Probe of(String task, Split split) {
    return new Probe(task, split, Shift.NONE);
  }

  @Override
  public String toString() {
    return task + "/" + split + "/" + shift;
  }
}

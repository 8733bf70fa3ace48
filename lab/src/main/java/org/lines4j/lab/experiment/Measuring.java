package org.lines4j.lab.experiment;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// What a [Workbench] measures models by. Several threads measure at the same time.
public interface Measuring {
  /// How right a model is.
  ///
  /// @param model its folder
  /// @param heads the file of class vectors, relative to the bench's folder
  /// @return accuracy from 0 to 1 by probe
  Map<Probe, Double> measure(Path model, String heads, List<Probe> probes) throws IOException;

  /// What is measured, and remembered, at a time. All together, unless each takes long.
  default List<List<Probe>> portions(List<Probe> probes) {
    return List.of(probes);
  }
}

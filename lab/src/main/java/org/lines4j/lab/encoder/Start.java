package org.lines4j.lab.encoder;

import java.nio.file.Path;

/// What a training starts from.
public sealed interface Start {
  /// Fresh random weights, which `seed` determines.
  record Fresh(ImageConfig config, long seed) implements Start {}

  /// A saved encoder.
  record From(Path folder) implements Start {}
}

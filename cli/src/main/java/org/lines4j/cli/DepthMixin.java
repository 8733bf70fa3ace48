package org.lines4j.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// `--alpha` and `--beta`: how λ grows with depth.
final class DepthMixin {
  @Option(
      names = "--alpha",
      paramLabel = "A",
      defaultValue = "0.1",
      converter = NumberConverter.class,
      description = "Lambda of the first layer (default ${DEFAULT-VALUE}).")
  private double alpha;

  @Option(
      names = "--beta",
      paramLabel = "B",
      converter = NumberConverter.class,
      description = "What the last layer's lambda has more (default 1 - alpha).")
  private @Nullable Double beta;

  DepthMixin() {}

  /// λ of the first layer.
  double alpha() {
    return alpha;
  }

  /// What the last layer's λ has more.
  double beta() {
    return beta == null ? 1 - alpha : beta;
  }
}

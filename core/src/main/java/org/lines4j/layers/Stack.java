package org.lines4j.layers;

/// A run of blocks that data passes one after the other, such as `model.layers`.
///
/// @param name the path that its blocks share; parts that were joined stand in data-flow order, as
///   in `encoder.block + decoder.block`, and `S` stands for the number of a stage, as in
///   `encoder.stages.S.layers`
/// @param layers the number of layers L, at least 1
public record Stack(String name, int layers) {
  /// @throws IllegalArgumentException if there is no layer
  public Stack {
    if (layers < 1) {
      throw new IllegalArgumentException("stack " + name + " has " + layers + " layers");
    }
  }
}

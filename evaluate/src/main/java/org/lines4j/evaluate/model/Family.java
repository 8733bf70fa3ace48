package org.lines4j.evaluate.model;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.util.List;
import java.util.Optional;

/// Models that are computed alike: what their settings mean, and what their tensors are called.
interface Family {
  Outline outline();

  /// What may stand before the names of tensors, the usual first.
  List<String> prefixes();

  /// How tokens become states.
  Embedding embedding();

  /// The weights of a layer.
  Layer layer(Weights weights, Arena arena, int index) throws IOException, InterruptedException;

  /// What follows the last layer.
  Optional<Norm> last(Weights weights) throws IOException;

  /// The matrix that makes logits of states, by its name without a prefix; empty where that is the
  /// one that makes states of tokens.
  default Optional<String> head() {
    return Optional.empty();
  }

  /// How tokens become states: the row of a token, times a factor, plus the row of its position.
  ///
  /// @param tokens the tensor with a row for each token
  /// @param positions the tensor with a row for each position
  /// @param padding tokens that are none: they have the position of their number, and all others
  ///   those behind it
  /// @param types the tensor with a row for each kind of text, of which the first is meant
  /// @param norm the name of the normalisation that follows
  record Embedding(
      String tokens,
      float factor,
      Optional<String> positions,
      Optional<Integer> padding,
      Optional<String> types,
      Optional<String> norm,
      double epsilon) {
    static Embedding of(String tokens, float factor) {
      return new Embedding(
          tokens,
          factor,
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          0);
    }
  }

  /// A normalisation with weights and biases.
  static Norm layerNorm(Weights weights, String name, int width, double epsilon)
      throws IOException {
    // models from before PyTorch call them gamma and beta
    boolean isOld = weights.has(name + ".gamma");
    float[] weight = weights.vector(name + (isOld ? ".gamma" : ".weight"), width);
    float[] bias = weights.vector(name + (isOld ? ".beta" : ".bias"), width);
    return new Norm(weight, Optional.of(bias), epsilon);
  }

  /// A matrix with its bias.
  static Linear linear(
      Weights weights, Arena arena, String name, int outputs, int inputs, boolean hasBias)
      throws IOException, InterruptedException {
    Optional<float[]> bias =
        hasBias ? Optional.of(weights.vector(name + ".bias", outputs)) : Optional.empty();
    return new Linear(weights.matrix(arena, name + ".weight", outputs, inputs), false, bias);
  }
}

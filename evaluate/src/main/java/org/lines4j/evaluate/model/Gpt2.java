package org.lines4j.evaluate.model;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.lines4j.evaluate.model.Layer.Norms;
import org.lines4j.evaluate.model.Outline.Attention;
import org.lines4j.subspace.matrix.FloatMatrix;

/// GPT-2: learned positions; queries, keys and values are columns of one matrix, whose rows are
/// inputs.
record Gpt2(Outline outline, double epsilon, boolean isTied) implements Family {
  static Family of(Settings config) {
    config.refuseIf("add_cross_attention");
    int width = config.count("n_embd");
    int heads = config.count("n_head");
    if (width % heads != 0) {
      throw config.refused("n_head", "divisors of n_embd");
    }
    double scale =
        config.is("scale_attn_weights", true) ? 1 / Math.sqrt((double) width / heads) : 1;
    boolean isByLayer = config.is("scale_attn_by_inverse_layer_idx", false);
    List<Attention> attention = new ArrayList<>();
    for (int i = 0; i < config.count("n_layer"); i++) {
      double own = isByLayer ? scale / (i + 1) : scale;
      attention.add(new Attention(own, OptionalDouble.empty(), 0, Optional.empty()));
    }
    Outline outline =
        new Outline(
            config.word("model_type", ""),
            width,
            config.count("n_inner", 4 * width),
            heads,
            heads,
            width / heads,
            config.count("n_positions"),
            Activation.of(config, "activation_function", "gelu_new"),
            attention,
            true,
            OptionalDouble.empty());
    return new Gpt2(
        outline, config.number("layer_norm_epsilon", 1e-5), config.is("tie_word_embeddings", true));
  }

  @Override
  public List<String> prefixes() {
    return List.of("transformer.", "");
  }

  @Override
  public Embedding embedding() {
    return new Embedding(
        "wte.weight",
        1,
        Optional.of("wpe.weight"),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        0);
  }

  @Override
  public Optional<Norm> last(Weights weights) throws IOException {
    return Optional.of(Family.layerNorm(weights, "ln_f", outline.width(), epsilon));
  }

  @Override
  public Optional<String> head() {
    return isTied ? Optional.empty() : Optional.of("lm_head.weight");
  }

  @Override
  public Layer layer(Weights weights, Arena arena, int index)
      throws IOException, InterruptedException {
    String layer = "h." + index + ".";
    int width = outline.width();
    Linear all = turned(weights, arena, layer + "attn.c_attn", width, 3 * width);
    return new Layer(
        Norms.before(Family.layerNorm(weights, layer + "ln_1", width, epsilon)),
        columns(all, 0, width),
        columns(all, width, 2 * width),
        columns(all, 2 * width, 3 * width),
        turned(weights, arena, layer + "attn.c_proj", width, width),
        Optional.empty(),
        Optional.empty(),
        Norms.before(Family.layerNorm(weights, layer + "ln_2", width, epsilon)),
        Optional.empty(),
        turned(weights, arena, layer + "mlp.c_fc", width, outline.inner()),
        turned(weights, arena, layer + "mlp.c_proj", outline.inner(), width));
  }

  private static Linear turned(Weights weights, Arena arena, String name, int inputs, int outputs)
      throws IOException, InterruptedException {
    FloatMatrix weight = weights.matrix(arena, name + ".weight", inputs, outputs);
    return new Linear(weight, true, Optional.of(weights.vector(name + ".bias", outputs)));
  }

  private static Linear columns(Linear all, int from, int to) {
    return new Linear(
        all.weight().columns(from, to),
        true,
        all.bias().map(bias -> java.util.Arrays.copyOfRange(bias, from, to)));
  }
}

package org.lines4j.evaluate.model;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.lines4j.evaluate.model.Layer.Norms;
import org.lines4j.evaluate.model.Outline.Attention;

/// BERT and RoBERTa, which differ in where positions begin, and DistilBERT, which has other names.
///
/// @param names what its tensors are called
/// @param padding the token that positions begin behind
record Bert(Outline outline, Names names, double epsilon, Optional<Integer> padding)
    implements Family {
  /// What tensors are called.
  ///
  /// @param prefix of all, which may be missing
  /// @param layer of a layer, with its number in place of %d
  record Names(
      String prefix,
      String layer,
      String query,
      String key,
      String value,
      String output,
      String outputNorm,
      String up,
      String down,
      String downNorm,
      boolean hasTypes) {}

  private static final Names DISTIL =
      new Names(
          "distilbert.",
          "transformer.layer.%d.",
          "attention.q_lin",
          "attention.k_lin",
          "attention.v_lin",
          "attention.out_lin",
          "sa_layer_norm",
          "ffn.lin1",
          "ffn.lin2",
          "output_layer_norm",
          false);

  private static Names usual(String prefix) {
    return new Names(
        prefix,
        "encoder.layer.%d.",
        "attention.self.query",
        "attention.self.key",
        "attention.self.value",
        "attention.output.dense",
        "attention.output.LayerNorm",
        "intermediate.dense",
        "output.dense",
        "output.LayerNorm",
        true);
  }

  static Family bert(Settings config) {
    return of(config, usual("bert."), Optional.empty());
  }

  static Family roberta(Settings config) {
    int padding = (int) config.number("pad_token_id", 1);
    return of(config, usual("roberta."), Optional.of(padding));
  }

  private static Family of(Settings config, Names names, Optional<Integer> padding) {
    config.refuseIf("is_decoder");
    config.refuseIf("add_cross_attention");
    if (!config.word("position_embedding_type", "absolute").equals("absolute")) {
      throw config.refused("position_embedding_type", "absolute");
    }
    Outline outline =
        outline(
            config,
            config.count("hidden_size"),
            config.count("intermediate_size"),
            config.count("num_attention_heads"),
            config.count("num_hidden_layers"),
            config.count("max_position_embeddings") - padding.map(number -> number + 1).orElse(0),
            "hidden_act");
    return new Bert(outline, names, config.number("layer_norm_eps", 1e-12), padding);
  }

  static Family distilBert(Settings config) {
    Outline outline =
        outline(
            config,
            config.count("dim"),
            config.count("hidden_dim"),
            config.count("n_heads"),
            config.count("n_layers"),
            config.count("max_position_embeddings"),
            "activation");
    return new Bert(outline, DISTIL, 1e-12, Optional.empty());
  }

  private static Outline outline(
      Settings config,
      int width,
      int inner,
      int heads,
      int layers,
      int positions,
      String activation) {
    if (width % heads != 0) {
      throw config.refused("num_attention_heads", "divisors of hidden_size");
    }
    Attention attention =
        new Attention(
            1 / Math.sqrt((double) width / heads), OptionalDouble.empty(), 0, Optional.empty());
    return new Outline(
        config.word("model_type", ""),
        width,
        inner,
        heads,
        heads,
        width / heads,
        positions,
        Activation.of(config, activation, "gelu"),
        Collections.nCopies(layers, attention),
        false,
        OptionalDouble.empty());
  }

  @Override
  public List<String> prefixes() {
    return List.of(names.prefix(), "");
  }

  @Override
  public Embedding embedding() {
    return new Embedding(
        "embeddings.word_embeddings.weight",
        1,
        Optional.of("embeddings.position_embeddings.weight"),
        padding,
        names.hasTypes()
            ? Optional.of("embeddings.token_type_embeddings.weight")
            : Optional.empty(),
        Optional.of("embeddings.LayerNorm"),
        epsilon);
  }

  @Override
  public Optional<Norm> last(Weights weights) {
    return Optional.empty();
  }

  @Override
  public Layer layer(Weights weights, Arena arena, int index)
      throws IOException, InterruptedException {
    String layer = names.layer().formatted(index);
    int width = outline.width();
    int inner = outline.inner();
    return new Layer(
        Norms.onSum(Family.layerNorm(weights, layer + names.outputNorm(), width, epsilon)),
        Family.linear(weights, arena, layer + names.query(), width, width, true),
        Family.linear(weights, arena, layer + names.key(), width, width, true),
        Family.linear(weights, arena, layer + names.value(), width, width, true),
        Family.linear(weights, arena, layer + names.output(), width, width, true),
        Optional.empty(),
        Optional.empty(),
        Norms.onSum(Family.layerNorm(weights, layer + names.downNorm(), width, epsilon)),
        Optional.empty(),
        Family.linear(weights, arena, layer + names.up(), inner, width, true),
        Family.linear(weights, arena, layer + names.down(), width, inner, true));
  }
}

package org.lines4j.lab.encoder;

import java.util.List;

/// The [Layout] of a sentence encoder, named as `transformers` names BERT's tensors.
final class TextLayout {
  /// The table of tokens, which comes first.
  static final String TOKENS = "embeddings.word_embeddings.weight";

  private TextLayout() {}

  static Layout of(TextConfig config) {
    Layout layout = new Layout();
    int width = config.width();
    layout.whole(TOKENS, config.vocabulary(), width);
    layout.whole("embeddings.position_embeddings.weight", config.positions(), width);
    layout.whole("embeddings.token_type_embeddings.weight", 2, width);
    layout.norm("embeddings.LayerNorm", width);
    for (int block = 0; block < config.blocks(); block++) {
      String prefix = "encoder.layer." + block + ".";
      layout.joined(prefix + "attention.self.", List.of("query", "key", "value"), "", width);
      layout.linear(prefix + "attention.output.dense", width, width);
      layout.norm(prefix + "attention.output.LayerNorm", width);
      layout.linear(prefix + "intermediate.dense", config.hidden(), width);
      layout.linear(prefix + "output.dense", width, config.hidden());
      layout.norm(prefix + "output.LayerNorm", width);
    }
    return layout;
  }
}

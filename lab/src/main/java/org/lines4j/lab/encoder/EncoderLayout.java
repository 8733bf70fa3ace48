package org.lines4j.lab.encoder;

import java.util.List;
import org.lines4j.tensor.TensorInfo;

/// The [Layout] of an image encoder.
///
/// ```
/// | patch_embedding | positions | block 0: norm, q k v, out, norm, fc1, fc2 | … | norm | projection |
/// ```
final class EncoderLayout {
  private final EncoderConfig config;
  private final Layout layout = new Layout();

  private EncoderLayout(EncoderConfig config) {
    this.config = config;
  }

  static EncoderLayout of(EncoderConfig config) {
    EncoderLayout encoder = new EncoderLayout(config);
    Layout layout = encoder.layout;
    int width = config.width();
    int side = config.patchSize();
    layout.add("vision_model.embeddings.patch_embedding.weight", width, 1, side, side);
    layout.piece(width, config.patchPixels());
    layout.whole("vision_model.embeddings.position_embedding.weight", config.patches(), width);
    for (int block = 0; block < config.blocks(); block++) {
      encoder.block("vision_model.encoder.layers." + block + ".");
    }
    layout.norm("vision_model.post_layernorm", width);
    layout.whole("visual_projection.weight", config.embedding(), width);
    return encoder;
  }

  private void block(String prefix) {
    int width = config.width();
    layout.norm(prefix + "layer_norm1", width);
    layout.joined(prefix + "self_attn.", List.of("q", "k", "v"), "_proj", width);
    layout.linear(prefix + "self_attn.out_proj", width, width);
    layout.norm(prefix + "layer_norm2", width);
    layout.linear(prefix + "mlp.fc1", config.mlpWidth(), width);
    layout.linear(prefix + "mlp.fc2", width, config.mlpWidth());
  }

  EncoderConfig config() {
    return config;
  }

  Layout layout() {
    return layout;
  }

  /// What is saved, in the order of the vector.
  List<TensorInfo> tensors() {
    return layout.tensors();
  }

  /// The length of the vector.
  int elements() {
    return layout.elements();
  }
}

package org.lines4j.lab.encoder;

import java.util.List;
import org.lines4j.tensor.TensorInfo;

/// The [Layout] of an image encoder.
///
/// ```
/// | patch_embedding, or stem | positions | block 0: norm, q k v, out, norm, fc1, fc2 | … | norm | projection |
/// ```
final class EncoderLayout {
  /// The side of a stem's convolutions.
  private static final int KERNEL = 3;

  private final ImageConfig config;
  private final Layout layout = new Layout();

  private EncoderLayout(ImageConfig config) {
    this.config = config;
  }

  static EncoderLayout of(ImageConfig config) {
    EncoderLayout encoder = new EncoderLayout(config);
    Layout layout = encoder.layout;
    int width = config.width();
    switch (config) {
      case EncoderConfig patches -> patches(layout, patches);
      case StemConfig stem -> stem(layout, stem);
    }
    layout.whole("vision_model.embeddings.position_embedding.weight", config.states(), width);
    for (int block = 0; block < config.blocks(); block++) {
      encoder.block("vision_model.encoder.layers." + block + ".");
    }
    layout.norm("vision_model.post_layernorm", width);
    layout.whole("visual_projection.weight", config.embedding(), width);
    return encoder;
  }

  private static void patches(Layout layout, EncoderConfig config) {
    int side = config.patchSize();
    layout.add("vision_model.embeddings.patch_embedding.weight", config.width(), 1, side, side);
    layout.piece(config.width(), config.patchPixels());
  }

  private static void stem(Layout layout, StemConfig config) {
    long[] channels = {config.raster().channels(), config.first(), config.second(), config.width()};
    for (int i = 0; i + 1 < channels.length; i++) {
      String name = "vision_model.embeddings.stem." + i;
      layout.whole(name + ".weight", channels[i + 1], channels[i], KERNEL, KERNEL);
      layout.whole(name + ".bias", channels[i + 1]);
    }
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

  ImageConfig config() {
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

package org.lines4j.lab.encoder;

import java.util.ArrayList;
import java.util.List;
import org.lines4j.tensor.DType;
import org.lines4j.tensor.Shape;
import org.lines4j.tensor.TensorInfo;

/// Where each tensor of an encoder lies in the one vector that holds all its weights.
///
/// ```
/// | patch_embedding | positions | block 0: norm, q k v, out, norm, fc1, fc2 | … | norm | projection |
/// ```
///
/// One vector makes for one gradient and one update per step. A [Piece] is what the forward pass
/// uses as one array: q, k and v lie side by side and are one.
final class EncoderLayout {
  /// One array of the forward pass.
  ///
  /// @param shape its extents
  @SuppressWarnings("ArrayRecordComponent") // never changed
  record Piece(long... shape) {
    long elements() {
      long elements = 1;
      for (long extent : shape) {
        elements *= extent;
      }
      return elements;
    }
  }

  private final EncoderConfig config;
  private final List<TensorInfo> tensors = new ArrayList<>();
  private final List<Piece> pieces = new ArrayList<>();

  private EncoderLayout(EncoderConfig config) {
    this.config = config;
  }

  static EncoderLayout of(EncoderConfig config) {
    EncoderLayout layout = new EncoderLayout(config);
    int width = config.width();
    int side = config.patchSize();
    layout.add("vision_model.embeddings.patch_embedding.weight", width, 1, side, side);
    layout.piece(width, config.patchPixels());
    layout.add("vision_model.embeddings.position_embedding.weight", config.patches(), width);
    layout.piece(config.patches(), width);
    for (int block = 0; block < config.blocks(); block++) {
      layout.block("vision_model.encoder.layers." + block + ".");
    }
    layout.norm("vision_model.post_layernorm");
    layout.add("visual_projection.weight", config.embedding(), width);
    layout.piece(config.embedding(), width);
    return layout;
  }

  private void block(String prefix) {
    int width = config.width();
    norm(prefix + "layer_norm1");
    for (String kind : List.of("weight", "bias")) {
      for (String part : List.of("q", "k", "v")) {
        String name = prefix + "self_attn." + part + "_proj." + kind;
        if (kind.equals("weight")) {
          add(name, width, width);
        } else {
          add(name, width);
        }
      }
    }
    piece(3L * width, width);
    piece(3L * width);
    linear(prefix + "self_attn.out_proj", width, width);
    norm(prefix + "layer_norm2");
    linear(prefix + "mlp.fc1", config.mlpWidth(), width);
    linear(prefix + "mlp.fc2", width, config.mlpWidth());
  }

  private void norm(String name) {
    add(name + ".weight", config.width());
    piece(config.width());
    add(name + ".bias", config.width());
    piece(config.width());
  }

  private void linear(String name, long outputs, long inputs) {
    add(name + ".weight", outputs, inputs);
    piece(outputs, inputs);
    add(name + ".bias", outputs);
    piece(outputs);
  }

  private void add(String name, long... shape) {
    tensors.add(new TensorInfo(name, DType.F32, Shape.of(shape)));
  }

  private void piece(long... shape) {
    pieces.add(new Piece(shape));
  }

  EncoderConfig config() {
    return config;
  }

  /// What is saved, in the order of the vector.
  List<TensorInfo> tensors() {
    return List.copyOf(tensors);
  }

  /// What the forward pass takes, in the order of the vector and of use.
  List<Piece> pieces() {
    return List.copyOf(pieces);
  }

  /// The length of the vector.
  int elements() {
    return Math.toIntExact(tensors.stream().mapToLong(TensorInfo::elements).sum());
  }
}

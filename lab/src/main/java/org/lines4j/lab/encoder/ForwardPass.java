package org.lines4j.lab.encoder;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import java.util.List;

/// The encoder's arithmetic, from images to unit vectors.
///
/// Every result lives in the manager of the images, none in that of the weights, so that threads
/// may share the weights.
final class ForwardPass {
  private static final double NORM_EPSILON = 1e-5;
  private static final double UNIT_EPSILON = 1e-12;

  private final ImageConfig config;
  private final NDList weights;
  private int next;

  /// @param weights a view of each piece of the layout
  private ForwardPass(ImageConfig config, NDList weights) {
    this.config = config;
    this.weights = weights;
  }

  /// Views of the pieces of `vector`; gradients flow back to it in one step.
  static NDList views(Layout layout, PtNDArray vector) {
    List<Layout.Piece> pieces = layout.pieces();
    long[] sizes = pieces.stream().mapToLong(Layout.Piece::elements).toArray();
    NDList views = new NDList();
    try (NDList parts = JniUtils.split(vector, sizes, 0)) {
      for (int i = 0; i < sizes.length; i++) {
        views.add(JniUtils.reshape((PtNDArray) parts.get(i), pieces.get(i).shape()));
      }
    }
    return views;
  }

  /// Unit vectors, `[images, embedding]`.
  ///
  /// @param images as [ImageInput] makes them
  static PtNDArray run(ImageConfig config, NDList weights, PtNDArray images) {
    return new ForwardPass(config, weights).encode(images);
  }

  private PtNDArray encode(PtNDArray images) {
    PtNDArray state =
        switch (config) {
          case EncoderConfig _ -> JniUtils.linear(images, next(), null);
          case StemConfig stem -> convolved(images, stem);
        };
    state = JniUtils.add(state, next());
    PtNDArray scale = Torch.scalar(images.getManager(), 1 / Math.sqrt(headWidth()));
    for (int block = 0; block < config.blocks(); block++) {
      PtNDArray attended = attention(norm(state), scale, images.getShape().get(0));
      state = JniUtils.add(state, JniUtils.linear(attended, next(), next()));
      PtNDArray hidden = JniUtils.gelu(JniUtils.linear(norm(state), next(), next()));
      state = JniUtils.add(state, JniUtils.linear(hidden, next(), next()));
    }
    PtNDArray pooled = norm(JniUtils.mean(state, 1, false));
    return JniUtils.normalize(JniUtils.linear(pooled, next(), null), 2, 1, UNIT_EPSILON);
  }

  /// `[images, states, width]` of `[images, channels, side, side]`.
  private PtNDArray convolved(PtNDArray images, StemConfig stem) {
    PtNDArray state = JniUtils.gelu(convolution(images));
    state = convolution(JniUtils.gelu(convolution(state)));
    long[] flat = {images.getShape().get(0), stem.width(), stem.states()};
    return JniUtils.permute(JniUtils.reshape(state, flat), new long[] {0, 2, 1});
  }

  private PtNDArray convolution(PtNDArray input) {
    return JniUtils.convolution(
        input, next(), next(), new Shape(2, 2), new Shape(1, 1), new Shape(1, 1), 1);
  }

  private PtNDArray attention(PtNDArray input, PtNDArray scale, long images) {
    long heads = config.heads();
    long[] byHead = {3, images * heads, config.states(), headWidth()};
    PtNDArray joined = JniUtils.linear(input, next(), next());
    joined = JniUtils.reshape(joined, new long[] {images, config.states(), 3, heads, headWidth()});
    joined = JniUtils.reshape(JniUtils.permute(joined, new long[] {2, 0, 3, 1, 4}), byHead);
    NDList parts = JniUtils.split(joined, 1, 0);
    PtNDArray query = JniUtils.mul(part(parts, 0), scale);
    PtNDArray key = JniUtils.permute(part(parts, 1), new long[] {0, 2, 1});
    PtNDArray weight = JniUtils.softmax(JniUtils.bmm(query, key), 2, DataType.FLOAT32);
    PtNDArray mixed = JniUtils.bmm(weight, part(parts, 2));
    mixed = JniUtils.reshape(mixed, new long[] {images, heads, config.states(), headWidth()});
    return JniUtils.reshape(
        JniUtils.permute(mixed, new long[] {0, 2, 1, 3}),
        new long[] {images, config.states(), config.width()});
  }

  private static PtNDArray part(NDList parts, int index) {
    return JniUtils.squeeze((PtNDArray) parts.get(index), 0);
  }

  private PtNDArray norm(PtNDArray state) {
    return JniUtils.layerNorm(state, new Shape(config.width()), next(), next(), NORM_EPSILON);
  }

  private int headWidth() {
    return config.width() / config.heads();
  }

  private PtNDArray next() {
    return (PtNDArray) weights.get(next++);
  }
}

package org.lines4j.lab.encoder;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import java.util.List;
import org.lines4j.lab.image.Images;

/// The encoder's arithmetic, from patches to unit vectors.
///
/// Every result lives in the manager of the images, none in that of the weights, so that threads
/// may share the weights.
final class ForwardPass {
  private static final double NORM_EPSILON = 1e-5;
  private static final double UNIT_EPSILON = 1e-12;

  private final EncoderConfig config;
  private final NDList weights;
  private int next;

  /// @param weights a view of each piece of the layout
  private ForwardPass(EncoderConfig config, NDList weights) {
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

  /// Images as the encoder takes them: patch after patch, each row by row, from −1 (black) to 1.
  ///
  /// @param from the first image
  static void cut(Images images, int from, int count, EncoderConfig config, float[] target) {
    for (int i = 0; i < count; i++) {
      cut(images.pixels(), from + i, config, target, i);
    }
  }

  /// Cuts the image at place `source` of `pixels` to place `place` of `target`.
  static void cut(float[] pixels, int source, EncoderConfig config, float[] target, int place) {
    int side = config.patchSize();
    int at = place * Images.PIXELS;
    int start = source * Images.PIXELS;
    for (int top = 0; top < Images.SIDE; top += side) {
      for (int left = 0; left < Images.SIDE; left += side) {
        for (int y = top; y < top + side; y++) {
          for (int x = left; x < left + side; x++) {
            target[at++] = 2 * pixels[start + y * Images.SIDE + x] - 1;
          }
        }
      }
    }
  }

  /// Unit vectors, `[images, embedding]`.
  ///
  /// @param patches `[images, patches, pixels of a patch]`
  static PtNDArray run(EncoderConfig config, NDList weights, PtNDArray patches) {
    return new ForwardPass(config, weights).encode(patches);
  }

  private PtNDArray encode(PtNDArray patches) {
    PtNDArray state = JniUtils.linear(patches, next(), null);
    state = JniUtils.add(state, next());
    PtNDArray scale = Torch.scalar(patches.getManager(), 1 / Math.sqrt(headWidth()));
    for (int block = 0; block < config.blocks(); block++) {
      PtNDArray attended = attention(norm(state), scale, patches.getShape().get(0));
      state = JniUtils.add(state, JniUtils.linear(attended, next(), next()));
      PtNDArray hidden = JniUtils.gelu(JniUtils.linear(norm(state), next(), next()));
      state = JniUtils.add(state, JniUtils.linear(hidden, next(), next()));
    }
    PtNDArray pooled = norm(JniUtils.mean(state, 1, false));
    return JniUtils.normalize(JniUtils.linear(pooled, next(), null), 2, 1, UNIT_EPSILON);
  }

  private PtNDArray attention(PtNDArray input, PtNDArray scale, long images) {
    long heads = config.heads();
    long[] byHead = {3, images * heads, config.patches(), headWidth()};
    PtNDArray joined = JniUtils.linear(input, next(), next());
    joined = JniUtils.reshape(joined, new long[] {images, config.patches(), 3, heads, headWidth()});
    joined = JniUtils.reshape(JniUtils.permute(joined, new long[] {2, 0, 3, 1, 4}), byHead);
    NDList parts = JniUtils.split(joined, 1, 0);
    PtNDArray query = JniUtils.mul(part(parts, 0), scale);
    PtNDArray key = JniUtils.permute(part(parts, 1), new long[] {0, 2, 1});
    PtNDArray weight = JniUtils.softmax(JniUtils.bmm(query, key), 2, DataType.FLOAT32);
    PtNDArray mixed = JniUtils.bmm(weight, part(parts, 2));
    mixed = JniUtils.reshape(mixed, new long[] {images, heads, config.patches(), headWidth()});
    return JniUtils.reshape(
        JniUtils.permute(mixed, new long[] {0, 2, 1, 3}),
        new long[] {images, config.patches(), config.width()});
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

package org.lines4j.lab.encoder;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import java.util.List;
import java.util.stream.LongStream;

/// A sentence encoder's arithmetic, from tokens to unit vectors: BERT, then the mean over a text's
/// tokens.
final class TextForward {
  private static final double NORM_EPSILON = 1e-12;
  private static final double UNIT_EPSILON = 1e-12;

  /// Added to what a text's tokens would hear of what fills it up.
  private static final float UNHEARD = -1e9f;

  private final TextConfig config;
  private final NDList weights;
  private final long texts;
  private final long length;
  private int next;

  private TextForward(TextConfig config, NDList weights, Input input) {
    this.config = config;
    this.weights = weights;
    this.texts = input.tokens().getShape().get(0);
    this.length = input.tokens().getShape().get(1);
  }

  /// Texts of one length, shorter ones filled up.
  ///
  /// @param tokens `[texts, length]`, of 64 bits
  /// @param places of the tokens in a text, `[1, length]`
  /// @param kind of all texts: the first, `[1, 1]`
  /// @param unheard 0 where there is a token, `[texts · heads, 1, length]`
  /// @param mean what tokens count in the mean, `[texts, 1, length]`
  record Input(
      PtNDArray tokens, PtNDArray places, PtNDArray kind, PtNDArray unheard, PtNDArray mean) {
    /// @param scope that the arrays live in
    static Input of(TextConfig config, List<int[]> tokens, NDManager scope) {
      int texts = tokens.size();
      int length = tokens.stream().mapToInt(own -> own.length).max().orElseThrow();
      long[] ids = new long[texts * length];
      float[] mean = new float[texts * length];
      float[] unheard = new float[texts * config.heads() * length];
      for (int text = 0; text < texts; text++) {
        int[] own = tokens.get(text);
        for (int i = 0; i < length; i++) {
          if (i < own.length) {
            ids[text * length + i] = own[i];
            mean[text * length + i] = 1f / own.length;
          } else {
            for (int head = 0; head < config.heads(); head++) {
              unheard[(text * config.heads() + head) * length + i] = UNHEARD;
            }
          }
        }
      }
      return new Input(
          array(scope, ids, texts, length),
          array(scope, LongStream.range(0, length).toArray(), 1, length),
          array(scope, new long[1], 1, 1),
          Torch.array(scope, unheard, (long) texts * config.heads(), 1, length),
          Torch.array(scope, mean, texts, 1, length));
    }

    private static PtNDArray array(NDManager scope, long[] values, long... shape) {
      try (NDArray shared = scope.create(values, new Shape(shape))) {
        return (PtNDArray) shared.duplicate();
      }
    }
  }

  /// Unit vectors, `[texts, width]`.
  static PtNDArray run(TextConfig config, NDList weights, Input input) {
    return new TextForward(config, weights, input).encode(input);
  }

  private PtNDArray encode(Input input) {
    PtNDArray state = JniUtils.embedding(input.tokens(), next(), false);
    state = JniUtils.add(state, JniUtils.embedding(input.places(), next(), false));
    state = norm(JniUtils.add(state, JniUtils.embedding(input.kind(), next(), false)));
    PtNDArray scale = Torch.scalar(input.tokens().getManager(), 1 / Math.sqrt(headWidth()));
    for (int block = 0; block < config.blocks(); block++) {
      PtNDArray attended = attention(state, scale, input.unheard());
      state = norm(JniUtils.add(state, JniUtils.linear(attended, next(), next())));
      PtNDArray hidden = JniUtils.gelu(JniUtils.linear(state, next(), next()));
      state = norm(JniUtils.add(state, JniUtils.linear(hidden, next(), next())));
    }
    PtNDArray mean = JniUtils.squeeze(JniUtils.bmm(input.mean(), state), 1);
    return JniUtils.normalize(mean, 2, 1, UNIT_EPSILON);
  }

  private PtNDArray attention(PtNDArray input, PtNDArray scale, PtNDArray unheard) {
    long heads = config.heads();
    long[] byHead = {3, texts * heads, length, headWidth()};
    PtNDArray joined = JniUtils.linear(input, next(), next());
    joined = JniUtils.reshape(joined, new long[] {texts, length, 3, heads, headWidth()});
    joined = JniUtils.reshape(JniUtils.permute(joined, new long[] {2, 0, 3, 1, 4}), byHead);
    NDList parts = JniUtils.split(joined, 1, 0);
    PtNDArray query = JniUtils.mul(part(parts, 0), scale);
    PtNDArray key = JniUtils.permute(part(parts, 1), new long[] {0, 2, 1});
    PtNDArray heard = JniUtils.add(JniUtils.bmm(query, key), unheard);
    PtNDArray mixed = JniUtils.bmm(JniUtils.softmax(heard, 2, DataType.FLOAT32), part(parts, 2));
    mixed = JniUtils.reshape(mixed, new long[] {texts, heads, length, headWidth()});
    return JniUtils.reshape(
        JniUtils.permute(mixed, new long[] {0, 2, 1, 3}),
        new long[] {texts, length, config.width()});
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

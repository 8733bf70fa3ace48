package org.lines4j.evaluate.model;

import java.lang.foreign.Arena;
import java.util.Optional;
import org.lines4j.evaluate.model.Layer.Norms;
import org.lines4j.evaluate.model.Outline.Attention;
import org.lines4j.subspace.matrix.FloatAlgebra;
import org.lines4j.subspace.matrix.FloatMatrix;

/// Computes a layer on the states of one text, on one thread.
///
/// @param angles of the positions that the longest text has
record Block(
    FloatAlgebra algebra,
    Outline outline,
    Layer layer,
    Attention attention,
    Optional<Rope.Angles> angles) {

  /// Replaces the states by those after the layer.
  void apply(FloatMatrix states) {
    try (Arena arena = Arena.ofConfined()) {
      FloatMatrix given = attend(arena, before(arena, layer.aroundAttention(), states));
      add(layer.aroundAttention(), given, states);
    }
    try (Arena arena = Arena.ofConfined()) {
      FloatMatrix given = inner(arena, before(arena, layer.aroundInner(), states));
      add(layer.aroundInner(), given, states);
    }
  }

  private static FloatMatrix before(Arena arena, Norms norms, FloatMatrix states) {
    if (norms.before().isEmpty()) {
      return states;
    }
    FloatMatrix normed = FloatMatrix.zeros(arena, states.rows(), states.cols());
    norms.before().get().apply(states, normed);
    return normed;
  }

  private static void add(Norms norms, FloatMatrix given, FloatMatrix states) {
    int width = states.cols();
    float[] sum = new float[width];
    float[] more = new float[width];
    for (int row = 0; row < states.rows(); row++) {
      states.load(row, 0, sum, width);
      given.load(row, 0, more, width);
      norms.after().ifPresent(norm -> norm.apply(more, 0));
      for (int i = 0; i < width; i++) {
        sum[i] += more[i];
      }
      norms.onSum().ifPresent(norm -> norm.apply(sum, 0));
      states.store(sum, row, 0, width);
    }
  }

  private FloatMatrix applied(Arena arena, Linear linear, FloatMatrix from) {
    FloatMatrix into = FloatMatrix.zeros(arena, from.rows(), linear.outputs());
    linear.apply(algebra, from, into);
    return into;
  }

  private FloatMatrix attend(Arena arena, FloatMatrix from) {
    int width = outline.headWidth();
    int tokens = from.rows();
    FloatMatrix queries = applied(arena, layer.query(), from);
    FloatMatrix keys = applied(arena, layer.key(), from);
    FloatMatrix values = applied(arena, layer.value(), from);
    place(queries, layer.queryNorm());
    place(keys, layer.keyNorm());
    FloatMatrix seen = FloatMatrix.zeros(arena, tokens, queries.cols());
    FloatMatrix scores = FloatMatrix.zeros(arena, tokens, tokens);
    int shared = outline.heads() / outline.keyHeads();
    for (int head = 0; head < outline.heads(); head++) {
      int at = head * width;
      int keyAt = head / shared * width;
      algebra.productTransposed(
          (float) attention.scale(),
          queries.columns(at, at + width),
          keys.columns(keyAt, keyAt + width),
          scores);
      weigh(scores);
      algebra.product(
          1, scores, values.columns(keyAt, keyAt + width), seen.columns(at, at + width));
    }
    return applied(arena, layer.output(), seen);
  }

  /// Normalises heads, and turns them by their positions.
  private void place(FloatMatrix heads, Optional<Norm> norm) {
    if (norm.isEmpty() && angles.isEmpty()) {
      return;
    }
    float[] row = new float[heads.cols()];
    for (int position = 0; position < heads.rows(); position++) {
      heads.load(position, 0, row, row.length);
      for (int at = 0; at < row.length; at += outline.headWidth()) {
        if (norm.isPresent()) {
          norm.get().apply(row, at);
        }
        if (angles.isPresent()) {
          angles.get().turn(row, at, position);
        }
      }
      heads.store(row, position, 0, row.length);
    }
  }

  /// Makes scores shares of what each token sees.
  private void weigh(FloatMatrix scores) {
    int tokens = scores.rows();
    float[] row = new float[tokens];
    for (int token = 0; token < tokens; token++) {
      int end = outline.isCausal() ? token + 1 : tokens;
      int begin = attention.window() == 0 ? 0 : Math.max(0, token + 1 - attention.window());
      scores.load(token, 0, row, tokens);
      if (attention.cap().isPresent()) {
        cap(row, begin, end, attention.cap().getAsDouble());
      }
      share(row, begin, end);
      scores.store(row, token, 0, tokens);
    }
  }

  /// Squeezes values between −cap and cap.
  static void cap(float[] values, int begin, int end, double cap) {
    for (int i = begin; i < end; i++) {
      values[i] = (float) (Math.tanh(values[i] / cap) * cap);
    }
  }

  /// Softmax from `begin` to `end`, zeros elsewhere.
  private static void share(float[] row, int begin, int end) {
    float most = Float.NEGATIVE_INFINITY;
    for (int i = begin; i < end; i++) {
      most = Math.max(most, row[i]);
    }
    double sum = 0;
    for (int i = begin; i < end; i++) {
      row[i] = (float) Math.exp(row[i] - most);
      sum += row[i];
    }
    float factor = (float) (1 / sum);
    for (int i = begin; i < end; i++) {
      row[i] *= factor;
    }
    java.util.Arrays.fill(row, 0, begin, 0);
    java.util.Arrays.fill(row, end, row.length, 0);
  }

  private FloatMatrix inner(Arena arena, FloatMatrix from) {
    FloatMatrix up = applied(arena, layer.up(), from);
    Optional<FloatMatrix> gate = layer.gate().map(linear -> applied(arena, linear, from));
    int width = up.cols();
    float[] row = new float[width];
    float[] gates = new float[width];
    for (int token = 0; token < up.rows(); token++) {
      up.load(token, 0, row, width);
      if (gate.isPresent()) {
        gate.get().load(token, 0, gates, width);
        for (int i = 0; i < width; i++) {
          row[i] *= outline.activation().of(gates[i]);
        }
      } else {
        for (int i = 0; i < width; i++) {
          row[i] = outline.activation().of(row[i]);
        }
      }
      up.store(row, token, 0, width);
    }
    return applied(arena, layer.down(), up);
  }
}

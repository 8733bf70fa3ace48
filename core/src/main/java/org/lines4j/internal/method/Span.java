package org.lines4j.internal.method;

import org.lines4j.method.TensorScan;

/// What a merge combines linearly, tensor by tensor.
enum Span {
  /// The models θᵢ.
  MODELS,
  /// The base θ0 and then the models.
  BASE_AND_MODELS,
  /// The updates τᵢ = θᵢ − θ0; their combination is added to θ0.
  UPDATES;

  /// The updates where there is a base to update, else the models.
  static Span of(TensorScan scan) {
    return scan.hasBase() ? UPDATES : MODELS;
  }

  /// How many vectors these are.
  int vectors(int models) {
    return this == BASE_AND_MODELS ? models + 1 : models;
  }

  /// The vectors' elements in a tile.
  ///
  /// @param models become scratch space
  float[][] vectors(float[] base, float[][] models, int count) {
    return switch (this) {
      case MODELS -> models;
      case BASE_AND_MODELS -> {
        float[][] all = new float[models.length + 1][];
        all[0] = base;
        System.arraycopy(models, 0, all, 1, models.length);
        yield all;
      }
      case UPDATES -> {
        for (float[] model : models) {
          subtract(model, base, count);
        }
        yield models;
      }
    };
  }

  /// `values -= base`
  static void subtract(float[] values, float[] base, int count) {
    for (int i = 0; i < count; i++) {
      values[i] -= base[i];
    }
  }
}

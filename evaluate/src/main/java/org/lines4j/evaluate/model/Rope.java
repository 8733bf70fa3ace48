package org.lines4j.evaluate.model;

import java.util.Optional;

/// Rotary positions: the two halves of a head are turned against each other, by an angle that grows
/// with the position.
///
/// @param frequencies the angle of each pair at position 1
/// @param factor by which all is multiplied
@SuppressWarnings("ArrayRecordComponent") // never compared
record Rope(float[] frequencies, float factor) {
  /// What the settings of a rotation say, with what lies beside them.
  ///
  /// @param parameters `rope_parameters` or, before version 5 of transformers, `rope_scaling`
  /// @param theta where they do not say it
  static Rope of(Settings config, Optional<Settings> parameters, double theta, int width) {
    if (parameters.isEmpty()) {
      return new Rope(usual(theta, width), 1);
    }
    Settings rope = parameters.get();
    if (rope.number("partial_rotary_factor", config.number("partial_rotary_factor", 1)) != 1) {
      throw (rope.has("partial_rotary_factor") ? rope : config)
          .refused("partial_rotary_factor", "only 1");
    }
    double base = rope.number("rope_theta", theta);
    float[] usual = usual(base, width);
    String key = rope.has("rope_type") ? "rope_type" : "type";
    return switch (rope.word(key, "default")) {
      // no window is longer than max_position_embeddings, up to which nothing is changed
      case "default", "dynamic" -> new Rope(usual, 1);
      case "linear" -> new Rope(divided(usual, (float) rope.number("factor")), 1);
      case "llama3" -> new Rope(llama3(usual, config, rope), 1);
      case "yarn" -> yarn(usual, base, config, rope);
      default -> throw rope.refused(key, "default, linear, dynamic, llama3, yarn");
    };
  }

  private static float[] usual(double theta, int width) {
    float[] frequencies = new float[width / 2];
    for (int i = 0; i < frequencies.length; i++) {
      frequencies[i] = (float) (1 / Math.pow(theta, (float) (2 * i) / width));
    }
    return frequencies;
  }

  private static float[] divided(float[] values, float factor) {
    float[] divided = new float[values.length];
    for (int i = 0; i < divided.length; i++) {
      divided[i] = values[i] / factor;
    }
    return divided;
  }

  private static int trainedFor(Settings config, Settings rope) {
    return rope.count("original_max_position_embeddings", config.count("max_position_embeddings"));
  }

  private static float[] llama3(float[] usual, Settings config, Settings rope) {
    double factor = rope.number("factor");
    double low = rope.number("low_freq_factor");
    double high = rope.number("high_freq_factor");
    double trained = trainedFor(config, rope);
    float[] changed = new float[usual.length];
    for (int i = 0; i < changed.length; i++) {
      double wave = 2 * Math.PI / usual[i];
      double smooth = (trained / wave - low) / (high - low);
      double value =
          wave < trained / high
              ? usual[i]
              : wave > trained / low
                  ? usual[i] / factor
                  : (1 - smooth) * usual[i] / factor + smooth * usual[i];
      changed[i] = (float) value;
    }
    return changed;
  }

  private static Rope yarn(float[] usual, double theta, Settings config, Settings rope) {
    int width = 2 * usual.length;
    double trained = trainedFor(config, rope);
    double factor = rope.number("factor", config.count("max_position_embeddings") / trained);
    double first = turns(rope.number("beta_fast", 32), theta, trained, width);
    double last = turns(rope.number("beta_slow", 1), theta, trained, width);
    boolean isWhole = rope.is("truncate", true);
    double low = Math.max(isWhole ? Math.floor(first) : first, 0);
    double high = Math.min(isWhole ? Math.ceil(last) : last, width - 1);
    if (low == high) {
      high += 0.001;
    }
    float[] changed = new float[usual.length];
    for (int i = 0; i < changed.length; i++) {
      double ramp = Math.clamp((i - low) / (high - low), 0, 1);
      changed[i] = (float) (usual[i] / factor * ramp + usual[i] * (1 - ramp));
    }
    return new Rope(changed, (float) rope.number("attention_factor", yarnFactor(factor, rope)));
  }

  /// The pair that turns so often over the positions that a model was trained for.
  private static double turns(double number, double theta, double trained, int width) {
    return width * Math.log(trained / (number * 2 * Math.PI)) / (2 * Math.log(theta));
  }

  private static double yarnFactor(double factor, Settings rope) {
    double above = rope.number("mscale", 0);
    double below = rope.number("mscale_all_dim", 0);
    return above != 0 && below != 0
        ? yarnScale(factor, above) / yarnScale(factor, below)
        : yarnScale(factor, 1);
  }

  private static double yarnScale(double factor, double mscale) {
    return factor <= 1 ? 1 : 0.1 * mscale * Math.log(factor) + 1;
  }

  /// The angles of all positions of a window.
  Angles angles(int positions) {
    int half = frequencies.length;
    float[] cos = new float[positions * half];
    float[] sin = new float[positions * half];
    for (int position = 0; position < positions; position++) {
      for (int i = 0; i < half; i++) {
        float angle = frequencies[i] * position;
        cos[position * half + i] = (float) Math.cos(angle) * factor;
        sin[position * half + i] = (float) Math.sin(angle) * factor;
      }
    }
    return new Angles(half, cos, sin);
  }

  /// @param half of a head's width
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Angles(int half, float[] cos, float[] sin) {
    /// Turns one head.
    void turn(float[] values, int from, int position) {
      int at = position * half;
      for (int i = 0; i < half; i++) {
        float first = values[from + i];
        float second = values[from + half + i];
        values[from + i] = first * cos[at + i] - second * sin[at + i];
        values[from + half + i] = second * cos[at + i] + first * sin[at + i];
      }
    }
  }
}

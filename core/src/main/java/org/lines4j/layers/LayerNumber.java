package org.lines4j.layers;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Layer numbers that a user's pattern captured from a tensor name.
final class LayerNumber {
  /// More layers than any model has; a number beyond it is a mistake in the pattern.
  private static final long MAX_LAYERS = 1_000_000;

  private LayerNumber() {}

  /// The number in `text`, as captured from `tensor` by `pattern`.
  static long read(@Nullable String text, String tensor, Pattern pattern) {
    if (text == null || !text.matches("[0-9]{1,9}")) {
      String found = text == null ? "nothing" : "\"" + text + "\"";
      throw new IllegalArgumentException(
          "the pattern "
              + pattern
              + " should capture a layer number in tensor "
              + tensor
              + ", but captured "
              + found);
    }
    return Long.parseLong(text);
  }

  /// `layer`, if it can be one.
  static int checked(long layer, String tensor, Pattern pattern) {
    if (layer < 1 || layer > MAX_LAYERS) {
      throw new IllegalArgumentException(
          "the pattern "
              + pattern
              + " puts tensor "
              + tensor
              + " in layer "
              + layer
              + ", but layers are counted from 1 to "
              + MAX_LAYERS);
    }
    return (int) layer;
  }
}

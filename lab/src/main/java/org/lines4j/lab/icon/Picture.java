package org.lines4j.lab.icon;

import java.util.Arrays;

/// A picture of 32 × 32 pixels in colour, over white.
final class Picture {
  static final int SIDE = 32;
  static final int PIXELS = SIDE * SIDE;
  static final int CHANNELS = 3;

  private static final int WHITE = 255;

  /// Between the darkest and the lightest value of a picture on which something is seen.
  private static final int LEAST_CONTRAST = 80;

  /// Channel after channel (red, green, blue), each row by row.
  private final byte[] values;

  private Picture(byte[] values) {
    this.values = values;
  }

  /// A coloured one.
  ///
  /// @param argb a row after the other, alpha not multiplied into the colours
  static Picture ofColours(int[] argb) {
    byte[] values = new byte[CHANNELS * PIXELS];
    for (int i = 0; i < PIXELS; i++) {
      int alpha = argb[i] >>> 24;
      for (int channel = 0; channel < CHANNELS; channel++) {
        int colour = argb[i] >> (16 - 8 * channel) & WHITE;
        int blended = alpha * colour + (WHITE - alpha) * WHITE;
        values[channel * PIXELS + i] = (byte) ((blended + WHITE / 2) / WHITE);
      }
    }
    return new Picture(values);
  }

  /// A black one.
  ///
  /// @param cover how much of each pixel is black, from 0 to 255
  static Picture ofCover(int[] cover) {
    byte[] values = new byte[CHANNELS * PIXELS];
    for (int i = 0; i < PIXELS; i++) {
      byte grey = (byte) (WHITE - cover[i]);
      for (int channel = 0; channel < CHANNELS; channel++) {
        values[channel * PIXELS + i] = grey;
      }
    }
    return new Picture(values);
  }

  /// The one of whose values [#bytes] were.
  static Picture ofBytes(byte[] bytes) {
    return new Picture(bytes.clone());
  }

  /// Channel after channel, each row by row.
  byte[] bytes() {
    return values.clone();
  }

  /// A value from 0 to 255.
  int value(int channel, int pixel) {
    return values[channel * PIXELS + pixel] & WHITE;
  }

  /// Writes the values into `target` from `at` on, from 0 to 1.
  void copyTo(float[] target, int at) {
    for (int i = 0; i < values.length; i++) {
      target[at + i] = (values[i] & WHITE) / (float) WHITE;
    }
  }

  /// Whether there is next to nothing on it.
  boolean isBlank() {
    int darkest = WHITE;
    int lightest = 0;
    for (byte value : values) {
      darkest = Math.min(darkest, value & WHITE);
      lightest = Math.max(lightest, value & WHITE);
    }
    return lightest - darkest < LEAST_CONTRAST;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Picture picture && Arrays.equals(values, picture.values);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(values);
  }
}

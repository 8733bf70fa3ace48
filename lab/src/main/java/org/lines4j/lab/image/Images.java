package org.lines4j.lab.image;

/// Grey images with their classes.
///
/// @param pixels image after image, each [#SIDE] rows of [#SIDE] values from 0 (black) to 1 (white)
/// @param labels the 0-based class of each image
@SuppressWarnings("ArrayRecordComponent") // millions of numbers, shared as they are
public record Images(float[] pixels, int[] labels) {
  /// The pixels of an image's side.
  public static final int SIDE = 24;

  /// The pixels of an image.
  public static final int PIXELS = SIDE * SIDE;

  /// @throws IllegalArgumentException if there are not as many images as labels
  public Images {
    if (pixels.length != Math.multiplyExact(labels.length, PIXELS)) {
      throw new IllegalArgumentException(
          "expected %d pixels for %d labels, found %d"
              .formatted(labels.length * PIXELS, labels.length, pixels.length));
    }
  }

  /// How many images.
  public int count() {
    return labels.length;
  }
}

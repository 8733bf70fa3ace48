package org.lines4j.lab.image;

/// Images with their classes.
///
/// @param raster of each
/// @param pixels image after image, values from 0 (black) to 1 (white)
/// @param labels the 0-based class of each image
@SuppressWarnings("ArrayRecordComponent") // millions of numbers, shared as they are
public record Images(Raster raster, float[] pixels, int[] labels) {
  /// The side of the images that this lab's own tasks render.
  public static final int SIDE = 24;

  /// The pixels of such an image.
  public static final int PIXELS = SIDE * SIDE;

  /// @throws IllegalArgumentException if there are not as many images as labels
  public Images {
    if (pixels.length != Math.multiplyExact(labels.length, raster.numbers())) {
      throw new IllegalArgumentException(
          "expected %d pixels for %d labels, found %d"
              .formatted(labels.length * raster.numbers(), labels.length, pixels.length));
    }
  }

  /// Grey ones, [#SIDE] rows of [#SIDE] pixels each.
  public Images(float[] pixels, int[] labels) {
    this(Raster.GREY_24, pixels, labels);
  }

  /// How many images.
  public int count() {
    return labels.length;
  }
}

package org.lines4j.lab.image;

import static org.lines4j.lab.image.Images.PIXELS;
import static org.lines4j.lab.image.Images.SIDE;

import java.util.Arrays;

/// A Gaussian blur; beyond its edges the image goes on as it is there. Not thread-safe.
final class Blur {
  private static final int WIDEST = 4;

  private final float[] weights = new float[2 * WIDEST + 1];
  private final float[] sums = new float[SIDE];
  private final float[] turned = new float[PIXELS];

  /// Blurs `image` in place.
  ///
  /// @param deviation the standard deviation in pixels; what is further away than three of them, or
  ///   than four pixels, counts nothing
  void apply(float[] image, float deviation) {
    int radius = Math.clamp((long) Math.ceil(3 * deviation), 1, WIDEST);
    weigh(radius, deviation);
    downwards(image, turned, radius);
    downwards(turned, image, radius);
  }

  private void weigh(int radius, float deviation) {
    double sum = 0;
    for (int i = -radius; i <= radius; i++) {
      sum += weight(i, deviation);
    }
    for (int i = -radius; i <= radius; i++) {
      weights[i + radius] = (float) (weight(i, deviation) / sum);
    }
  }

  private static double weight(int distance, float deviation) {
    return StrictMath.exp(-distance * distance / (2.0 * deviation * deviation));
  }

  /// Blurs along the columns of `from`, which become the rows of `to`.
  private void downwards(float[] from, float[] to, int radius) {
    for (int row = 0; row < SIDE; row++) {
      Arrays.fill(sums, 0);
      for (int i = -radius; i <= radius; i++) {
        int start = Math.clamp(row + i, 0, SIDE - 1) * SIDE;
        float weight = weights[i + radius];
        for (int column = 0; column < SIDE; column++) {
          sums[column] += weight * from[start + column];
        }
      }
      for (int column = 0; column < SIDE; column++) {
        to[column * SIDE + row] = sums[column];
      }
    }
  }
}

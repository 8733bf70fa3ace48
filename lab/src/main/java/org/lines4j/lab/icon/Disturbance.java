package org.lines4j.lab.icon;

import java.util.Arrays;
import java.util.Locale;
import java.util.Random;
import org.lines4j.lab.image.Images;
import org.lines4j.lab.image.Raster;

/// What makes pictures harder to read.
enum Disturbance {
  /// Another colour at every pixel.
  NOISE {
    @Override
    void apply(float[] pixels, int from, Raster raster, Random random) {
      for (int i = from; i < from + raster.numbers(); i++) {
        pixels[i] = Math.clamp(pixels[i] + DEVIATION * (float) random.nextGaussian(), 0, 1);
      }
    }
  },
  /// Out of focus: each pixel becomes the mean of the square around it.
  BLUR {
    @Override
    void apply(float[] pixels, int from, Raster raster, Random random) {
      int side = raster.side();
      int plane = side * side;
      for (int channel = 0; channel < raster.channels(); channel++) {
        int at = from + channel * plane;
        float[] sharp = Arrays.copyOfRange(pixels, at, at + plane);
        for (int y = 0; y < side; y++) {
          for (int x = 0; x < side; x++) {
            pixels[at + y * side + x] = mean(sharp, side, x, y);
          }
        }
      }
    }
  };

  private static final float DEVIATION = 0.3f;

  /// Of the square around a pixel, to each side.
  private static final int RADIUS = 2;

  static Disturbance named(String word) {
    return Arrays.stream(values())
        .filter(one -> one.word().equals(word))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no such shift: " + word));
  }

  String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /// Disturbs copies of images; the seed decides how.
  Images of(Images images, long seed) {
    float[] pixels = images.pixels().clone();
    Random random = new Random(31 * seed + word().hashCode());
    for (int i = 0; i < images.count(); i++) {
      apply(pixels, i * images.raster().numbers(), images.raster(), random);
    }
    return new Images(images.raster(), pixels, images.labels());
  }

  abstract void apply(float[] pixels, int from, Raster raster, Random random);

  /// Beyond the picture it goes on as at its edge.
  private static float mean(float[] plane, int side, int x, int y) {
    float sum = 0;
    for (int dy = -RADIUS; dy <= RADIUS; dy++) {
      int row = Math.clamp(y + dy, 0, side - 1) * side;
      for (int dx = -RADIUS; dx <= RADIUS; dx++) {
        sum += plane[row + Math.clamp(x + dx, 0, side - 1)];
      }
    }
    return sum / ((2 * RADIUS + 1) * (2 * RADIUS + 1));
  }
}

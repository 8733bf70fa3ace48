package org.lines4j.lab.encoder;

import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDArray;
import org.lines4j.lab.image.Images;
import org.lines4j.lab.image.Raster;

/// Images as an encoder takes them: patch after patch, each row by row, from −1 (black) to 1; or,
/// before a convolutional stem, as they are, from −1.43 to 1.43.
final class ImageInput {
  private static final float MEAN = 0.5f;
  private static final float DEVIATION = 0.35f;

  private final ImageConfig config;
  private final float[] numbers;
  private final int count;

  /// @param count how many images
  ImageInput(ImageConfig config, int count) {
    this.config = config;
    this.numbers = new float[Math.multiplyExact(count, config.raster().numbers())];
    this.count = count;
  }

  /// @throws IllegalArgumentException if an encoder of such sizes takes other images
  static void check(ImageConfig config, Images images) {
    if (!images.raster().equals(config.raster())) {
      throw new IllegalArgumentException(
          "the encoder takes images of %s, these are of %s"
              .formatted(config.raster(), images.raster()));
    }
  }

  /// Puts the image number `source` to a place.
  void put(Images images, int source, int place) {
    Raster raster = config.raster();
    int start = source * raster.numbers();
    int at = place * raster.numbers();
    switch (config) {
      case EncoderConfig patches -> cut(images.pixels(), start, patches.patchSize(), at);
      case StemConfig _ -> {
        for (int i = 0; i < raster.numbers(); i++) {
          numbers[at + i] = (images.pixels()[start + i] - MEAN) / DEVIATION;
        }
      }
    }
  }

  private void cut(float[] pixels, int start, int side, int place) {
    int at = place;
    for (int top = 0; top < Images.SIDE; top += side) {
      for (int left = 0; left < Images.SIDE; left += side) {
        for (int y = top; y < top + side; y++) {
          for (int x = left; x < left + side; x++) {
            numbers[at++] = 2 * pixels[start + y * Images.SIDE + x] - 1;
          }
        }
      }
    }
  }

  /// `[images, patches, pixels of a patch]`, or `[images, channels, side, side]` before a stem.
  PtNDArray array(NDManager scope) {
    Raster raster = config.raster();
    return switch (config) {
      case EncoderConfig patches ->
          Torch.array(scope, numbers, count, patches.states(), patches.patchPixels());
      case StemConfig _ ->
          Torch.array(scope, numbers, count, raster.channels(), raster.side(), raster.side());
    };
  }
}

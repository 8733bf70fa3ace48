package org.lines4j.lab.encoder;

import static org.lines4j.lab.encoder.EncoderConfig.check;

import org.lines4j.lab.image.Raster;

/// The sizes of an encoder of colour images: three convolutions of 3 × 3 at a stride of 2 make
/// states of an image, with GELU between them.
///
/// @param blocks how many transformer blocks
/// @param width of a state; a multiple of 16
/// @param heads of attention; divides the width
/// @param mlpWidth of each block's hidden layer; a multiple of 16
/// @param first channels behind the first convolution; a multiple of 16
/// @param second channels behind the second; a multiple of 16
/// @param embedding the length of what comes out
public record StemConfig(
    int blocks, int width, int heads, int mlpWidth, int first, int second, int embedding)
    implements ImageConfig {
  /// What three strides of 2 make of a side.
  private static final int SHRINKS = 8;

  /// @throws IllegalArgumentException if the sizes do not fit together
  public StemConfig {
    EncoderConfig.checkBlocks(blocks, width, heads, mlpWidth);
    EncoderConfig.checkLanes(first, "stem_channels");
    EncoderConfig.checkLanes(second, "stem_channels");
    check(embedding >= 1, "embedding", embedding, "at least 1");
  }

  @Override
  public Raster raster() {
    return Raster.COLOUR_32;
  }

  @Override
  public int states() {
    int side = raster().side() / SHRINKS;
    return side * side;
  }
}

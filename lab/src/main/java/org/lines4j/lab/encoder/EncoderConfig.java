package org.lines4j.lab.encoder;

import org.lines4j.lab.image.Images;
import org.lines4j.lab.image.Raster;

/// The sizes of an encoder of grey images, each patch of which becomes a state.
///
/// @param blocks how many transformer blocks
/// @param width of a patch's state; a multiple of 16
/// @param heads of attention; divides the width
/// @param mlpWidth of each block's hidden layer; a multiple of 16
/// @param patchSize the pixels of a patch's side; divides [Images#SIDE]
/// @param embedding the length of what comes out
public record EncoderConfig(
    int blocks, int width, int heads, int mlpWidth, int patchSize, int embedding)
    implements ImageConfig {
  /// A width and an MLP width must be multiples of this, so that each tensor starts at a cache
  /// line: matrix products then round alike wherever the weights lie.
  static final int LANES = 16;

  /// @throws IllegalArgumentException if the sizes do not fit together
  public EncoderConfig {
    checkBlocks(blocks, width, heads, mlpWidth);
    check(
        patchSize >= 1 && Images.SIDE % patchSize == 0,
        "patchSize",
        patchSize,
        "a divisor of " + Images.SIDE);
    check(embedding >= 1, "embedding", embedding, "at least 1");
  }

  /// The usual proportions: heads 16 wide, an MLP of four times the width, patches of 6 × 6, an
  /// embedding of 64.
  public static EncoderConfig of(int blocks, int width) {
    return new EncoderConfig(blocks, width, Math.max(1, width / 16), 4 * width, 6, 64);
  }

  @Override
  public Raster raster() {
    return Raster.GREY_24;
  }

  /// How many patches an image has.
  @Override
  public int states() {
    int side = Images.SIDE / patchSize;
    return side * side;
  }

  /// How many pixels a patch has.
  public int patchPixels() {
    return patchSize * patchSize;
  }

  /// @throws IllegalArgumentException if blocks cannot be of these sizes
  static void checkBlocks(int blocks, int width, int heads, int mlpWidth) {
    check(blocks >= 1, "blocks", blocks, "at least 1");
    checkLanes(width, "width");
    check(heads >= 1 && width % heads == 0, "heads", heads, "a divisor of the width");
    checkLanes(mlpWidth, "mlpWidth");
  }

  /// @throws IllegalArgumentException unless it is a multiple of [#LANES]
  static void checkLanes(int size, String name) {
    check(size >= 1 && size % LANES == 0, name, size, "a multiple of 16");
  }

  static void check(boolean fits, String name, int found, String expected) {
    if (!fits) {
      throw new IllegalArgumentException(
          "%s: expected %s, found %d".formatted(name, expected, found));
    }
  }
}

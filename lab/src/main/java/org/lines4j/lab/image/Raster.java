package org.lines4j.lab.image;

/// The numbers of an image: channel after channel, each row by row.
///
/// @param channels 1 for grey, 3 for red, green and blue
/// @param side rows of a channel, and pixels of a row
public record Raster(int channels, int side) {
  /// What this lab's own tasks render.
  public static final Raster GREY_24 = new Raster(1, Images.SIDE);

  /// Icons, glyphs and emoji.
  public static final Raster COLOUR_32 = new Raster(3, 32);

  /// @throws IllegalArgumentException if there is nothing in it
  public Raster {
    if (channels < 1 || side < 1) {
      throw new IllegalArgumentException("an image of %d × %d²".formatted(channels, side));
    }
  }

  /// How many there are.
  public int numbers() {
    return channels * side * side;
  }
}

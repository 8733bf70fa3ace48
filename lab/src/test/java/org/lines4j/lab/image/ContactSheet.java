package org.lines4j.lab.image;

import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import javax.imageio.ImageIO;

/// Images side by side, to look at: in 16 greys, so that the file stays small.
final class ContactSheet {
  private static final int GAP = 2;
  private static final int GROUND = 6;
  private static final int WHITE = 15;

  private ContactSheet() {}

  /// A PNG with a row for each batch of images.
  ///
  /// @param rows batches, of any sizes
  /// @param zoom how many pixels of the sheet make the side of an image's pixel, from 1
  static byte[] png(List<Images> rows, int zoom) {
    int cell = Images.SIDE * zoom + GAP;
    int columns = rows.stream().mapToInt(Images::count).max().orElse(0);
    BufferedImage sheet =
        new BufferedImage(
            columns * cell + GAP,
            rows.size() * cell + GAP,
            BufferedImage.TYPE_BYTE_BINARY,
            greys());
    for (int y = 0; y < sheet.getHeight(); y++) {
      for (int x = 0; x < sheet.getWidth(); x++) {
        sheet.getRaster().setSample(x, y, 0, grey(rows, x, y, zoom));
      }
    }
    ByteArrayOutputStream png = new ByteArrayOutputStream();
    try {
      ImageIO.write(sheet, "png", png);
    } catch (IOException e) {
      throw new UncheckedIOException("a stream in memory failed", e);
    }
    return png.toByteArray();
  }

  private static IndexColorModel greys() {
    byte[] levels = new byte[WHITE + 1];
    for (int i = 0; i < levels.length; i++) {
      levels[i] = (byte) (255 / WHITE * i);
    }
    return new IndexColorModel(4, levels.length, levels, levels, levels);
  }

  private static int grey(List<Images> rows, int x, int y, int zoom) {
    int cell = Images.SIDE * zoom + GAP;
    int row = y / cell;
    int image = x / cell;
    int inX = x % cell - GAP;
    int inY = y % cell - GAP;
    if (inX < 0 || inY < 0 || row >= rows.size() || image >= rows.get(row).count()) {
      return GROUND;
    }
    int at = image * Images.PIXELS + inY / zoom * Images.SIDE + inX / zoom;
    return Math.round(WHITE * rows.get(row).pixels()[at]);
  }
}

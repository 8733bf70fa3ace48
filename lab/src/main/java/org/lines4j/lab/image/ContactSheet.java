package org.lines4j.lab.image;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import javax.imageio.ImageIO;

/// Images side by side, to look at.
public final class ContactSheet {
  private static final int GAP = 2;
  private static final int GROUND = 0x60;

  private ContactSheet() {}

  /// A PNG with a row for each batch of images.
  ///
  /// @param rows batches, of any sizes
  /// @param zoom how many pixels of the sheet make the side of an image's pixel, from 1
  public static byte[] png(List<Images> rows, int zoom) {
    int cell = Images.SIDE * zoom + GAP;
    int columns = rows.stream().mapToInt(Images::count).max().orElse(0);
    BufferedImage sheet =
        new BufferedImage(
            columns * cell + GAP, rows.size() * cell + GAP, BufferedImage.TYPE_BYTE_GRAY);
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
    return Math.round(255 * rows.get(row).pixels()[at]);
  }
}

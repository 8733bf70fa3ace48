package org.lines4j.lab.icon;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.Shape;
import java.awt.geom.AffineTransform;
import java.awt.geom.Rectangle2D;
import java.awt.image.BufferedImage;
import java.awt.image.DataBufferByte;
import java.util.Optional;

/// Draws outlines of glyphs in black, in the middle of a picture: at twice its size, and halved by
/// Lanczos' filter, which keeps thin strokes dark. Not thread-safe.
final class GlyphPainter {
  private static final int LARGE = 2 * Picture.SIDE;

  /// Pixels of the em on the large picture.
  private static final double EM = 46;

  private static final double SMALLEST = 2;
  private static final double LARGEST = LARGE - 2;
  private static final int FULL = 255;

  /// Zeros of the filter on each side of its middle, in pixels of the small picture.
  private static final int LOBES = 3;

  private static final double[] FILTER = filter();

  private final BufferedImage large = new BufferedImage(LARGE, LARGE, BufferedImage.TYPE_BYTE_GRAY);
  private final double[] halved = new double[LARGE * Picture.SIDE];

  /// The weights of the large pixels around two of them that become one.
  private static double[] filter() {
    double[] weights = new double[4 * LOBES];
    double sum = 0;
    for (int i = 0; i < weights.length; i++) {
      double x = Math.PI * (i + 0.5 - 2 * LOBES) / 2;
      weights[i] = StrictMath.sin(x) / x * (StrictMath.sin(x / LOBES) / (x / LOBES));
      sum += weights[i];
    }
    for (int i = 0; i < weights.length; i++) {
      weights[i] /= sum;
    }
    return weights;
  }

  /// Draws one; empty if nothing would be seen, or it has no room.
  ///
  /// @param outline upwards, as fonts have it
  /// @param unitsPerEm of the outline
  Optional<Picture> draw(Shape outline, double unitsPerEm) {
    double scale = EM / unitsPerEm;
    Rectangle2D box = outline.getBounds2D();
    double width = box.getWidth() * scale;
    double height = box.getHeight() * scale;
    if (!(width >= SMALLEST && height >= SMALLEST && width <= LARGEST && height <= LARGEST)) {
      return Optional.empty();
    }
    AffineTransform place = AffineTransform.getTranslateInstance(LARGE / 2.0, LARGE / 2.0);
    place.scale(scale, -scale);
    place.translate(-box.getCenterX(), -box.getCenterY());
    paint(place.createTransformedShape(outline));
    Picture picture = Picture.ofCover(halve());
    return picture.isBlank() ? Optional.empty() : Optional.of(picture);
  }

  private void paint(Shape shape) {
    Graphics2D graphics = large.createGraphics();
    graphics.setColor(Color.BLACK);
    graphics.fillRect(0, 0, LARGE, LARGE);
    graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
    graphics.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
    graphics.setColor(Color.WHITE);
    graphics.fill(shape);
    graphics.dispose();
  }

  private int[] halve() {
    byte[] from = ((DataBufferByte) large.getRaster().getDataBuffer()).getData();
    for (int y = 0; y < LARGE; y++) {
      for (int x = 0; x < Picture.SIDE; x++) {
        double sum = 0;
        for (int i = 0; i < FILTER.length; i++) {
          int at = 2 * x + 1 + i - 2 * LOBES;
          sum += at < 0 || at >= LARGE ? 0 : FILTER[i] * (from[y * LARGE + at] & FULL);
        }
        halved[y * Picture.SIDE + x] = sum;
      }
    }
    int[] cover = new int[Picture.PIXELS];
    for (int y = 0; y < Picture.SIDE; y++) {
      for (int x = 0; x < Picture.SIDE; x++) {
        double sum = 0;
        for (int i = 0; i < FILTER.length; i++) {
          int at = 2 * y + 1 + i - 2 * LOBES;
          sum += at < 0 || at >= LARGE ? 0 : FILTER[i] * halved[at * Picture.SIDE + x];
        }
        cover[y * Picture.SIDE + x] = Math.clamp(Math.round(sum), 0, FULL);
      }
    }
    return cover;
  }
}

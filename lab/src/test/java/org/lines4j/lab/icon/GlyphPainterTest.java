package org.lines4j.lab.icon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.Shape;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Path2D;
import java.awt.geom.Rectangle2D;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.lines4j.error.InputException;

class GlyphPainterTest {
  private static Picture draw(Shape shape) {
    return new GlyphPainter().draw(shape, 46).orElseThrow();
  }

  private static double black(Picture picture) {
    double sum = 0;
    for (int i = 0; i < Picture.PIXELS; i++) {
      sum += (255 - picture.value(0, i)) / 255.0;
    }
    return sum;
  }

  /// The em is 46 of 64 pixels, so these 32 units are 16 pixels, wherever they are in the em.
  @Test
  void outlinesAreInTheMiddleAndOfTheirSize() {
    Picture picture = draw(new Rectangle2D.Double(-5, 100, 32, 32));
    assertEquals(0, picture.value(0, 16 * Picture.SIDE + 16));
    assertEquals(0, picture.value(0, 12 * Picture.SIDE + 12));
    assertEquals(255, picture.value(0, 4 * Picture.SIDE + 16));
    assertEquals(256, black(picture), 3);
    assertEquals(Math.PI * 64, black(draw(new Ellipse2D.Double(0, 0, 32, 32))), 3);
  }

  @Test
  void fontsCountUpwards() {
    Path2D triangle = new Path2D.Double();
    triangle.moveTo(0, 0);
    triangle.lineTo(32, 0);
    triangle.lineTo(16, 32);
    triangle.closePath();
    Picture picture = draw(triangle);
    assertEquals(255, picture.value(0, 9 * Picture.SIDE + 10), "narrow above");
    assertTrue(picture.value(0, 22 * Picture.SIDE + 10) < 30, "wide below");
  }

  @Test
  void thinStrokesStayDark() {
    Picture picture = draw(new Rectangle2D.Double(0, 0, 2, 40));
    int darkest = 255;
    for (int x = 0; x < Picture.SIDE; x++) {
      darkest = Math.min(darkest, picture.value(0, 16 * Picture.SIDE + x));
    }
    assertTrue(darkest < 130, "darkest " + darkest);
  }

  @Test
  void whatHasNoRoomOrNothingToSeeIsNotDrawn() {
    GlyphPainter painter = new GlyphPainter();
    assertTrue(painter.draw(new Rectangle2D.Double(0, 0, 63, 10), 46).isEmpty());
    assertTrue(painter.draw(new Rectangle2D.Double(0, 0, 1, 30), 46).isEmpty());
    assertTrue(painter.draw(new Path2D.Double(), 46).isEmpty());
  }

  @Test
  void aFileThatIsNoFontIsRefused() {
    for (byte[] file : List.of(new byte[0], new byte[100], TinyPackages.utf8("OTTO  no font"))) {
      InputException refused =
          assertThrows(InputException.class, () -> Typeface.read("tiny", file));
      assertTrue(
          String.valueOf(refused.getMessage()).startsWith("tiny: is no font"),
          refused.getMessage());
    }
  }

  @Test
  void everyScriptHasLettersOfItsOwn() {
    Set<Integer> seen = new HashSet<>();
    for (Script script : Script.values()) {
      List<Integer> letters = script.letters();
      assertTrue(letters.size() >= 25 && letters.size() <= 410, script + " " + letters.size());
      letters.forEach(letter -> assertTrue(seen.add(letter), script + " " + letter));
    }
  }
}

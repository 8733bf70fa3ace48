package org.lines4j.lab.icon;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.lines4j.error.InputException;

class IconSvgTest {
  private static IconSvg icon(String body) {
    return new IconSvg("tiny", body, 0, 0, 16, 16);
  }

  private static int grey(Picture picture, int x, int y) {
    return picture.value(0, y * Picture.SIDE + x);
  }

  @Test
  void aSquareCoversThePixelsThatItShould() {
    Picture picture = icon("<path fill=\"currentColor\" d=\"M4 4h8v8H4z\"/>").draw(false);
    for (int y = 0; y < Picture.SIDE; y++) {
      for (int x = 0; x < Picture.SIDE; x++) {
        boolean inside = x >= 8 && x < 24 && y >= 8 && y < 24;
        assertEquals(inside ? 0 : 255, grey(picture, x, y), x + " " + y);
      }
    }
  }

  @Test
  void edgesWithinPixelsAreSmooth() {
    Picture picture = icon("<rect x=\"4.25\" y=\"0\" width=\"4\" height=\"16\"/>").draw(false);
    assertEquals(255, grey(picture, 7, 5));
    assertEquals(128, grey(picture, 8, 5), 8);
    assertEquals(0, grey(picture, 9, 5));
    assertEquals(128, grey(picture, 16, 5), 8);
  }

  /// As resvg 2.6.2 draws it: what the base was trained on.
  @Test
  void whatAPixelIsCoveredByIsRoundedToQuarters() {
    int[] black = new int[7];
    double[] insets = {.1, .25, .33, .5, .66, .8, .9};
    for (int i = 0; i < insets.length; i++) {
      String body = "<path d=\"M%s 2V10H10V2z\"/>".formatted(2 + insets[i] / 2);
      black[i] = 255 - grey(icon(body).draw(false), 4, 10);
    }
    assertArrayEquals(new int[] {255, 191, 191, 128, 64, 64, 0}, black);
  }

  /// The area of a circle of radius 6 of 8.
  @Test
  void aCircleHasItsArea() {
    Picture picture = icon("<circle cx=\"8\" cy=\"8\" r=\"6\"/>").draw(false);
    double black = 0;
    for (int i = 0; i < Picture.PIXELS; i++) {
      black += (255 - picture.value(0, i)) / 255.0;
    }
    assertEquals(Math.PI * 12 * 12, black, 4);
  }

  @Test
  void theLargerSideOfABoxFillsThePicture() {
    Picture picture =
        new IconSvg("tiny", "<path d=\"M-10-10h100v100h-100z\"/>", 0, 0, 16, 8).draw(false);
    assertEquals(0, grey(picture, 0, 16));
    Picture band = new IconSvg("tiny", "<path d=\"M2 2h16v8h-16z\"/>", 2, 2, 16, 8).draw(false);
    assertEquals(255, grey(band, 0, 7));
    assertEquals(0, grey(band, 0, 8));
    assertEquals(0, grey(band, 31, 23));
    assertEquals(255, grey(band, 31, 24));
  }

  @Test
  void coloursCountWhereTheyShould() {
    String body = "<path fill=\"#f00\" fill-opacity=\".5\" d=\"M0 0h16v16H0z\"/>";
    Picture coloured = icon(body).draw(true);
    assertEquals(255, coloured.value(0, 0));
    assertEquals(127, coloured.value(1, 0), 1);
    assertEquals(127, coloured.value(2, 0), 1);
    Picture plain = icon(body).draw(false);
    assertEquals(127, plain.value(0, 0), 1);
    assertEquals(127, plain.value(1, 0), 1);
  }

  @Test
  void masksAndClipsAndUsesWork() {
    Picture masked =
        icon("<mask id=\"a\"><path fill=\"#fff\" d=\"M0 0h16v16H0z\"/>"
                + "<path fill=\"#000\" d=\"M0 0h8v16H0z\"/></mask>"
                + "<path mask=\"url(#a)\" d=\"M0 0h16v16H0z\"/>")
            .draw(false);
    assertEquals(255, grey(masked, 4, 4));
    assertEquals(0, grey(masked, 28, 4));
    Picture clipped =
        icon("<defs><clipPath id=\"a\"><path d=\"M8 0h8v16H8z\"/></clipPath>"
                + "<path id=\"b\" clip-path=\"url(#a)\" d=\"M0 0h16v16H0z\"/></defs>"
                + "<use href=\"#b\"/>")
            .draw(false);
    assertEquals(255, grey(clipped, 4, 4));
    assertEquals(0, grey(clipped, 28, 4));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "<script>alert(1)</script>",
        "<image href=\"file:///etc/passwd\"/>",
        "<foreignObject/>",
        "<text>x</text>",
        "<style>path{fill:url(http://localhost/)}</style>",
        "<filter id=\"a\"><feTurbulence/></filter>",
        "<a href=\"#x\"/>",
        "<animate/>",
        "<use href=\"https://localhost/a.svg#b\"/>",
        "<use xlink:href='file:a.svg#b'/>",
        "<path fill=\"url(http://localhost/#a)\" d=\"M0 0h9v9z\"/>",
        "<path fill=\"url( 'x#a')\" d=\"M0 0h9v9z\"/>",
        "<path style=\"background:url(#a)\" d=\"M0 0h9v9z\"/>",
        "<path onload=\"x()\" d=\"M0 0h9v9z\"/>",
        "<!DOCTYPE svg [<!ENTITY a 'b'>]><path d=\"M0 0h9v9z\"/>",
        "<?xml-stylesheet href=\"x\"?><path d=\"M0 0h9v9z\"/>",
        "&lt;path/>",
        "</svg><svg><path d=\"M0 0h9v9z\"/>",
        "<path d=\"M0 0h9v9z\">",
        "<path d=M0/>",
        "<svg:image href=\"#a\"/>",
        "<path stroke=\"#000\" stroke-dasharray=\"0 0\" d=\"M0 0h9\"/>",
        "<path stroke=\"#000\" stroke-dasharray=\".0001 .0001\" d=\"M0 0h9\"/>",
        "<path stroke=\"#000\" stroke-dasharray=\"1 1\" d=\"M0 0h999999999\"/>",
        "<path stroke=\"#000\" stroke-dasharray=\"1 1\" d=\"M0 0h1e9\"/>",
        "<path stroke=\"#000\" stroke-dasharray=\"NaN\" d=\"M0 0h9\"/>"
      })
  void whatNoIconNeedsIsRefused(String body) {
    assertThrows(InputException.class, () -> icon(body).draw(false));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "<use id=\"a\" href=\"#a\"/>",
        "<g id=\"a\"><use href=\"#b\"/></g><g id=\"b\"><use href=\"#a\"/></g>",
        "<mask id=\"a\"><path mask=\"url(#a)\" d=\"M0 0h9v9z\"/></mask>"
            + "<path mask=\"url(#a)\" d=\"M0 0h9v9z\"/>",
        "<clipPath id=\"a\" clip-path=\"url(#a)\"><path d=\"M0 0h9v9z\"/></clipPath>"
            + "<path clip-path=\"url(#a)\" d=\"M0 0h9v9z\"/>",
        "<linearGradient id=\"a\" href=\"#b\"/><linearGradient id=\"b\" href=\"#a\"/>"
            + "<path fill=\"url(#a)\" d=\"M0 0h9v9z\"/>",
        "<mask id=\"a\" x=\"-1e9\" y=\"-1e9\" width=\"1e10\" height=\"1e10\""
            + " maskUnits=\"userSpaceOnUse\"><path d=\"M0 0h9v9z\"/></mask>"
            + "<g transform=\"scale(1e6)\"><path mask=\"url(#a)\" d=\"M0 0h9e9v9e9z\"/></g>",
        "<path stroke=\"#000\" stroke-width=\"1e30\" d=\"M0 0L1e38-1e38 3e38 1e38z\"/>",
        "<circle r=\"1e300\"/>",
        "<path d=\"M0 0L NaN Infinity z\"/>",
        "<path transform=\"matrix(0 0 0 0 0 0)\" d=\"M0 0h9v9z\"/>"
      })
  void whatGoesRoundOrIsHugeEndsSoon(String body) {
    assertTimeoutPreemptively(
        Duration.ofSeconds(20),
        () -> {
          try {
            icon(body).draw(true);
          } catch (InputException e) {
            assertTrue(String.valueOf(e.getMessage()).startsWith("tiny: "), e.getMessage());
          }
        });
  }

  @Test
  void repeatsOfRepeatsAreRefusedBeforeTheyAreMany() {
    String nested =
        "<path id=\"a0\" d=\"M0 0h9v9z\"/>"
            + IntStream.range(1, 12)
                .mapToObj(
                    i ->
                        "<g id=\"a%d\">%s</g>"
                            .formatted(i, "<use href=\"#a%d\"/>".formatted(i - 1).repeat(10)))
                .collect(Collectors.joining());
    assertThrows(InputException.class, () -> icon(nested + "<use href=\"#a11\"/>").draw(false));
  }

  @Test
  void longDrawingsAndBoxesThatAreNoneAreRefused() {
    String path = "<path d=\"M0 0h9v9z\"/>";
    assertThrows(InputException.class, () -> icon(path.repeat(2000)).draw(false));
    assertThrows(
        InputException.class,
        () -> icon("<path d=\"" + "M0 0".repeat(20_000) + "\"/>").draw(false));
    assertThrows(InputException.class, () -> new IconSvg("tiny", path, 0, 0, 0, 1));
    assertThrows(InputException.class, () -> new IconSvg("tiny", path, 0, 0, 1, Double.NaN));
    assertThrows(InputException.class, () -> new IconSvg("tiny", path, 1e9, 0, 1, 1));
  }

  /// A file that is named is not opened: were it, the drawing would be another.
  @Test
  void noFileIsRead(@TempDir Path folder) throws IOException {
    Path other = folder.resolve("other.svg");
    Files.writeString(
        other, "<svg xmlns=\"http://www.w3.org/2000/svg\"><path id=\"a\" d=\"M0 0h9v9z\"/></svg>");
    String body = "<use href=\"%s#a\"/>".formatted(other.toUri());
    assertThrows(InputException.class, () -> icon(body).draw(false));
  }
}

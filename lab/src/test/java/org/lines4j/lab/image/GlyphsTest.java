package org.lines4j.lab.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class GlyphsTest {
  /// How many pixels, of [Images#PIXELS], one of two drawings must ink and the other leave: the dot
  /// of an i is four, and what sets the gothic h apart from the k is three.
  private static final int APART = 3;

  private static final Pose UPRIGHT = new Pose(8, 0, 0, 8, 0, 0, 0, 0);

  private static List<RenderedTask> glyphTasks() {
    return ImageTasks.all().stream()
        .map(RenderedTask.class::cast)
        .filter(task -> task.scene() instanceof GlyphScene)
        .toList();
  }

  @Test
  void tenTasksAreAboutGlyphs() {
    assertEquals(10, glyphTasks().size());
  }

  @ParameterizedTest
  @MethodSource("glyphTasks")
  void everyClassHasADrawingOfItsOwnInEveryFace(RenderedTask task) {
    GlyphScene scene = (GlyphScene) task.scene();
    for (Face face : Stream.concat(scene.faces().stream(), scene.unseen().stream()).toList()) {
      assertEquals(task.classes().size(), face.glyphs().size());
      List<float[]> drawings = face.glyphs().stream().map(glyph -> drawn(glyph, face)).toList();
      for (int i = 0; i < drawings.size(); i++) {
        for (int j = 0; j < i; j++) {
          int apart = apart(drawings.get(i), drawings.get(j));
          String pair = task.classes().get(i) + " and " + task.classes().get(j);
          assertTrue(apart >= APART, () -> "%s are %d pixels apart".formatted(pair, apart));
        }
      }
    }
  }

  @Test
  void theFileOfGlyphsBringsItsAcknowledgement() throws IOException {
    try (InputStream in =
        Objects.requireNonNull(GlyphsTest.class.getResourceAsStream("glyphs.txt"))) {
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      assertTrue(text.contains("originally created by Dr. A. V. Hershey"));
      assertTrue(text.contains("James Hurt"));
      assertTrue(text.contains("EXCEPT"));
    }
  }

  private static float[] drawn(Strokes glyph, Face face) {
    Canvas canvas = new Canvas();
    canvas.clear();
    face.pen().draw(glyph, UPRIGHT, 0.9f * face.weight(), canvas);
    return canvas.coverage();
  }

  private static int apart(float[] one, float[] other) {
    int apart = 0;
    for (int i = 0; i < one.length; i++) {
      if (Math.abs(one[i] - other[i]) > 0.5f) {
        apart++;
      }
    }
    return apart;
  }
}

package org.lines4j.lab.image;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// A shape, filled or outlined. Strokes that training never shows: hatching, and dashed outlines.
record ShapeScene() implements Scene {
  private static final List<Shape> SHAPES = List.of(Shape.values());

  /// The shapes' names, filled and outlined in turn.
  static List<String> classes() {
    List<String> classes = new ArrayList<>();
    for (Shape shape : SHAPES) {
      String name = shape.name().toLowerCase(Locale.ROOT);
      classes.add("filled " + name);
      classes.add("outlined " + name);
    }
    return classes;
  }

  @Override
  public void draw(int label, Shift shift, Draws draws, Canvas canvas) {
    draws.start(Draws.Purpose.SCENE);
    Pose pose = Pose.Range.USUAL.draw(draws, shift == Shift.ROTATION);
    float radius = draws.between(0.5f, 1);
    Strokes outline = SHAPES.get(label / 2).outline();
    boolean unseen = shift == Shift.STROKES;
    if (label % 2 == 1) {
      (unseen ? Pen.DASHED : Pen.SOLID).draw(outline, pose, radius, canvas);
      return;
    }
    border(outline, pose, canvas);
    if (unseen) {
      draws.start(Draws.Purpose.SHIFT);
      double angle = StrictMath.PI * draws.unit();
      canvas.inkHatched(
          (float) StrictMath.cos(angle), (float) StrictMath.sin(angle), draws.between(3, 4));
    } else {
      canvas.inkArea();
    }
  }

  /// Collects the edges of an area, and lines along them.
  static void border(Strokes outline, Pose pose, Canvas canvas) {
    float[] u = outline.x();
    float[] v = outline.y();
    float lastX = pose.x(u[0], v[0]);
    float lastY = pose.y(u[0], v[0]);
    for (int i = 1; i < u.length; i++) {
      float x = pose.x(u[i], v[i]);
      float y = pose.y(u[i], v[i]);
      canvas.line(lastX, lastY, x, y, 1);
      canvas.edge(lastX, lastY, x, y);
      lastX = x;
      lastY = y;
    }
  }
}

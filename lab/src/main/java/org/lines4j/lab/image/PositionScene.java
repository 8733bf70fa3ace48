package org.lines4j.lab.image;

import java.util.ArrayList;
import java.util.List;

/// A frame with a blob in one of 16 places. The frame itself is moved, sized and turned. A frame
/// that training never shows: a dashed one.
record PositionScene() implements Scene {
  private static final Pose.Range POSES = Pose.Range.USUAL.withSize(7, 9);
  private static final int SIDE = 4;
  private static final Strokes FRAME =
      Strokes.closed(new float[] {-1, 1, 1, -1}, new float[] {-1, -1, 1, 1});

  /// Row and column, counted from 1 at the top left.
  static List<String> classes() {
    List<String> classes = new ArrayList<>();
    for (int cell = 0; cell < SIDE * SIDE; cell++) {
      classes.add("row %d, column %d".formatted(cell / SIDE + 1, cell % SIDE + 1));
    }
    return classes;
  }

  @Override
  public void draw(int label, Shift shift, Draws draws, Canvas canvas) {
    Blob blob = Blob.of(shift, draws);
    draws.start(Draws.Purpose.SCENE);
    Pose pose = POSES.draw(draws, shift == Shift.ROTATION);
    float thickness = draws.between(0.4f, 0.8f);
    float radius = draws.between(0.8f, 1.3f);
    float more = draws.between(0.3f, 0.8f);
    int row = label / SIDE;
    float u = (label % SIDE - (SIDE - 1) / 2f) * 0.42f + 0.1f * draws.either();
    float v = (row - (SIDE - 1) / 2f) * 0.42f + 0.1f * draws.either();
    Pen pen = shift == Shift.STROKES ? Pen.DASHED : Pen.SOLID;
    pen.draw(FRAME, pose, thickness, canvas);
    float length = (float) Math.sqrt(pose.xx() * pose.xx() + pose.yx() * pose.yx());
    float alongX = pose.xx() / length;
    float alongY = pose.yx() / length;
    blob.draw(pose.x(u, v), pose.y(u, v), alongX, alongY, radius, more, canvas);
  }
}

package org.lines4j.lab.image;

/// How strokes are drawn.
enum Pen {
  /// As they are.
  SOLID,
  /// Interrupted.
  DASHED,
  /// As the contour of a thick line.
  HOLLOW;

  private static final float SOFT = 0.5f;

  /// Draws strokes.
  ///
  /// @param radius half the width of a solid line, in pixels
  void draw(Strokes strokes, Pose pose, float radius, Canvas canvas) {
    float offset = radius + 0.7f;
    float width = Math.min(radius, 0.8f);
    float reach = SOFT + (this == HOLLOW ? offset + width / 2 : radius);
    int from = 0;
    for (int end : strokes.ends()) {
      if (this == DASHED) {
        dash(strokes, from, end, pose, radius, canvas);
      } else {
        join(strokes, from, end, pose, reach, canvas);
      }
      from = end;
    }
    if (this == HOLLOW) {
      canvas.inkContour(offset, width);
    } else {
      canvas.ink(radius);
    }
  }

  private static void join(
      Strokes strokes, int from, int end, Pose pose, float reach, Canvas canvas) {
    float lastX = 0;
    float lastY = 0;
    for (int i = from; i < end; i++) {
      float x = pose.x(strokes.x()[i], strokes.y()[i]);
      float y = pose.y(strokes.x()[i], strokes.y()[i]);
      if (i > from) {
        canvas.line(lastX, lastY, x, y, reach);
      }
      lastX = x;
      lastY = y;
    }
  }

  /// Walks along a stroke with the pen down and up in turn.
  private static void dash(
      Strokes strokes, int from, int end, Pose pose, float radius, Canvas canvas) {
    float drawn = 1 + radius;
    float skipped = 2 * radius + 1.2f; // the ends of the dashes are round and reach into the gap
    boolean down = true;
    float left = drawn;
    float atX = pose.x(strokes.x()[from], strokes.y()[from]);
    float atY = pose.y(strokes.x()[from], strokes.y()[from]);
    for (int i = from + 1; i < end; i++) {
      float nextX = pose.x(strokes.x()[i], strokes.y()[i]);
      float nextY = pose.y(strokes.x()[i], strokes.y()[i]);
      float length = length(nextX - atX, nextY - atY);
      while (length > left) {
        float part = left / length;
        float x = atX + part * (nextX - atX);
        float y = atY + part * (nextY - atY);
        if (down) {
          canvas.line(atX, atY, x, y, radius + SOFT);
        }
        length -= left;
        down = !down;
        left = down ? drawn : skipped;
        atX = x;
        atY = y;
      }
      if (down) {
        canvas.line(atX, atY, nextX, nextY, radius + SOFT);
      }
      left -= length;
      atX = nextX;
      atY = nextY;
    }
  }

  private static float length(float x, float y) {
    return (float) Math.sqrt(x * x + y * y);
  }
}

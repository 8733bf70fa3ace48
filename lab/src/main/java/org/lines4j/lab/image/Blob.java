package org.lines4j.lab.image;

/// Something small.
enum Blob {
  /// Round, and longer one way: the only one in training.
  OVAL,
  /// With four corners.
  SQUARE,
  /// With a hole.
  RING;

  /// The blobs of an image: ovals, or with [Shift#STROKES] one of the others.
  static Blob of(Shift shift, Draws draws) {
    if (shift != Shift.STROKES) {
      return OVAL;
    }
    draws.start(Draws.Purpose.SHIFT);
    return draws.below(2) == 0 ? SQUARE : RING;
  }

  /// Draws one.
  ///
  /// @param x of its centre, in pixels
  /// @param y of its centre
  /// @param alongX with `alongY` the way in which it is longer: a vector of length 1
  /// @param radius half its width in pixels
  /// @param more how much longer than wide half its length is
  void draw(float x, float y, float alongX, float alongY, float radius, float more, Canvas canvas) {
    switch (this) {
      case OVAL -> {
        line(x, y, alongX, alongY, radius, more, canvas);
        canvas.ink(radius);
      }
      case SQUARE -> {
        float size = 1.35f * (radius + more / 2);
        Pose pose =
            new Pose(alongX * size, -alongY * size, alongY * size, alongX * size, x, y, 0, 0);
        ShapeScene.border(Shape.SQUARE.outline(), pose, canvas);
        canvas.inkArea();
      }
      case RING -> {
        line(x, y, alongX, alongY, radius + 0.5f, more, canvas);
        canvas.inkContour(radius - 0.1f, 0.6f);
      }
    }
  }

  private static void line(
      float x, float y, float alongX, float alongY, float radius, float more, Canvas canvas) {
    float toX = alongX * more;
    float toY = alongY * more;
    canvas.line(x - toX, y - toY, x + toX, y + toY, radius + 0.5f);
  }
}

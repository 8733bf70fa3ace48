package org.lines4j.lab.image;

/// Outlines of plain shapes, about as large as a square from −1 to 1.
enum Shape {
  CIRCLE(arc(0, 360, 24)),
  TRIANGLE(star(3, 1)),
  SQUARE(turned(star(4, 1), 45)),
  RHOMBUS(squeezed(star(4, 1), 0.6f)),
  PENTAGON(star(5, 1)),
  HEXAGON(star(6, 1)),
  STAR(star(5, 0.42f)),
  PLUS(plus(0.34f)),
  HALF(arc(0, 180, 14)),
  CRESCENT(crescent()),
  HEART(heart()),
  ARROW(
      new float[][] {
        {0, 0.95f, 0.35f, 0.35f, -0.35f, -0.35f, -0.95f},
        {-1, 0, 0, 1, 1, 0, 0}
      });

  @SuppressWarnings("ImmutableEnumChecker") // its arrays are never changed
  private final Strokes outline;

  Shape(float[][] points) {
    this.outline = Strokes.closed(points[0], points[1]);
  }

  /// The closed outline.
  Strokes outline() {
    return outline;
  }

  private static float[][] arc(double from, double to, int points) {
    float[][] at = new float[2][points];
    for (int i = 0; i < points; i++) {
      boolean whole = to - from == 360;
      double angle = StrictMath.toRadians(from + (to - from) * i / (whole ? points : points - 1));
      at[0][i] = (float) StrictMath.cos(angle);
      at[1][i] = (float) StrictMath.sin(angle) - (whole ? 0 : 0.5f);
    }
    return at;
  }

  /// A polygon with a corner at the top; a star if every other corner is drawn in.
  private static float[][] star(int corners, float inner) {
    int points = inner == 1 ? corners : 2 * corners;
    float[][] at = new float[2][points];
    for (int i = 0; i < points; i++) {
      double angle = StrictMath.toRadians(-90 + 360.0 * i / points);
      float radius = i % 2 == 1 ? inner : 1;
      at[0][i] = radius * (float) StrictMath.cos(angle);
      at[1][i] = radius * (float) StrictMath.sin(angle);
    }
    return at;
  }

  private static float[][] turned(float[][] at, double degrees) {
    float cos = (float) StrictMath.cos(StrictMath.toRadians(degrees));
    float sin = (float) StrictMath.sin(StrictMath.toRadians(degrees));
    for (int i = 0; i < at[0].length; i++) {
      float x = at[0][i];
      at[0][i] = cos * x - sin * at[1][i];
      at[1][i] = sin * x + cos * at[1][i];
    }
    return at;
  }

  private static float[][] squeezed(float[][] at, float factor) {
    for (int i = 0; i < at[0].length; i++) {
      at[0][i] *= factor;
    }
    return at;
  }

  private static float[][] plus(float arm) {
    float[] x = {-arm, arm, arm, 1, 1, arm, arm, -arm, -arm, -1, -1, -arm};
    float[] y = {-1, -1, -arm, -arm, arm, arm, 1, 1, arm, arm, -arm, -arm};
    return new float[][] {x, y};
  }

  /// The outer arc of a circle and, back, the arc of a smaller one to its right.
  private static float[][] crescent() {
    int points = 13;
    float[][] at = new float[2][2 * points];
    for (int i = 0; i < points; i++) {
      double outer = StrictMath.toRadians(60 + 240.0 * i / (points - 1));
      at[0][i] = (float) StrictMath.cos(outer) + 0.2f;
      at[1][i] = (float) StrictMath.sin(outer);
      double inner = StrictMath.toRadians(285 - 210.0 * i / (points - 1));
      at[0][points + i] = 0.87f * (float) StrictMath.cos(inner) + 0.48f;
      at[1][points + i] = 0.87f * (float) StrictMath.sin(inner);
    }
    return at;
  }

  private static float[][] heart() {
    int points = 28;
    float[][] at = new float[2][points];
    for (int i = 0; i < points; i++) {
      double t = StrictMath.toRadians(360.0 * i / points);
      double sin = StrictMath.sin(t);
      at[0][i] = (float) (sin * sin * sin);
      at[1][i] =
          (float)
              (-(13 * StrictMath.cos(t)
                          - 5 * StrictMath.cos(2 * t)
                          - 2 * StrictMath.cos(3 * t)
                          - StrictMath.cos(4 * t))
                      / 16
                  - 0.1);
    }
    return at;
  }
}

package org.lines4j.lab.image;

import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/// A pattern all over the image. Strokes that training never shows: only the contours of the
/// pattern.
record TextureScene() implements Scene {
  private static final List<Pattern> PATTERNS = List.of(Pattern.values());
  private static final float STRAY = 12;
  private static final Pose.Far FAR = new Pose.Far(18, 22);

  /// The patterns' names.
  static List<String> classes() {
    return Stream.of(Pattern.values()).map(p -> p.name().toLowerCase(Locale.ROOT)).toList();
  }

  @Override
  public void draw(int label, Shift shift, Draws draws, Canvas canvas) {
    draws.start(Draws.Purpose.SCENE);
    float lean = draws.either();
    float period = draws.between(4.6f, 9);
    float stretch = 1 + 0.2f * draws.either();
    float offsetU = draws.either();
    float offsetV = draws.either();
    float weight = 0.06f * draws.either();
    double radians = StrictMath.toRadians(shift == Shift.ROTATION ? FAR.angle(lean) : lean * STRAY);
    float cos = (float) StrictMath.cos(radians);
    float sin = (float) StrictMath.sin(radians);
    Pattern pattern = PATTERNS.get(label);
    for (int i = 0; i < Images.PIXELS; i++) {
      float x = Canvas.column(i);
      float y = Canvas.row(i);
      float u = (cos * x + sin * y) / period * stretch + offsetU;
      float v = (cos * y - sin * x) / period / stretch + offsetV;
      float depth = (pattern.depth(u, v) + weight) * period;
      canvas.cover(i, 0.5f + (shift == Shift.STROKES ? 0.6f - Math.abs(depth) : depth));
    }
  }
}

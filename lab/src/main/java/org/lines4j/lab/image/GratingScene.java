package org.lines4j.lab.image;

import java.util.ArrayList;
import java.util.List;

/// Parallel stripes all over the image, told apart by direction and width. Strokes that training
/// never shows: thin lines, and rows of dots.
record GratingScene() implements Scene {
  private static final int DIRECTIONS = 6;
  private static final float APART = 180f / DIRECTIONS;
  private static final float[] PERIODS = {2.9f, 4.1f, 5.8f, 8.2f};

  /// How far directions stray in training, and when images are turned further, in degrees; half of
  /// what is between two classes is the most that makes sense.
  private static final float STRAY = 6;

  private static final Pose.Far FAR = new Pose.Far(9, 13.5f);

  /// Directions from the horizontal, each with every period.
  static List<String> classes() {
    List<String> classes = new ArrayList<>();
    for (int direction = 0; direction < DIRECTIONS; direction++) {
      for (float period : PERIODS) {
        classes.add("%d° every %s px".formatted(Math.round(direction * APART), period));
      }
    }
    return classes;
  }

  @Override
  public void draw(int label, Shift shift, Draws draws, Canvas canvas) {
    draws.start(Draws.Purpose.SCENE);
    float lean = draws.either();
    float period = PERIODS[label % PERIODS.length] * (1 + 0.12f * draws.either());
    float phase = draws.unit();
    float sharpness = draws.between(0.6f, 3);
    float share = draws.between(0.4f, 0.6f);
    float stray = shift == Shift.ROTATION ? FAR.angle(lean) : lean * STRAY;
    int direction = label / PERIODS.length;
    double radians = StrictMath.toRadians(direction * APART + stray);
    float alongX = (float) StrictMath.cos(radians) / period;
    float alongY = (float) StrictMath.sin(radians) / period;
    boolean dotted = false;
    if (shift == Shift.STROKES) {
      draws.start(Draws.Purpose.SHIFT);
      dotted = draws.below(2) == 0;
      share = 0.18f;
      sharpness = 4;
    }
    for (int i = 0; i < Images.PIXELS; i++) {
      float x = Canvas.column(i);
      float y = Canvas.row(i);
      float ink = stripe(x * alongY - y * alongX + phase, share, sharpness);
      if (dotted) {
        ink *= stripe((x * alongX + y * alongY) * period / 2.6f, 0.6f, sharpness);
      }
      canvas.cover(i, ink);
    }
  }

  /// 1 in the middle of a stripe that takes `share` of its period, falling off to both sides.
  private static float stripe(float phase, float share, float sharpness) {
    float fromMiddle = Math.abs(phase - (float) Math.rint(phase));
    return 0.5f + (share / 2 - fromMiddle) * 2 * sharpness;
  }
}

package org.lines4j.lab.image;

import static org.lines4j.lab.image.Images.PIXELS;
import static org.lines4j.lab.image.Images.SIDE;

/// How a drawing becomes an image, light ink on a dark ground: grey levels, light from one side,
/// focus, noise.
final class Light {
  /// The least difference between ink and ground, and the greatest.
  private static final float FAINT = 0.55f;

  private static final float STRONG = 0.95f;

  /// The greatest standard deviation of the noise in training.
  private static final float NOISE = 0.06f;

  /// How much lighter one side is than the other, at most.
  private static final float SLOPE = 0.15f;

  /// The standard deviations, in pixels, that focus varies between.
  private static final float SHARPEST = 0.25f;

  private static final float SOFTEST = 0.7f;

  /// The standard deviation that [Shift#NOISE] adds.
  private static final float MORE_NOISE = 0.14f;

  /// The standard deviation, in pixels, of [Shift#BLUR].
  private static final float OUT_OF_FOCUS = 1.2f;

  /// What share of the contrast [Shift#CONTRAST] leaves.
  private static final float LEFT_CONTRAST = 0.3f;

  private Light() {}

  /// Writes the image at `offset`; values stay within 0 and 1.
  static void develop(
      Canvas canvas, Shift shift, Draws draws, Blur blur, float[] pixels, int offset) {
    draws.start(Draws.Purpose.LIGHT);
    draws.skip(); // so that all images stay those that evidence was measured on
    float contrast = draws.between(FAINT, STRONG);
    float ground = draws.unit() * (1 - contrast);
    float slopeX = draws.either() * SLOPE / SIDE;
    float slopeY = draws.either() * SLOPE / SIDE;
    float softness = draws.between(SHARPEST, SOFTEST);
    float deviation = draws.unit() * NOISE;
    float grey = draws.between(0.3f, 0.7f);
    float[] coverage = canvas.coverage();
    blur.apply(coverage, shift == Shift.BLUR ? OUT_OF_FOCUS : softness);
    float from = ground;
    float ink = contrast;
    if (shift == Shift.CONTRAST) {
      from = grey + (from - 0.5f) * LEFT_CONTRAST;
      ink *= LEFT_CONTRAST;
      slopeX *= LEFT_CONTRAST;
      slopeY *= LEFT_CONTRAST;
    }
    if (shift == Shift.NOISE) {
      deviation += MORE_NOISE;
    }
    draws.start(Draws.Purpose.NOISE);
    for (int i = 0; i < PIXELS; i++) {
      float lit = from + ink * coverage[i] + slopeX * Canvas.column(i) + slopeY * Canvas.row(i);
      pixels[offset + i] = Math.clamp(lit + deviation * draws.bell(), 0, 1);
    }
  }
}

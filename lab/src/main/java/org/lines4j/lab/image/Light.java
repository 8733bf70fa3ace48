package org.lines4j.lab.image;

import static org.lines4j.lab.image.Images.PIXELS;
import static org.lines4j.lab.image.Images.SIDE;

/// How a drawing becomes an image: grey levels, light from one side, focus, noise.
///
/// @param negatives how many of ten images have dark ink on a light ground
/// @param faint the least difference between ink and ground
/// @param strong the greatest
/// @param noise the greatest standard deviation of the noise in training
record Light(int negatives, float faint, float strong, float noise) {
  private static final float SLOPE = 0.15f;
  private static final float SHARPEST = 0.25f;
  private static final float SOFTEST = 0.7f;

  /// The standard deviation that [Shift#NOISE] adds.
  private static final float MORE_NOISE = 0.14f;

  /// The standard deviation, in pixels, of [Shift#BLUR].
  private static final float OUT_OF_FOCUS = 1.2f;

  /// What share of the contrast [Shift#CONTRAST] leaves.
  private static final float LEFT_CONTRAST = 0.3f;

  /// Writes the image at `offset`; values stay within 0 and 1.
  void develop(Canvas canvas, Shift shift, Draws draws, Blur blur, float[] pixels, int offset) {
    draws.start(Draws.Purpose.LIGHT);
    boolean negative = draws.below(10) < negatives;
    float contrast = draws.between(faint, strong);
    float ground = draws.unit() * (1 - contrast);
    float slopeX = draws.either() * SLOPE / SIDE;
    float slopeY = draws.either() * SLOPE / SIDE;
    float softness = draws.between(SHARPEST, SOFTEST);
    float deviation = draws.unit() * noise;
    float grey = draws.between(0.3f, 0.7f);
    float[] coverage = canvas.coverage();
    blur.apply(coverage, shift == Shift.BLUR ? OUT_OF_FOCUS : softness);
    float from = negative ? ground + contrast : ground;
    float ink = negative ? -contrast : contrast;
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

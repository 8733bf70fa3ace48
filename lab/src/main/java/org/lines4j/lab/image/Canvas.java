package org.lines4j.lab.image;

import static org.lines4j.lab.image.Images.PIXELS;
import static org.lines4j.lab.image.Images.SIDE;

import java.util.Arrays;

/// Where a scene is drawn: how much of each pixel is covered with ink.
///
/// Lines are collected first, as the distance of each pixel's centre from the nearest one; then
/// inked, with anti-aliased edges one pixel wide. Coordinates are pixels from the centre of the
/// image, x to the right and y downwards. Only operations that IEEE 754 rounds exactly are used, so
/// that the result is the same on every machine. Not thread-safe; used again for the next image.
final class Canvas {
  private static final float MIDDLE = (SIDE - 1) / 2f;
  private static final float FAR = 1e9f;

  private final float[] coverage = new float[PIXELS];
  private final float[] squaredDistance = new float[PIXELS];
  private final boolean[] inside = new boolean[PIXELS];

  /// Wipes everything.
  void clear() {
    Arrays.fill(coverage, 0);
    clearLines();
  }

  private void clearLines() {
    Arrays.fill(squaredDistance, FAR);
    Arrays.fill(inside, false);
  }

  /// How much of each pixel is covered, from 0 to 1, row after row.
  float[] coverage() {
    return coverage;
  }

  /// Adds a line to those collected; it can be felt up to `reach` pixels away.
  void line(float x0, float y0, float x1, float y1, float reach) {
    int left = first(Math.min(x0, x1) - reach);
    int right = last(Math.max(x0, x1) + reach);
    int top = first(Math.min(y0, y1) - reach);
    int bottom = last(Math.max(y0, y1) + reach);
    float dx = x1 - x0;
    float dy = y1 - y0;
    float squaredLength = dx * dx + dy * dy;
    float scale = squaredLength > 0 ? 1 / squaredLength : 0;
    for (int row = top; row <= bottom; row++) {
      float py = row - MIDDLE - y0;
      for (int column = left; column <= right; column++) {
        float px = column - MIDDLE - x0;
        float along = Math.clamp((px * dx + py * dy) * scale, 0, 1);
        float ex = px - along * dx;
        float ey = py - along * dy;
        int at = row * SIDE + column;
        squaredDistance[at] = Math.min(squaredDistance[at], ex * ex + ey * ey);
      }
    }
  }

  /// Adds an edge of an area: after all edges of a closed outline, pixels within it are known.
  void edge(float x0, float y0, float x1, float y1) {
    boolean down = y0 <= y1;
    float upperX = down ? x0 : x1;
    float upperY = down ? y0 : y1;
    float lowerY = down ? y1 : y0;
    float slope = ((down ? x1 : x0) - upperX) / (lowerY - upperY);
    // rows with upperY <= y < lowerY, so that a corner belongs to one of its two edges
    int bottom = last(lowerY);
    for (int row = first(upperY); row <= bottom; row++) {
      float y = row - MIDDLE;
      if (y == lowerY) {
        continue;
      }
      float crossing = upperX + (y - upperY) * slope;
      for (int column = first(crossing); column < SIDE; column++) {
        inside[row * SIDE + column] ^= true;
      }
    }
  }

  private static int first(float coordinate) {
    return Math.clamp((long) Math.ceil(coordinate + MIDDLE), 0, SIDE);
  }

  private static int last(float coordinate) {
    return Math.clamp((long) Math.floor(coordinate + MIDDLE), -1, SIDE - 1);
  }

  /// Inks all that is within `radius` of the lines collected, and forgets the lines.
  void ink(float radius) {
    for (int i = 0; i < PIXELS; i++) {
      cover(i, radius + 0.5f - root(squaredDistance[i]));
    }
    clearLines();
  }

  /// Inks two contours, `width` wide, `radius` to either side of the lines collected, and forgets
  /// the lines.
  void inkContour(float radius, float width) {
    for (int i = 0; i < PIXELS; i++) {
      cover(i, width / 2 + 0.5f - Math.abs(root(squaredDistance[i]) - radius));
    }
    clearLines();
  }

  /// Inks the areas whose edges, and lines along them, were collected, and forgets both.
  void inkArea() {
    for (int i = 0; i < PIXELS; i++) {
      float distance = root(squaredDistance[i]);
      cover(i, inside[i] ? 0.5f + distance : 0.5f - distance);
    }
    clearLines();
  }

  /// Inks stripes in the areas whose edges, and lines along them, were collected: `period` pixels
  /// from one to the next in direction (`nx`, `ny`). Forgets edges and lines.
  void inkHatched(float nx, float ny, float period) {
    for (int i = 0; i < PIXELS; i++) {
      float distance = root(squaredDistance[i]);
      float area = inside[i] ? 0.5f + distance : 0.5f - distance;
      float phase = (column(i) * nx + row(i) * ny) / period;
      float stripe = Math.abs(phase - (float) Math.rint(phase)) * period;
      cover(i, Math.min(area, 0.75f + 0.5f - stripe));
    }
    clearLines();
  }

  /// Covers a pixel with `share` of ink, unless it has more.
  void cover(int pixel, float share) {
    coverage[pixel] = Math.max(coverage[pixel], Math.clamp(share, 0, 1));
  }

  /// The x of a pixel's centre.
  static float column(int pixel) {
    return pixel % SIDE - MIDDLE;
  }

  /// The y of a pixel's centre.
  static float row(int pixel) {
    int row = pixel / SIDE;
    return row - MIDDLE;
  }

  private static float root(float square) {
    return (float) Math.sqrt(square);
  }
}

package org.lines4j.lab.image;

import java.util.Arrays;

/// Rows of points to be joined with straight lines, in units of half the size of what they draw, x
/// to the right and y downwards from its centre.
///
/// @param x of all points, stroke after stroke
/// @param y of all points
/// @param ends for each stroke the place after its last point
@SuppressWarnings("ArrayRecordComponent") // never changed
record Strokes(float[] x, float[] y, int[] ends) {
  /// @throws IllegalArgumentException if the counts do not fit
  Strokes {
    if (x.length != y.length || ends.length == 0 || ends[ends.length - 1] != x.length) {
      throw new IllegalArgumentException("expected as many y as x, and the last end after them");
    }
  }

  /// One outline: the last point is joined with the first.
  static Strokes closed(float[] x, float[] y) {
    int points = x.length;
    float[] closedX = Arrays.copyOf(x, points + 1);
    float[] closedY = Arrays.copyOf(y, points + 1);
    closedX[points] = x[0];
    closedY[points] = y[0];
    return new Strokes(closedX, closedY, new int[] {points + 1});
  }
}

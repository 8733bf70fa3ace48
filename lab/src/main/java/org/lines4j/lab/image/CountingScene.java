package org.lines4j.lab.image;

import java.util.List;
import java.util.stream.IntStream;

/// Blobs to be counted, no two of which touch. All are long in about the same direction.
record CountingScene() implements Scene {
  private static final int MOST = 9;
  private static final int SIDE = 4;
  private static final float CELL = 5.5f;
  private static final float GAP = 0.35f;
  private static final float STRAY = 15;
  private static final Pose.Far FAR = new Pose.Far(35, 80);

  /// From `1` on.
  static List<String> classes() {
    return IntStream.rangeClosed(1, MOST).mapToObj(Integer::toString).toList();
  }

  @Override
  public void draw(int label, Shift shift, Draws draws, Canvas canvas) {
    Blob blob = Blob.of(shift, draws);
    draws.start(Draws.Purpose.SCENE);
    float lean = draws.either();
    double radians = StrictMath.toRadians(shift == Shift.ROTATION ? FAR.angle(lean) : STRAY * lean);
    float alongX = (float) StrictMath.cos(radians);
    float alongY = (float) StrictMath.sin(radians);
    int taken = 0;
    for (int i = 0; i <= label; i++) {
      int cell = free(taken, draws.below(SIDE * SIDE - i));
      taken |= 1 << cell;
      float radius = draws.between(0.8f, 1.4f);
      float more = draws.between(0.4f, 0.9f);
      float play = CELL / 2 - radius - more - GAP;
      int row = cell / SIDE;
      float x = (cell % SIDE - (SIDE - 1) / 2f) * CELL + draws.either() * play;
      float y = (row - (SIDE - 1) / 2f) * CELL + draws.either() * play;
      blob.draw(x, y, alongX, alongY, radius, more, canvas);
    }
  }

  /// The free cell with `before` free ones before it.
  private static int free(int taken, int before) {
    int cell = 0;
    int left = before;
    while (left > 0 || (taken >>> cell & 1) == 1) {
      left -= 1 - (taken >>> cell & 1);
      cell++;
    }
    return cell;
  }
}

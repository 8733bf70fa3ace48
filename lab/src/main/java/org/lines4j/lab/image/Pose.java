package org.lines4j.lab.image;

/// Where something is on the canvas: bent a little, stretched, sheared, turned, and moved.
///
/// Points come in units of the thing's own half size, and leave in pixels from the centre.
///
/// @param xx with `xy`, `yx` and `yy` the matrix
/// @param moveX pixels to the right
/// @param moveY pixels downwards
/// @param bendX how much of y² is added to x before all else
/// @param bendY how much of x² is added to y before all else
record Pose(
    float xx, float xy, float yx, float yy, float moveX, float moveY, float bendX, float bendY) {

  /// How much poses vary.
  ///
  /// @param turn degrees to either side, in training
  /// @param far the least and most degrees to either side where images are turned further
  /// @param small the smallest half size in pixels
  /// @param large the largest
  /// @param stretch how much width and height differ: a factor of up to 1 + `stretch` either way
  /// @param shear how far the top leans over, at most, in half sizes
  /// @param move pixels to each side, at most
  /// @param bend how far the ends are bent, at most, in half sizes
  record Range(
      float turn,
      Far far,
      float small,
      float large,
      float stretch,
      float shear,
      float move,
      float bend) {
    /// What glyphs and shapes have, unless they need something else.
    static final Range USUAL = new Range(10, new Far(22, 34), 7, 9.5f, 0.15f, 0.15f, 1.5f, 0.08f);

    Range withSize(float smallest, float largest) {
      return new Range(turn, far, smallest, largest, stretch, shear, move, bend);
    }

    /// Draws a pose: always the same count of numbers, so that a shift leaves the rest alone.
    Pose draw(Draws draws, boolean turnedFurther) {
      float lean = draws.either();
      float size = draws.between(small, large);
      float ratio = 1 + Math.abs(draws.either()) * stretch;
      boolean wide = draws.below(2) == 0;
      float slant = draws.either() * shear;
      float moveX = draws.either() * move;
      float moveY = draws.either() * move;
      float bendX = draws.either() * bend;
      float bendY = draws.either() * bend;
      float angle = turnedFurther ? far.angle(lean) : lean * turn;
      float width = wide ? size : size / ratio;
      float height = wide ? size / ratio : size;
      double radians = StrictMath.toRadians(angle);
      float cos = (float) StrictMath.cos(radians);
      float sin = (float) StrictMath.sin(radians);
      return new Pose(
          cos * width,
          (cos * slant - sin) * height,
          sin * width,
          (sin * slant + cos) * height,
          moveX,
          moveY,
          bendX,
          bendY);
    }
  }

  /// Angles further from upright than training goes.
  ///
  /// @param least degrees
  /// @param most degrees
  record Far(float least, float most) {
    /// The angle for a lean between −1 and 1, to the same side.
    float angle(float lean) {
      float size = least + Math.abs(lean) * (most - least);
      return lean < 0 ? -size : size;
    }
  }

  float x(float u, float v) {
    float bentU = u + bendX * v * v;
    float bentV = v + bendY * u * u;
    return xx * bentU + xy * bentV + moveX;
  }

  float y(float u, float v) {
    float bentU = u + bendX * v * v;
    float bentV = v + bendY * u * u;
    return yx * bentU + yy * bentV + moveY;
  }

  /// The same, moved on by pixels.
  Pose moved(float byX, float byY) {
    return new Pose(xx, xy, yx, yy, moveX + byX, moveY + byY, bendX, bendY);
  }
}

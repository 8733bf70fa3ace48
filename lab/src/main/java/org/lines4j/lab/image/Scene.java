package org.lines4j.lab.image;

/// What a task's images show.
interface Scene {
  /// Draws class `label`.
  ///
  /// What `draws` gives of [Draws.Purpose#SCENE] must not depend on the shift: the same image is
  /// drawn with each. Only [Shift#ROTATION] and [Shift#STROKES] concern a scene.
  void draw(int label, Shift shift, Draws draws, Canvas canvas);
}

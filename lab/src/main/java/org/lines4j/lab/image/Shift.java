package org.lines4j.lab.image;

/// How images differ from those that were trained on.
public enum Shift {
  /// Not at all.
  NONE,
  /// Strong pixel noise.
  NOISE,
  /// Out of focus.
  BLUR,
  /// Little contrast.
  CONTRAST,
  /// Turned further than in training.
  ROTATION,
  /// Fonts, or styles of stroke, that training never shows.
  STROKES
}

package org.lines4j.lab.image;

/// What images are for. No image is in two splits.
public enum Split {
  /// To learn from.
  TRAIN,
  /// To choose settings by.
  VALIDATION,
  /// To report.
  TEST
}

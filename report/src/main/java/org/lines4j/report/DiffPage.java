package org.lines4j.report;

import org.lines4j.diff.Diff;

/// The page of a diff.
public final class DiffPage {
  private DiffPage() {}

  /// To be replaced.
  public static String html(Diff diff, String baseName, String tunedName) {
    return baseName + tunedName + diff;
  }
}

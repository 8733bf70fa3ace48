package org.lines4j.internal.index;

/// Names of files that a file gives.
public final class FileName {
  private FileName() {}

  /// Whether it is a plain name: not a path, not a way out of the folder.
  public static boolean isPlain(String name) {
    return !name.isEmpty()
        && !name.equals(".")
        && !name.equals("..")
        && name.chars().noneMatch(c -> c == '/' || c == '\\' || c == ':' || c < ' ');
  }
}

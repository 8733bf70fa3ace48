package org.lines4j.cli;

import java.io.File;
import java.util.stream.Stream;

/// How much there is to do, as far as a glance at a command line's words tells.
final class ModelSize {
  private static final long LARGE = 64L << 20;

  private ModelSize() {}

  /// Whether a word of a command line names a large file, or a folder of files that are large
  /// together.
  static boolean isLarge(String word) {
    File path = new File(word.substring(word.indexOf('=') + 1));
    File[] inside = path.listFiles();
    return Stream.of(inside == null ? new File[] {path} : inside).mapToLong(File::length).sum()
        >= LARGE;
  }
}

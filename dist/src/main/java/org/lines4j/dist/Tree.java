package org.lines4j.dist;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/// A folder's files and folders, in an order that no file system changes.
final class Tree {
  private Tree() {}

  static List<Path> of(Path root) throws IOException {
    try (Stream<Path> files = Files.walk(root)) {
      return files.sorted().toList();
    }
  }

  /// What `file` is called in an archive whose root is `root`.
  static String name(Path root, Path file) {
    return root.relativize(file).toString().replace('\\', '/');
  }
}

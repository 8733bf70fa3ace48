package org.lines4j.dist;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/// Who may do what with a file: all may read, and run what is a program.
final class Modes {
  static final int FOLDER = 0755;
  static final int PROGRAM = 0755;
  static final int FILE = 0644;

  private Modes() {}

  static void makeExecutable(Path file) throws IOException {
    if (Files.getFileStore(file).supportsFileAttributeView("posix")) {
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
  }

  static int of(Path file) {
    return Files.isDirectory(file) ? FOLDER : Files.isExecutable(file) ? PROGRAM : FILE;
  }
}

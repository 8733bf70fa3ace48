package org.lines4j.format;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Optional;

/// What tells whether a file was written to or replaced.
///
/// @param key what the system knows it by, whatever its name, where there is such a thing
record FileState(long size, FileTime modified, Optional<Object> key) {
  static FileState of(Path file) throws IOException {
    BasicFileAttributes now = Files.readAttributes(file, BasicFileAttributes.class);
    return new FileState(now.size(), now.lastModifiedTime(), Optional.ofNullable(now.fileKey()));
  }
}

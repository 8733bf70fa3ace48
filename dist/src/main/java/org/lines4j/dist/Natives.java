package org.lines4j.dist;

import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// Takes out of the jar of OpenBLAS what nothing here calls, a third of it: bridges from Java to
/// all of LAPACK, where our `OpenBlas` calls the library itself, and headers of C.
final class Natives {
  private static final Pattern JAR = Pattern.compile("openblas-.*-[a-z]+-[a-z0-9_]+\\.jar");

  private static final Pattern NEEDLESS =
      Pattern.compile(".*/(lib)?jniopenblas(_full)?\\.(so|dylib|dll)|.*/include/.*\\.h");

  private Natives() {}

  static void trim(Path libraries) throws IOException {
    for (Path jar : Tree.of(libraries)) {
      if (JAR.matcher(jar.getFileName().toString()).matches()) {
        trimJar(jar);
      }
    }
  }

  private static void trimJar(Path jar) throws IOException {
    try (FileSystem inside = FileSystems.newFileSystem(jar);
        Stream<Path> files = Files.walk(inside.getPath("/"))) {
      List<Path> needless =
          files.filter(file -> NEEDLESS.matcher(file.toString()).matches()).toList();
      for (Path file : needless) {
        Files.delete(file);
      }
    }
  }
}

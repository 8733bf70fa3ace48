package org.lines4j.cli;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.lines4j.Methods;
import org.lines4j.error.RequestException;
import org.lines4j.method.MethodType;

/// The merge methods, ours and those of the jars that `LINES_CLASSPATH` names. Java itself says
/// nothing of a jar that is not there.
final class MethodJars {
  private static final String VARIABLE = "LINES_CLASSPATH";

  private MethodJars() {}

  /// Checks what the variable names.
  static void check() {
    check(System.getenv(VARIABLE));
  }

  /// All methods.
  ///
  /// @throws RequestException if a jar is missing, or its methods cannot be had
  static List<MethodType> methods() {
    check();
    return Methods.all();
  }

  /// Checks that what the variable names is there: jars, folders, and `folder/*` for all jars in
  /// it.
  static void check(@Nullable String classPath) {
    if (classPath == null) {
      return;
    }
    for (String entry :
        Pattern.compile(File.pathSeparator, Pattern.LITERAL).splitAsStream(classPath).toList()) {
      boolean isAll = entry.endsWith("/*") || entry.endsWith(File.separator + "*");
      String place = isAll ? entry.substring(0, entry.length() - 1) : entry;
      if (!place.isEmpty() && !Files.exists(Path.of(place))) {
        throw new RequestException(VARIABLE + " names " + entry + ", which is not there");
      }
    }
  }
}

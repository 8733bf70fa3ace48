package org.lines4j.dist;

import java.nio.file.Path;
import java.time.Instant;
import java.util.Locale;

/// What is released, and for which machine.
///
/// @param root the source tree
/// @param cli the folder with `lines.jar` and `lib` of the command line
/// @param lab the same of the lab, and `runtime.txt`, the coordinates of what is in `lib`
/// @param target the folder for what is made
/// @param time that files have
/// @param address of the public repository; empty as long as there is none
record Release(
    Path root, Path cli, Path lab, Path target, String version, Instant time, String address) {
  /// As in `lines-0.1.0-linux-x64`.
  String name() {
    return "lines-%s-%s".formatted(version, platform());
  }

  /// The machine that this runs on, whose runtime is taken along.
  static String platform() {
    return system() + "-" + processor();
  }

  static String system() {
    String name = System.getProperty("os.name").toLowerCase(Locale.ROOT);
    return name.contains("win") ? "windows" : name.contains("mac") ? "macos" : "linux";
  }

  static String processor() {
    return System.getProperty("os.arch").equals("aarch64") ? "arm64" : "x64";
  }

  boolean isForWindows() {
    return system().equals("windows");
  }
}

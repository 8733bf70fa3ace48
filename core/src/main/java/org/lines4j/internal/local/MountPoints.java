package org.lines4j.internal.local;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/// Where other disks, or folders of them, are mounted: what lies there can be neither moved nor
/// replaced. A container's volume is such a place.
final class MountPoints {
  /// A line for each: its number, its parent's, the device, a root, and the place.
  private static final Path KNOWN = Path.of("/proc/self/mountinfo");

  private static final int PLACE = 4;

  /// Blanks and backslashes are written as `\040`.
  private static final Pattern ESCAPE = Pattern.compile("\\\\([0-7]{3})");

  private MountPoints() {}

  /// Whether a file or folder that exists is one; not known on other systems than Linux.
  static boolean holds(Path path) throws IOException {
    return Files.isReadable(KNOWN)
        && isIn(Files.readString(KNOWN, StandardCharsets.UTF_8), path.toRealPath());
  }

  /// @param known what the system tells of what is mounted
  static boolean isIn(String known, Path real) {
    return known.lines().anyMatch(line -> place(line).equals(real.toString()));
  }

  private static String place(String line) {
    String[] fields = line.split(" ", PLACE + 2);
    return fields.length <= PLACE
        ? ""
        : ESCAPE.matcher(fields[PLACE]).replaceAll(MountPoints::character);
  }

  private static String character(MatchResult escape) {
    char meant = (char) Integer.parseInt(escape.group(1), 8);
    return meant == '\\' ? "\\\\" : String.valueOf(meant);
  }
}

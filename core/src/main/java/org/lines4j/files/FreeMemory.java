package org.lines4j.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// How much memory is free, as Linux tells it: of the machine, and of the container.
public final class FreeMemory {
  private static final Path PROC = Path.of("/proc/meminfo");
  private static final Path GROUP = Path.of("/sys/fs/cgroup");

  private FreeMemory() {}

  /// In bytes; 0 where that is not known.
  public static long bytes() {
    return bytes(PROC, GROUP);
  }

  static long bytes(Path machine, Path group) {
    long free = found(machine, "MemAvailable:\\s+(\\d{1,15}) kB").orElse(0) * 1024;
    OptionalLong most = found(group.resolve("memory.max"), "(\\d{1,18})\\s*");
    OptionalLong used = found(group.resolve("memory.current"), "(\\d{1,18})\\s*");
    if (most.isEmpty() || used.isEmpty()) {
      return free;
    }
    long cache = found(group.resolve("memory.stat"), "file (\\d{1,18})").orElse(0);
    return Math.clamp(most.getAsLong() - (used.getAsLong() - cache), 0, free);
  }

  private static OptionalLong found(Path file, String pattern) {
    try {
      Matcher line =
          Pattern.compile("^" + pattern, Pattern.MULTILINE).matcher(Files.readString(file));
      return line.find() ? OptionalLong.of(Long.parseLong(line.group(1))) : OptionalLong.empty();
    } catch (IOException _) {
      return OptionalLong.empty();
    }
  }
}

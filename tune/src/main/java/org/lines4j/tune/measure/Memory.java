package org.lines4j.tune.measure;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.lines4j.files.FreeSpace;

/// Files in memory: `/dev/shm` of Linux.
///
/// @param root the folder
/// @param bytes that may be used of it
public record Memory(Path root, long bytes) {
  private static final Path ROOT = Path.of("/dev/shm");
  private static final Path INFO = Path.of("/proc/meminfo");
  private static final Pattern AVAILABLE =
      Pattern.compile("^MemAvailable:\\s+(\\d+) kB", Pattern.MULTILINE);

  /// The half of what is free: whoever measures a model needs memory, too.
  public static Memory available() {
    try {
      boolean isThere = Files.isDirectory(ROOT) && Files.isWritable(ROOT);
      if (!isThere || !Files.getFileStore(ROOT).type().equals("tmpfs")) {
        return none();
      }
      long room = FreeSpace.of(ROOT);
      OptionalLong free = free();
      return new Memory(ROOT, free.isPresent() ? Math.min(room, free.getAsLong()) / 2 : 0);
    } catch (IOException e) {
      return none();
    }
  }

  /// No room at all.
  public static Memory none() {
    return new Memory(ROOT, 0);
  }

  private static OptionalLong free() throws IOException {
    Matcher line = AVAILABLE.matcher(Files.readString(INFO));
    return line.find()
        ? OptionalLong.of(Long.parseLong(line.group(1)) * 1024)
        : OptionalLong.empty();
  }
}

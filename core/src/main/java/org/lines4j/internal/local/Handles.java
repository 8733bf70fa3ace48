package org.lines4j.internal.local;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// How many files this process may have open.
final class Handles {
  /// What most systems allow.
  static final int USUAL = 1024;

  /// More are of no use.
  private static final int MOST = 1 << 20;

  private static final Path LIMITS = Path.of("/proc/self/limits");
  private static final Pattern SOFT = Pattern.compile("(?m)^Max open files\\s+(\\d{1,9})\\s");

  private Handles() {}

  /// Asked of the system when it is first wanted.
  private static final class Asked {
    static final int ALLOWED = ask();

    private static int ask() {
      try {
        return Handles.in(Files.readString(LIMITS));
      } catch (IOException _) {
        return USUAL; // not Linux; Java itself takes what the system allows at most
      }
    }
  }

  static int allowed() {
    return Asked.ALLOWED;
  }

  /// The limit that `text`, Linux's list of them, tells.
  static int in(String text) {
    Matcher soft = SOFT.matcher(text);
    return soft.find() ? Math.min(Integer.parseInt(soft.group(1)), MOST) : USUAL;
  }

  /// Opens a file.
  ///
  /// @throws IOException if that fails; where too many are open, it says what to do
  static FileChannel open(Path file, OpenOption option) throws IOException {
    try {
      return FileChannel.open(file, option);
    } catch (IOException e) {
      throw told(file, e);
    }
  }

  /// `failure`, with the limit and what to do where it was met.
  static IOException told(Path file, IOException failure) {
    String reason = String.valueOf(failure.getMessage());
    return reason.contains("Too many open files")
        ? new FileSystemException(
            file.toString(),
            null,
            ("too many open files: this process may have %d open; allow it more, such as by"
                    + " 'ulimit -n 1024'")
                .formatted(allowed()))
        : failure;
  }
}

package org.lines4j.cli;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import org.lines4j.cli.Fault.Kind;
import org.lines4j.error.Shown;

/// Words of the command line with bytes that are no text in the locale's character set. Java reads
/// U+FFFD in their place: what they name is not found, and a file of that name would be another.
final class Undecoded {
  private Undecoded() {}

  /// What is wrong with the first such word; empty where there is none.
  static Optional<Fault> in(String[] words) {
    return Stream.of(words)
        .filter(word -> Shown.isUndecoded(word) && !exists(word))
        .findFirst()
        .map(word -> fault(word, System.getProperty("sun.jnu.encoding", "UTF-8")));
  }

  /// @param charset the locale's
  static Fault fault(String word, String charset) {
    boolean isUnicode = charset.equalsIgnoreCase("UTF-8");
    String remedy =
        isUnicode
            ? "rename the file, or name a link to it instead (ln -s)"
            : "set LC_ALL=C.UTF-8, or another locale of UTF-8 that is installed ('locale -a' lists"
                + " them)";
    String message =
        "%s: holds bytes that are no text in the locale's character set, %s, so that Java cannot tell which file is meant"
            .formatted(word, charset);
    return new Fault(Kind.USAGE, message + "; " + remedy).withFile(word).withRemedy(remedy);
  }

  /// What to say of a working folder of such a name, in which no relative path leads anywhere;
  /// empty for any other.
  ///
  /// @param folder as Java knows it
  static Optional<String> workingFolder(String folder) {
    return Shown.isUndecoded(folder) && !exists(folder)
        ? Optional.of(
            "the working folder's name, %s, is no text in the locale's character set, so that only paths from / on are found: start in another folder, or rename it"
                .formatted(folder))
        : Optional.empty();
  }

  /// The character itself may stand in a name.
  private static boolean exists(String word) {
    try {
      return Files.exists(Path.of(word.replaceFirst("^--[a-z-]+=", "")));
    } catch (InvalidPathException e) {
      return false;
    }
  }
}

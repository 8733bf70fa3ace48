package org.lines4j.lab.result;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.lines4j.error.InputException;

/// A Markdown file with a place for tables that a command writes.
///
/// @param before up to and with the first mark
/// @param tables between the marks
/// @param after from the second mark on
public record FrontPage(String before, String tables, String after) {
  private static final String BEGIN = "<!-- lab tables: written by ./lines lab tables -->\n";
  private static final String END = "<!-- end of lab tables -->";

  /// Reads a file.
  ///
  /// @throws InputException if it lacks the marks
  public static FrontPage of(Path file) throws IOException {
    if (!Files.isRegularFile(file)) {
      throw new InputException(file, Files.exists(file) ? "not a file" : "there is no such file")
          .withRemedy("name a Markdown file that holds " + BEGIN.strip() + " and " + END);
    }
    String text = Files.readString(file);
    int begin = text.indexOf(BEGIN);
    int end = text.indexOf(END);
    if (begin < 0 || end < begin) {
      throw new InputException(
          file, "expected the lines %s and %s, around the tables".formatted(BEGIN.strip(), END));
    }
    int start = begin + BEGIN.length();
    return new FrontPage(text.substring(0, start), text.substring(start, end), text.substring(end));
  }

  /// The whole text with other tables.
  public String with(String newTables) {
    return before + "\n" + newTables + "\n\n" + after;
  }
}

package org.lines4j.cli;

import java.io.FilterWriter;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.lines4j.error.Shown;

/// Where everything passes that a command prints: characters that would steer a terminal become
/// escapes, which in a JSON document mean the same character. Line breaks pass: [RunMixin#say] and
/// [Table] look after those that came from outside.
///
/// It remembers the first failure, which a [PrintWriter] would keep to itself.
final class TerminalWriter extends FilterWriter {
  private static final String BREAKS = System.lineSeparator() + "\n\t";

  private @Nullable IOException failure;

  TerminalWriter(Writer out) {
    super(out);
  }

  /// What kept the text from its reader, if anything did.
  Optional<IOException> failure() {
    boolean isLost = failure == null && out instanceof PrintWriter printer && printer.checkError();
    return isLost ? Optional.of(new IOException("it was not taken")) : Optional.ofNullable(failure);
  }

  @Override
  public void write(int c) throws IOException {
    write(new char[] {(char) c}, 0, 1);
  }

  @Override
  public void write(char[] text, int offset, int length) throws IOException {
    write(new String(text, offset, length), 0, length);
  }

  @Override
  public void write(String text, int offset, int length) throws IOException {
    String part = text.substring(offset, offset + length);
    try {
      out.write(part.chars().allMatch(TerminalWriter::isPlain) ? part : escaped(part));
    } catch (IOException e) {
      failure = failure == null ? e : failure;
      throw e;
    }
  }

  @Override
  public void flush() throws IOException {
    try {
      out.flush();
    } catch (IOException e) {
      failure = failure == null ? e : failure;
      throw e;
    }
  }

  /// Halves of surrogate pairs pass: a buffer may end between them.
  private static boolean isPlain(int c) {
    return BREAKS.indexOf(c) >= 0 || Character.isSurrogate((char) c) || !Shown.steers(c);
  }

  private static String escaped(String text) {
    StringBuilder escaped = new StringBuilder();
    text.chars()
        .forEach(
            c -> {
              if (isPlain(c)) {
                escaped.append((char) c);
              } else {
                escaped.append("\\u%04x".formatted(c));
              }
            });
    return escaped.toString();
  }
}

package org.lines4j.files;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.lines4j.error.InputException;

/// A file of lines that is only ever appended to, so that work that was stopped goes on where it
/// was.
///
/// A line is written in one piece that ends with its line end, and synced before [#append] returns.
/// A kill can thus only tear the last line, which then has no end: it is dropped when the journal
/// is opened again. Threads may share it.
public final class LineJournal implements Closeable {
  private final FileChannel channel;
  private final List<String> lines;

  private LineJournal(FileChannel channel, List<String> lines) {
    this.channel = channel;
    this.lines = lines;
  }

  /// Opens a journal, or begins it.
  ///
  /// @throws InputException if it is too large to be one
  public static LineJournal open(Path file) throws IOException {
    FileChannel channel =
        FileChannel.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    try {
      return new LineJournal(channel, read(file, channel));
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  private static List<String> read(Path file, FileChannel channel) throws IOException {
    if (channel.size() > Integer.MAX_VALUE / 2) {
      throw new InputException(
          file, "too large for a journal: %,d bytes".formatted(channel.size()));
    }
    byte[] bytes = new byte[(int) channel.size()];
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    while (buffer.hasRemaining() && channel.read(buffer) >= 0) {}
    int complete = bytes.length;
    while (complete > 0 && bytes[complete - 1] != '\n') {
      complete--;
    }
    if (complete < bytes.length) {
      channel.truncate(complete); // torn by a kill; what it said is done again
    }
    channel.position(complete);
    String text = new String(bytes, 0, complete, StandardCharsets.UTF_8);
    return text.isEmpty()
        ? List.of()
        : List.of(text.substring(0, text.length() - 1).split("\n", -1));
  }

  /// The lines that were there when it was opened, without their ends.
  public List<String> lines() {
    return lines;
  }

  /// Writes a line; when this returns, it is on the disk.
  ///
  /// @param line without its end
  /// @throws IllegalArgumentException if it would be several lines
  public synchronized void append(String line) throws IOException {
    if (line.indexOf('\n') >= 0) {
      throw new IllegalArgumentException("a journal's line should be one, found: " + line);
    }
    ByteBuffer bytes = ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.UTF_8));
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
    channel.force(true);
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}

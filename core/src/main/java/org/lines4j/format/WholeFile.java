package org.lines4j.format;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/// A small file that is there whole or not at all: written beside its place, then moved there.
public final class WholeFile {
  private WholeFile() {}

  /// Writes `text` as UTF-8, in place of what is there.
  ///
  /// @throws IOException if writing fails; what was there is there still then
  public static void write(Path file, String text) throws IOException {
    write(file, text.getBytes(StandardCharsets.UTF_8));
  }

  /// Writes `bytes`, in place of what is there.
  ///
  /// @throws IOException if writing fails; what was there is there still then
  public static void write(Path file, byte[] bytes) throws IOException {
    Path draft = file.resolveSibling("." + file.getFileName() + ".lines-new");
    try {
      try (FileChannel channel =
          FileChannel.open(
              draft,
              StandardOpenOption.CREATE,
              StandardOpenOption.TRUNCATE_EXISTING,
              StandardOpenOption.WRITE)) {
        ByteBuffer rest = ByteBuffer.wrap(bytes);
        while (rest.hasRemaining()) {
          channel.write(rest);
        }
        channel.force(true);
      }
      Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(draft);
    }
  }
}

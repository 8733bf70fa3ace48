package org.lines4j.files;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/// A file that is there whole or not at all: it is written beside its place, as
/// `.NAME.lines-partial`, synced, and moved there, over what is there.
///
/// ```java
/// AtomicFile.write(file, text);
/// ```
///
/// Closed without [#publish()], it is removed again and leaves what is in its place as it was. Two
/// writers of one file at a time are not kept apart: see [FolderLock]. Not thread-safe.
public final class AtomicFile implements Closeable {
  private final Path file;
  private final Path draft;
  private final FileChannel channel;
  private boolean published;

  private AtomicFile(Path file, Path draft, FileChannel channel) {
    this.file = file;
    this.draft = draft;
    this.channel = channel;
  }

  /// Begins to write `file`, whose folder exists.
  public static AtomicFile create(Path file) throws IOException {
    Path absolute = file.toAbsolutePath();
    Path draft = absolute.resolveSibling("." + absolute.getFileName() + ".lines-partial");
    try {
      FileChannel channel =
          FileChannel.open(
              draft,
              StandardOpenOption.CREATE,
              StandardOpenOption.TRUNCATE_EXISTING,
              StandardOpenOption.WRITE);
      Rights.narrow(draft, absolute);
      return new AtomicFile(absolute, draft, channel);
    } catch (FileSystemException e) {
      throw about(absolute, e);
    }
  }

  /// The same failure, of the file that was asked for instead of its draft, which nobody knows of.
  private static FileSystemException about(Path file, FileSystemException failure) {
    FileSystemException named =
        switch (failure) {
          case AccessDeniedException _ -> new AccessDeniedException(file.toString());
          case NoSuchFileException _ ->
              new FileSystemException(
                  file.toString(),
                  null,
                  Files.isDirectory(file.resolveSibling(""))
                      ? "cannot be written: its folder takes no files"
                      : "cannot be written: there is no folder " + file.getParent());
          default ->
              new FileSystemException(
                  file.toString(),
                  null,
                  Files.isDirectory(file)
                      ? "cannot be written: a folder of that name is there"
                      : "cannot be written: "
                          + (failure.getReason() == null ? failure : failure.getReason()));
        };
    named.initCause(failure);
    return named;
  }

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
    try (AtomicFile whole = create(file)) {
      whole.write(ByteBuffer.wrap(bytes), 0);
      whole.publish();
    }
  }

  /// As [#write(Path, String)], but does not wait for the disk: a crash of the machine may leave
  /// the file empty. For what can be computed again.
  public static void writeUnsynced(Path file, String text) throws IOException {
    try (AtomicFile whole = create(file)) {
      whole.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)), 0);
      whole.move();
    }
  }

  /// Where it will be, as an absolute path.
  public Path path() {
    return file;
  }

  /// Writes all of `bytes`, from `position` on.
  public void write(ByteBuffer bytes, long position) throws IOException {
    long at = position;
    while (bytes.hasRemaining()) {
      try {
        at += channel.write(bytes, at);
      } catch (ClosedChannelException e) {
        throw e; // an interrupt is nothing that the file is to blame for
      } catch (IOException e) {
        throw about(file, new FileSystemException(draft.toString(), null, e.getMessage()));
      }
    }
  }

  /// Syncs the file and moves it into place.
  public void publish() throws IOException {
    channel.force(true);
    move();
  }

  private void move() throws IOException {
    channel.close();
    try {
      Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (FileSystemException e) {
      throw about(file, e);
    }
    published = true;
  }

  /// Removes the file if it was not published.
  @Override
  public void close() throws IOException {
    channel.close();
    if (!published) { // an interrupt or a failed move closes the channel, too
      Files.deleteIfExists(draft);
    }
  }
}

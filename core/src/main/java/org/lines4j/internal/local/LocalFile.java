package org.lines4j.internal.local;

import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import java.util.Optional;
import org.lines4j.storage.ByteSource;
import org.lines4j.storage.Location;
import org.lines4j.storage.Stamp;

/// A file of this machine, read by position. Its channel is opened when it is read from, and may be
/// closed in between ([OpenFiles]).
final class LocalFile implements ByteSource {
  private final Location location;
  private final Path path;
  private final long size;
  private final String opened;
  private volatile boolean closed;

  private LocalFile(Location location, Path path, long size, String opened) {
    this.location = location;
    this.path = path;
    this.size = size;
    this.opened = opened;
  }

  static LocalFile open(Location location) throws IOException {
    Path path = location.path();
    try (FileChannel channel = Handles.open(path, StandardOpenOption.READ)) {
      return new LocalFile(location, path, channel.size(), state(path));
    }
  }

  /// A channel to the file, which must be the one that was opened first.
  FileChannel channel() throws IOException {
    if (closed) {
      throw new ClosedChannelException();
    }
    FileChannel channel = Handles.open(path, StandardOpenOption.READ);
    if (!isAsOpened()) {
      channel.close();
      throw new IOException(path + ": changed while it was read; run again when it is complete");
    }
    return channel;
  }

  private boolean isAsOpened() {
    try {
      return state(path).equals(opened);
    } catch (IOException e) {
      return false; // it is gone
    }
  }

  @Override
  public Location location() {
    return location;
  }

  @Override
  public long size() {
    return size;
  }

  @Override
  public void read(long from, MemorySegment target) throws IOException {
    ByteBuffer buffer = target.asByteBuffer();
    FileChannel channel = OpenFiles.READ.acquire(this);
    try {
      long position = from;
      while (buffer.hasRemaining()) {
        int count = read(channel, buffer, position);
        if (count < 0) {
          throw new EOFException(
              "the file ended at byte %d while it was read; it had %d when opened"
                  .formatted(position, size));
        }
        position += count;
      }
    } finally {
      OpenFiles.READ.release(this);
    }
  }

  private static int read(FileChannel channel, ByteBuffer buffer, long position)
      throws IOException {
    try {
      return channel.read(buffer, position);
    } catch (ClosedChannelException e) {
      throw e;
    } catch (IOException e) {
      throw new IOException("reading failed at byte %d: %s".formatted(position, e.getMessage()), e);
    }
  }

  @Override
  public Stamp stamp() throws IOException {
    return new Stamp(state(path), identity());
  }

  private static String state(Path path) throws IOException {
    BasicFileAttributes now = Files.readAttributes(path, BasicFileAttributes.class);
    return now.size() + " " + now.lastModifiedTime() + " " + now.fileKey();
  }

  /// The time of the last change (ctime) is set by the system alone, so a file that is written to
  /// is another file here.
  private Optional<Stamp.Identity> identity() throws IOException {
    try {
      Path real = path.toRealPath();
      Map<String, Object> attributes =
          Files.readAttributes(real, "unix:ino,dev,size,ctime,lastModifiedTime");
      if (!(attributes.get("ctime") instanceof FileTime changed)) {
        return Optional.empty();
      }
      String text =
          String.join(
              "\n",
              real.toString(),
              "" + attributes.get("dev"),
              "" + attributes.get("ino"),
              "" + attributes.get("size"),
              "" + attributes.get("lastModifiedTime"),
              "" + changed);
      return Optional.of(new Stamp.Identity(text, changed.toInstant()));
    } catch (NoSuchFileException e) {
      throw e;
    } catch (IllegalArgumentException | UnsupportedOperationException e) {
      return Optional.empty(); // not on this system
    }
  }

  @Override
  public void close() throws IOException {
    closed = true;
    OpenFiles.READ.close(this);
  }
}

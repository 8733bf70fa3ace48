package org.lines4j.format;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.lines4j.error.InputException;
import org.lines4j.error.Problem;
import org.lines4j.internal.foreign.ForeignFiles;
import org.lines4j.storage.ByteSource;
import org.lines4j.storage.Location;
import org.lines4j.storage.Storage;

/// A file beside a model's weights, such as `config.json`. Messages begin with its location, which
/// is its text.
public record Companion(Storage storage, Location location, long size) {
  private static final int BLOCK = 1 << 16;

  /// Opens it.
  public ByteSource open() throws IOException {
    return storage.open(location);
  }

  /// All of its bytes.
  ///
  /// @param most how many there may be
  /// @throws InputException if there are more, or Git left the file where it was
  public byte[] bytes(long most) throws IOException {
    try (ByteSource file = open()) {
      if (file.size() > most) {
        throw new InputException(location, "longer than " + most + " bytes");
      }
      byte[] bytes = new byte[Math.toIntExact(file.size())];
      try {
        file.read(0, MemorySegment.ofArray(bytes));
      } catch (IOException e) {
        throw new IOException(location + ": " + e.getMessage(), e);
      }
      Optional<Problem> pointer = ForeignFiles.pointer(file);
      if (pointer.isPresent()) {
        throw new InputException(pointer.get().in(location));
      }
      return bytes;
    }
  }

  /// Whether only a pointer of Git LFS lies there. Where others download, no server gives one in
  /// place of a file.
  public boolean isPointer() throws IOException {
    if (!location.isLocal() || size > ForeignFiles.LONGEST_POINTER) {
      return false;
    }
    try (ByteSource file = open()) {
      return ForeignFiles.pointer(file).isPresent();
    }
  }

  /// All of it as text in UTF-8.
  ///
  /// @param most how many bytes there may be
  /// @throws InputException if there are more
  public String text(long most) throws IOException {
    return new String(bytes(most), StandardCharsets.UTF_8);
  }

  /// Whether another file holds the same bytes.
  public boolean isSameAs(Companion other) throws IOException {
    if (location.equals(other.location)) {
      return true;
    }
    if (size != other.size) {
      return false;
    }
    MemorySegment left = MemorySegment.ofArray(new byte[BLOCK]);
    MemorySegment right = MemorySegment.ofArray(new byte[BLOCK]);
    try (ByteSource mine = open();
        ByteSource theirs = other.open()) {
      for (long from = 0; from < size; from += BLOCK) {
        long count = Math.min(BLOCK, size - from);
        mine.read(from, left.asSlice(0, count));
        theirs.read(from, right.asSlice(0, count));
        if (left.asSlice(0, count).mismatch(right.asSlice(0, count)) >= 0) {
          return false;
        }
      }
    }
    return true;
  }

  @Override
  public String toString() {
    return location.toString();
  }
}

package org.lines4j.format;

import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.channels.ClosedChannelException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.lines4j.storage.ByteRange;
import org.lines4j.storage.ByteSource;
import org.lines4j.tensor.TensorInfo;

/// A tensor that is stored as it is read: consecutive bytes of a file.
///
/// @param place of the first byte, from the start of the file
public record FileTensor(TensorInfo info, ByteSource file, long place) implements TensorSource {
  @Override
  public void read(long from, MemorySegment target) throws IOException {
    try {
      file.read(place + from, target);
    } catch (ClosedChannelException e) {
      throw e;
    } catch (EOFException e) {
      throw new EOFException(message(e));
    } catch (IOException e) {
      throw new IOException(message(e), e);
    }
  }

  private String message(IOException e) {
    String place = file.location() + ": ";
    String reason = String.valueOf(e.getMessage());
    return place
        + "tensor %s: ".formatted(info.name())
        + (reason.startsWith(place) ? reason.substring(place.length()) : reason);
  }

  @Override
  public List<ByteRange> ranges(long from, long count) {
    return List.of(new ByteRange(place + from, count));
  }

  @Override
  public boolean isTiedTo(TensorSource other) {
    return other instanceof FileTensor(TensorInfo its, ByteSource same, long there)
        && info.typeAndShape().equals(its.typeAndShape())
        && file.equals(same)
        && place == there;
  }

  @Override
  @SuppressWarnings("exports") // the annotation says nothing to callers
  public boolean equals(@Nullable Object other) {
    return other instanceof FileTensor(TensorInfo its, ByteSource same, long there)
        && place == there
        && file.equals(same)
        && info.equals(its);
  }

  @Override
  public int hashCode() {
    return Long.hashCode(place) + file.hashCode();
  }
}

package org.lines4j.tune.program;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/// The end of what a program writes. All of it is read, so that the program never waits for a
/// reader; only the end is kept.
final class OutputTail {
  private static final long CLOSING_MILLIS = 5000;

  private final byte[] ring;
  private long written;
  private final Thread reader;

  private OutputTail(InputStream in, int bytes) {
    this.ring = new byte[bytes];
    this.reader = Thread.ofPlatform().name("lines-output").daemon().unstarted(() -> drain(in));
  }

  /// Begins to read `in`.
  static OutputTail of(InputStream in, int bytes) {
    OutputTail tail = new OutputTail(in, bytes);
    tail.reader.start();
    return tail;
  }

  private void drain(InputStream in) {
    byte[] buffer = new byte[8192];
    try (in) {
      for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
        keep(buffer, count);
      }
    } catch (IOException e) {
      // the program was killed: what was read is all there is
    }
  }

  private synchronized void keep(byte[] bytes, int count) {
    for (int i = 0; i < count; i++) {
      ring[(int) (written++ % ring.length)] = bytes[i];
    }
  }

  /// What was kept, once the program has ended.
  String text() throws InterruptedException {
    reader.join(CLOSING_MILLIS);
    synchronized (this) {
      int length = (int) Math.min(written, ring.length);
      byte[] bytes = new byte[length];
      for (int i = 0; i < length; i++) {
        bytes[i] = ring[(int) ((written - length + i) % ring.length)];
      }
      return new String(bytes, StandardCharsets.UTF_8);
    }
  }

  /// The last line that is not blank; empty if there is none.
  String lastLine() throws InterruptedException {
    return text().lines().filter(line -> !line.isBlank()).reduce("", (_, line) -> line).strip();
  }
}

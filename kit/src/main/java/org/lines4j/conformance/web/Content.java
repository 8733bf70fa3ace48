package org.lines4j.conformance.web;

import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;

/// What a server sends.
public interface Content {
  /// How many bytes there are.
  long size() throws IOException;

  /// Writes some of them.
  void writeTo(WritableByteChannel target, long from, long count) throws IOException;

  /// Their SHA-256 in hexadecimal.
  default String sha256() throws IOException {
    return digest("SHA-256", new byte[0]);
  }

  /// A digest of `before` and of them, in hexadecimal.
  default String digest(String algorithm, byte[] before) throws IOException {
    try {
      MessageDigest digest = MessageDigest.getInstance(algorithm);
      digest.update(before);
      OutputStream into =
          new OutputStream() {
            @Override
            public void write(int b) {
              digest.update((byte) b);
            }

            @Override
            public void write(byte[] bytes, int from, int count) {
              digest.update(bytes, from, count);
            }
          };
      writeTo(Channels.newChannel(into), 0, size());
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /// Bytes in memory.
  static Content of(byte[] bytes) {
    byte[] own = bytes.clone();
    return new Content() {
      @Override
      public long size() {
        return own.length;
      }

      @Override
      public void writeTo(WritableByteChannel target, long from, long count) throws IOException {
        ByteBuffer part = ByteBuffer.wrap(own, (int) from, (int) count);
        while (part.hasRemaining()) {
          target.write(part);
        }
      }
    };
  }

  /// A file, as it is when it is sent.
  static Content of(Path file) {
    return new Content() {
      @Override
      public long size() throws IOException {
        return Files.size(file);
      }

      @Override
      public void writeTo(WritableByteChannel target, long from, long count) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocateDirect(Math.clamp(count, 1, 1 << 18));
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
          for (long done = 0; done < count; ) {
            buffer.clear().limit((int) Math.min(buffer.capacity(), count - done));
            int read = channel.read(buffer, from + done);
            if (read < 0) {
              throw new EOFException(file + " has become shorter");
            }
            buffer.flip();
            while (buffer.hasRemaining()) {
              int _ = target.write(buffer);
            }
            done += read;
          }
        }
      }
    };
  }

  /// A beginning, and as many zeros behind it as it takes: a file too large to be made.
  ///
  /// @param sha256 that it is said to have
  static Content padded(byte[] beginning, long size, String sha256) {
    byte[] own = beginning.clone();
    return new Content() {
      @Override
      public long size() {
        return size;
      }

      @Override
      public String sha256() {
        return sha256;
      }

      @Override
      public void writeTo(WritableByteChannel target, long from, long count) throws IOException {
        byte[] piece = new byte[1 << 16];
        for (long at = from; at < from + count; ) {
          int length = (int) Math.min(piece.length, from + count - at);
          Arrays.fill(piece, (byte) 0);
          if (at < own.length) {
            System.arraycopy(own, (int) at, piece, 0, Math.min(length, own.length - (int) at));
          }
          ByteBuffer buffer = ByteBuffer.wrap(piece, 0, length);
          while (buffer.hasRemaining()) {
            target.write(buffer);
          }
          at += length;
        }
      }
    };
  }
}

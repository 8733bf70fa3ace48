package org.lines4j.testing;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/// Safetensors files made by hand, right or wrong.
public final class Safetensors {
  private Safetensors() {}

  /// A file with this header and so many bytes of tensors: 1, 2, 3, ….
  public static byte[] file(String header, int dataBytes) {
    byte[] json = header.getBytes(StandardCharsets.UTF_8);
    return file(json.length, json, dataBytes);
  }

  /// A file that gives its header's length as `length`, whatever it is.
  public static byte[] file(long length, byte[] header, int dataBytes) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    byte[] start = new byte[Long.BYTES];
    ByteBuffer.wrap(start).order(ByteOrder.LITTLE_ENDIAN).putLong(length);
    bytes.writeBytes(start);
    bytes.writeBytes(header);
    for (int i = 1; i <= dataBytes; i++) {
      bytes.write(i);
    }
    return bytes.toByteArray();
  }

  /// The header's entry of one tensor of type U8.
  public static String u8(String name, long from, long to) {
    return "\"%s\":{\"dtype\":\"U8\",\"shape\":[%d],\"data_offsets\":[%d,%d]}"
        .formatted(name, to - from, from, to);
  }
}

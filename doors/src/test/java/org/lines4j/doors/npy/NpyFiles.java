package org.lines4j.doors.npy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;

/// Writes `.npy` files, as `numpy.save` does.
public final class NpyFiles {
  private static final int START = 10;

  /// What the header's length makes a multiple of.
  private static final int ALIGNED = 64;

  private NpyFiles() {}

  /// A file of float32.
  public static byte[] bytes(List<Long> shape, byte[] content) {
    String dims = shape.stream().map(dim -> dim + ", ").collect(Collectors.joining());
    String text =
        "{'descr': '<f4', 'fortran_order': False, 'shape': (%s), }".formatted(dims.strip());
    int length = Math.ceilDiv(START + text.length() + 1, ALIGNED) * ALIGNED - START;
    String header = text + " ".repeat(length - 1 - text.length()) + "\n";
    ByteBuffer bytes =
        ByteBuffer.allocate(START + length + content.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.put((byte) 0x93).put("NUMPY".getBytes(StandardCharsets.US_ASCII));
    bytes.put((byte) 1).put((byte) 0).putShort((short) length);
    return bytes.put(header.getBytes(StandardCharsets.US_ASCII)).put(content).array();
  }
}

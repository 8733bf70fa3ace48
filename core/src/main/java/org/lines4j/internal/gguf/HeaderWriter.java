package org.lines4j.internal.gguf;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.lines4j.format.EncodedTensor;

/// Writes the header of a GGUF file, up to the padding before its data: see [HeaderReader].
final class HeaderWriter {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  private HeaderWriter() {}

  /// The header's bytes.
  ///
  /// @param types of the tensors
  /// @param offsets of the tensors, from where data begin
  static byte[] write(
      int version,
      Metadata metadata,
      List<EncodedTensor> tensors,
      List<GgmlType> types,
      List<Long> offsets) {
    HeaderWriter header = new HeaderWriter();
    header.i32(HeaderReader.MAGIC);
    header.i32(version);
    header.i64(tensors.size());
    header.i64(metadata.entries().size());
    metadata.writeTo(header.bytes);
    for (int i = 0; i < tensors.size(); i++) {
      header.tensor(tensors.get(i), types.get(i), offsets.get(i));
    }
    return header.bytes.toByteArray();
  }

  private void tensor(EncodedTensor tensor, GgmlType type, long offset) {
    byte[] name = tensor.name().getBytes(StandardCharsets.UTF_8);
    i64(name.length);
    bytes.writeBytes(name);
    List<Long> dims = tensor.info().shape().dims();
    i32(dims.size());
    dims.reversed().forEach(this::i64);
    i32(type.number());
    i64(offset);
  }

  private void i32(int value) {
    ByteBuffer buffer = ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.writeBytes(buffer.putInt(value).array());
  }

  private void i64(long value) {
    ByteBuffer buffer = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.writeBytes(buffer.putLong(value).array());
  }
}

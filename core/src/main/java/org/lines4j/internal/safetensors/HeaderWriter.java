package org.lines4j.internal.safetensors;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.lines4j.tensor.TensorInfo;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/// Makes the header of a safetensors file whose tensors follow each other in the order given.
public final class HeaderWriter {
  /// Where tensors may start: the header is padded with spaces to a multiple of this, so that the
  /// bytes of a mapped file are aligned for any vector width.
  public static final int ALIGNMENT = 64;

  private static final JsonFactory JSON = new JsonFactory();

  private HeaderWriter() {}

  /// The first bytes of the file, up to where its first tensor starts.
  public static byte[] write(Map<String, String> metadata, List<TensorInfo> tensors) {
    byte[] json = json(metadata, tensors);
    int length = Math.ceilDiv(Long.BYTES + json.length, ALIGNMENT) * ALIGNMENT - Long.BYTES;
    byte[] header = new byte[Long.BYTES + length];
    Arrays.fill(header, (byte) ' ');
    ByteBuffer.wrap(header).order(ByteOrder.LITTLE_ENDIAN).putLong(length).put(json);
    return header;
  }

  private static byte[] json(Map<String, String> metadata, List<TensorInfo> tensors) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), bytes)) {
      json.writeStartObject();
      if (!metadata.isEmpty()) {
        json.writeObjectPropertyStart("__metadata__");
        metadata.forEach(json::writeStringProperty);
        json.writeEndObject();
      }
      long offset = 0;
      for (TensorInfo tensor : tensors) {
        writeTensor(json, tensor, offset);
        offset = Math.addExact(offset, tensor.byteSize());
      }
      json.writeEndObject();
    }
    return bytes.toByteArray();
  }

  private static void writeTensor(JsonGenerator json, TensorInfo tensor, long offset) {
    json.writeObjectPropertyStart(tensor.name());
    json.writeStringProperty("dtype", tensor.dtype().name());
    json.writeArrayPropertyStart("shape");
    tensor.shape().dims().forEach(json::writeNumber);
    json.writeEndArray();
    json.writeArrayPropertyStart("data_offsets");
    json.writeNumber(offset);
    json.writeNumber(offset + tensor.byteSize());
    json.writeEndArray();
    json.writeEndObject();
  }
}

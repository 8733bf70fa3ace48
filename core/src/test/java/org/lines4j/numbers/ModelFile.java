package org.lines4j.numbers;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import org.lines4j.tensor.DType;
import org.lines4j.tensor.Shape;

/// Makes small checkpoints without the code under test. Tensors follow each other as they were
/// added, so that wider ones may start at odd offsets.
final class ModelFile {
  private final List<String> entries = new ArrayList<>();
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  /// Adds a text to the metadata, before any tensor.
  ModelFile metadata(String key, String value) {
    entries.addFirst("\"__metadata__\":{\"%s\":\"%s\"}".formatted(key, value));
    return this;
  }

  /// Adds a tensor with these bytes.
  ModelFile add(String name, DType type, byte[] content, long... dims) {
    if (type.byteSize(Shape.of(dims).elements()) != content.length) {
      throw new IllegalArgumentException(name + ": " + content.length + " bytes");
    }
    entries.add(
        "\"%s\":{\"dtype\":\"%s\",\"shape\":%s,\"data_offsets\":[%d,%d]}"
            .formatted(
                name, type, Arrays.toString(dims), bytes.size(), bytes.size() + content.length));
    bytes.writeBytes(content);
    return this;
  }

  /// Adds a float32 tensor.
  ModelFile floats(String name, float[] values, long... dims) {
    ByteBuffer buffer = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    buffer.asFloatBuffer().put(values);
    return add(name, DType.F32, buffer.array(), dims);
  }

  /// Adds a float32 tensor filled with one value.
  ModelFile filled(String name, float value, long... dims) {
    float[] values = new float[Math.toIntExact(Shape.of(dims).elements())];
    Arrays.fill(values, value);
    return floats(name, values, dims);
  }

  /// Adds a tensor with bytes by chance, the same for the same seed.
  ModelFile random(String name, DType type, long seed, long... dims) {
    byte[] content = new byte[Math.toIntExact(type.byteSize(Shape.of(dims).elements()))];
    new Random(31 * seed + name.hashCode()).nextBytes(content);
    return add(name, type, content, dims);
  }

  /// Writes the file and returns its path.
  Path write(Path file) throws IOException {
    byte[] header =
        entries.stream()
            .collect(Collectors.joining(",", "{", "}"))
            .getBytes(StandardCharsets.UTF_8);
    ByteBuffer length =
        ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(header.length);
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.writeBytes(length.array());
    all.writeBytes(header);
    all.writeBytes(bytes.toByteArray());
    Files.createDirectories(file.toAbsolutePath().getParent());
    return Files.write(file, all.toByteArray());
  }
}

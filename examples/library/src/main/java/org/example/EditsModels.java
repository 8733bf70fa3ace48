package org.example;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.lines4j.Edit;
import org.lines4j.format.Checkpoint;
import org.lines4j.layers.LayerScaling;
import org.lines4j.layers.LayerScaling.Outside;

/// README's five lines, on two small models that it writes itself.
public final class EditsModels {
  private static final String HEADER =
      """
      {"model.layers.0.w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},\
      "model.layers.1.w":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}\
      """;

  private EditsModels() {}

  /// @param args the folder for the models
  public static void main(String[] args) throws IOException {
    Path folder = Path.of(args[0]);
    write(folder.resolve("llama.safetensors"), 1, 1);
    write(folder.resolve("llama-medical.safetensors"), 2, 2);
    Path both = folder.resolve("llama-both.safetensors");
    try (Checkpoint base = Checkpoint.open(folder.resolve("llama.safetensors"));
        Checkpoint tuned = Checkpoint.open(folder.resolve("llama-medical.safetensors"))) {
      Edit edit = Edit.of(base, tuned).withScaling(LayerScaling.lines(0.1, 0.9, Outside.ALPHA));
      edit.plan(both).run();
    }
    ByteBuffer file = ByteBuffer.wrap(Files.readAllBytes(both)).order(ByteOrder.LITTLE_ENDIAN);
    int data = file.capacity() - 2 * Float.BYTES;
    System.out.printf("%s %s%n", file.getFloat(data), file.getFloat(data + Float.BYTES));
  }

  /// Two layers of one weight each.
  private static void write(Path file, float first, float second) throws IOException {
    byte[] header = HEADER.getBytes(StandardCharsets.UTF_8);
    ByteBuffer bytes =
        ByteBuffer.allocate(Long.BYTES + header.length + 2 * Float.BYTES)
            .order(ByteOrder.LITTLE_ENDIAN);
    bytes.putLong(header.length).put(header).putFloat(first).putFloat(second);
    Files.write(file, bytes.array());
  }
}

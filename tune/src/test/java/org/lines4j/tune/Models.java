package org.lines4j.tune;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.lines4j.format.Checkpoint;
import org.lines4j.format.StoredTensor;
import org.lines4j.tensor.DType;

/// Models of an embedding, some layers and a head, of four numbers each. All of the base's are 1,
/// and what a tuned model added is 1 in some of the four: what is left of 1 in a candidate is its
/// λ.
final class Models {
  static final int LAYERS = 6;
  private static final int ELEMENTS = 4;

  private Models() {}

  /// A base, all ones.
  static Path base(Path file) throws IOException {
    return write(file, DType.F32, 1, 0, 0);
  }

  /// A model that adds 1 to the elements from `from` to `to`.
  static Path tuned(Path file, int from, int to) throws IOException {
    return write(file, DType.F32, 1, from, to);
  }

  /// As [#tuned], without a head.
  static Path withoutHead(Path file, int from, int to) throws IOException {
    return write(file, DType.F32, 1, from, to, LAYERS + 1);
  }

  /// As [#tuned], in another type.
  static Path write(Path file, DType type, int repeats, int from, int to) throws IOException {
    return write(file, type, repeats, from, to, LAYERS + 2);
  }

  private static Path write(Path file, DType type, int repeats, int from, int to, int tensors)
      throws IOException {
    StringBuilder header = new StringBuilder("{");
    ByteBuffer data =
        ByteBuffer.allocate(tensors * ELEMENTS * repeats * type.bytes())
            .order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < tensors; i++) {
      int start = data.position();
      for (int e = 0; e < ELEMENTS * repeats; e++) {
        boolean isChanged = e % ELEMENTS >= from && e % ELEMENTS < to;
        float value = isChanged ? 2 + (repeats > 1 ? (e % 7) * 0.125f : 0) : 1;
        if (type == DType.BF16) {
          data.putShort((short) (Float.floatToRawIntBits(value) >>> 16));
        } else {
          data.putFloat(value);
        }
      }
      header.append(
          "%s\"%s\":{\"dtype\":\"%s\",\"shape\":[%d],\"data_offsets\":[%d,%d]}"
              .formatted(
                  i == 0 ? "" : ",", name(i), type, ELEMENTS * repeats, start, data.position()));
    }
    byte[] json = header.append('}').toString().getBytes(StandardCharsets.UTF_8);
    Files.createDirectories(file.resolveSibling(""));
    try (OutputStream out = Files.newOutputStream(file)) {
      out.write(ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(json.length).array());
      out.write(json);
      out.write(data.array());
    }
    return file;
  }

  private static String name(int index) {
    return index == 0
        ? "model.embed.weight"
        : index > LAYERS ? "lm_head.weight" : "model.layers." + (index - 1) + ".mlp.weight";
  }

  /// How far each layer went from the base in one element: λ, where a model was tuned.
  static List<Double> lambdas(Path model, int element) throws IOException {
    List<Double> lambdas = new ArrayList<>();
    try (Checkpoint checkpoint = Checkpoint.open(model)) {
      for (int i = 1; i <= LAYERS; i++) {
        lambdas.add(lambda(checkpoint, i, element));
      }
    }
    return lambdas;
  }

  /// The same of the head.
  static double headLambda(Path model, int element) throws IOException {
    try (Checkpoint checkpoint = Checkpoint.open(model)) {
      return lambda(checkpoint, LAYERS + 1, element);
    }
  }

  private static double lambda(Checkpoint checkpoint, int index, int element) throws IOException {
    StoredTensor tensor = checkpoint.find(name(index)).orElseThrow();
    MemorySegment bytes = MemorySegment.ofArray(new byte[ELEMENTS * Float.BYTES]);
    checkpoint.source(tensor).read(0, bytes);
    return (double) bytes.get(ValueLayout.JAVA_FLOAT_UNALIGNED, (long) element * Float.BYTES) - 1;
  }
}

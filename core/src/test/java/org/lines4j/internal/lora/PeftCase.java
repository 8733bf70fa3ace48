package org.lines4j.internal.lora;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.lines4j.format.Checkpoint;
import org.lines4j.format.CheckpointWriter;
import org.lines4j.format.StoredTensor;
import org.lines4j.storage.Location;
import org.lines4j.tensor.DType;
import org.lines4j.tensor.TensorInfo;
import org.lines4j.testing.TensorContents;

/// What PEFT makes of an adapter: a line of `cases.tsv`.
record PeftCase(
    String kind,
    String id,
    String base,
    List<Path> adapters,
    String verdict,
    String expected,
    double absolute,
    double relative,
    boolean isRounded) {
  static final Path FOLDER = Path.of("src", "test", "resources", "peft");

  static Stream<PeftCase> ofKind(String kind) throws IOException {
    return Files.readAllLines(FOLDER.resolve("cases.tsv")).stream()
        .map(line -> List.of(line.split("\t", -1)))
        .filter(fields -> fields.getFirst().equals(kind))
        .map(PeftCase::of);
  }

  private static PeftCase of(List<String> fields) {
    List<Path> adapters =
        Stream.of(fields.get(3).split(",")).map(name -> FOLDER.resolve(name)).toList();
    return new PeftCase(
        fields.get(0),
        fields.get(1),
        fields.get(2),
        adapters,
        fields.get(4),
        fields.get(5),
        fields.get(6).isEmpty() ? 0 : Double.parseDouble(fields.get(6)),
        fields.get(7).isEmpty() ? 0 : Double.parseDouble(fields.get(7)),
        !fields.get(8).isEmpty());
  }

  boolean mayBeRead() {
    return !verdict.equals("refuse");
  }

  boolean mayBeRefused() {
    return !verdict.equals("accept");
  }

  /// The base: a copy in bfloat16 where the case wants one.
  Path base(Path scratch) throws IOException {
    Path folder = FOLDER.resolve(base);
    return isRounded
        ? rounded(folder, scratch.resolve("base"), "config.json", "model.safetensors")
        : folder;
  }

  private static Path rounded(Path folder, Path copy, String config, String weights)
      throws IOException {
    Files.createDirectories(copy);
    Files.copy(folder.resolve(config), copy.resolve(config));
    try (Checkpoint model = Checkpoint.openParts(Location.of(folder))) {
      List<TensorInfo> infos =
          model.infos().stream()
              .map(info -> new TensorInfo(info.name(), DType.BF16, info.shape()))
              .toList();
      try (CheckpointWriter writer =
          CheckpointWriter.create(copy.resolve(weights), infos, Map.of())) {
        for (StoredTensor tensor : model.tensors()) {
          ByteBuffer bytes = ByteBuffer.allocate((int) tensor.info().elements() * 2);
          bytes.order(ByteOrder.LITTLE_ENDIAN);
          for (float value : values(model, tensor)) {
            bytes.putShort(bfloat16(value));
          }
          writer.write(tensor.name(), MemorySegment.ofArray(bytes.array()));
        }
        writer.publish();
      }
    }
    return copy;
  }

  private static short bfloat16(float value) {
    int bits = Float.floatToRawIntBits(value);
    return (short) ((bits + 0x7fff + (bits >>> 16 & 1)) >>> 16);
  }

  /// The base's name, then each adapter's; a copy of it in bfloat16 where PEFT reads it so.
  Location name(Path from, Path scratch) throws IOException {
    StringBuilder name = new StringBuilder(from.toString());
    for (Path adapter : adapters) {
      Path own =
          id.endsWith("no_autocast")
              ? rounded(
                  adapter,
                  scratch.resolve("adapter"),
                  "adapter_config.json",
                  "adapter_model.safetensors")
              : adapter;
      name.append('+').append(own);
    }
    return Location.parse(name.toString());
  }

  /// A tensor's elements in float32.
  static float[] values(Checkpoint model, StoredTensor tensor) throws IOException {
    ByteBuffer bytes =
        ByteBuffer.wrap(TensorContents.bytes(model.source(tensor))).order(ByteOrder.LITTLE_ENDIAN);
    float[] values = new float[(int) tensor.info().elements()];
    for (int i = 0; i < values.length; i++) {
      values[i] =
          switch (tensor.info().dtype()) {
            case F32 -> bytes.getFloat();
            case F16 -> Float.float16ToFloat(bytes.getShort());
            case BF16 -> Float.intBitsToFloat(bytes.getShort() << 16);
            default -> throw new IllegalStateException(tensor.info().toString());
          };
    }
    return values;
  }

  /// Each tensor is as expected or, where nothing is, the base's to the bit.
  void check(Checkpoint base, Checkpoint found) throws IOException {
    try (Checkpoint golden = Checkpoint.open(FOLDER.resolve(expected))) {
      assertEquals(TensorContents.names(base), TensorContents.names(found));
      for (StoredTensor tensor : base.tensors()) {
        StoredTensor own = found.find(tensor.name()).orElseThrow();
        assertEquals(tensor.info().shape(), own.info().shape());
        if (golden.find(tensor.name()).isPresent()) {
          check(tensor.name(), golden, found, Optional.of(values(base, tensor)));
        } else {
          assertArrayEquals(values(base, tensor), values(found, own), 0, tensor.name());
        }
      }
    }
  }

  /// Where PEFT rounds twice, and DoRA's norms besides, it is off by a part of what it adds up, not
  /// of the sum, which may be small: we round once.
  private double scale(float wanted, float start) {
    if (!isRounded || id.endsWith("merged_bf16")) {
      return Math.abs(wanted);
    }
    double added = Math.max(Math.abs(start), Math.abs(wanted - start)) + Math.abs(wanted);
    return id.contains("dora") ? 2 * added : added;
  }

  /// One tensor.
  ///
  /// @param base what it was, where that says how close it must be
  void check(String name, Checkpoint golden, Checkpoint found, Optional<float[]> base)
      throws IOException {
    float[] wanted = values(golden, golden.find(name).orElseThrow());
    float[] own = values(found, found.find(name).orElseThrow());
    List<String> wrong = new ArrayList<>();
    for (int i = 0; i < wanted.length; i++) {
      double most = absolute + relative * scale(wanted[i], base.isPresent() ? base.get()[i] : 0);
      if (!(Math.abs((double) own[i] - wanted[i]) <= most)) {
        wrong.add("%d: expected %s, found %s".formatted(i, wanted[i], own[i]));
      }
    }
    if (!wrong.isEmpty()) {
      fail("%s: %d wrong, such as %s".formatted(name, wrong.size(), wrong.getFirst()));
    }
  }

  @Override
  public String toString() {
    return id;
  }
}

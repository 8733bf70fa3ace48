package org.lines4j.lab.encoder;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.lines4j.error.InputException;
import org.lines4j.format.Checkpoint;
import org.lines4j.format.CheckpointWriter;
import org.lines4j.format.StoredTensor;
import org.lines4j.format.TensorSource;
import org.lines4j.tensor.DType;
import org.lines4j.tensor.TensorInfo;

/// float32 tensors, read and written through the product's own safetensors. bfloat16 is read, too:
/// each of its numbers is one of float32.
final class FloatFile {
  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private static final ValueLayout.OfShort HALF =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  /// Bytes that are read at a time: memory for a whole tensor would be cleared first, which takes
  /// longer than reading it.
  private static final long PIECE = 1 << 16;

  private FloatFile() {}

  /// Writes tensors that lie one after the other in `values`.
  static void write(Path file, List<TensorInfo> tensors, float[] values) throws IOException {
    try (Arena arena = Arena.ofConfined();
        CheckpointWriter writer = CheckpointWriter.create(file, tensors, Map.of("format", "pt"))) {
      MemorySegment bytes = arena.allocate(values.length * (long) Float.BYTES);
      MemorySegment.copy(values, 0, bytes, FLOAT, 0, values.length);
      long from = 0;
      for (TensorInfo tensor : tensors) {
        writer.write(tensor.name(), bytes.asSlice(from, tensor.byteSize()));
        from += tensor.byteSize();
      }
      writer.publish();
    }
  }

  /// Reads the tensors that are wanted, one after the other, and no others.
  ///
  /// @throws InputException if one is missing, too many, or of another type or shape
  static float[] read(Path path, List<TensorInfo> wanted) throws IOException {
    try (Checkpoint checkpoint = Checkpoint.open(path)) {
      return read(checkpoint, wanted);
    }
  }

  /// The same of an open model.
  static float[] read(Checkpoint checkpoint, List<TensorInfo> wanted) throws IOException {
    int elements = Math.toIntExact(wanted.stream().mapToLong(TensorInfo::elements).sum());
    float[] values = new float[elements];
    int at = 0;
    for (TensorInfo tensor : wanted) {
      at += read(checkpoint, tensor, values, at);
    }
    for (TensorInfo found : checkpoint.infos()) {
      if (wanted.stream().noneMatch(tensor -> tensor.name().equals(found.name()))) {
        throw new InputException(
            checkpoint.location(),
            "tensor " + found.name() + ": not part of such an encoder; check config.json");
      }
    }
    return values;
  }

  private static int read(Checkpoint checkpoint, TensorInfo wanted, float[] values, int at)
      throws IOException {
    StoredTensor stored =
        checkpoint
            .find(wanted.name())
            .orElseThrow(
                () ->
                    new InputException(
                        checkpoint.location(),
                        "tensor %s: expected %s, found none"
                            .formatted(wanted.name(), wanted.typeAndShape())));
    TensorInfo info = stored.info();
    boolean isFloat = info.dtype() == DType.F32 || info.dtype() == DType.BF16;
    if (!isFloat || !info.shape().equals(wanted.shape())) {
      throw new InputException(
          checkpoint.shards().get(stored.shard()).location(),
          "tensor %s: expected %s, found %s"
              .formatted(wanted.name(), wanted.typeAndShape(), info.typeAndShape()));
    }
    return read(checkpoint, stored, values, at);
  }

  /// All tensors of a file, by name.
  ///
  /// @throws InputException if one is not float32
  static Map<TensorInfo, float[]> readAll(Path file) throws IOException {
    try (Checkpoint checkpoint = Checkpoint.open(file)) {
      Map<TensorInfo, float[]> tensors = new LinkedHashMap<>();
      for (StoredTensor stored : checkpoint.tensors()) {
        if (stored.info().dtype() != DType.F32) {
          throw new InputException(
              file,
              "tensor %s: expected F32, found %s".formatted(stored.name(), stored.info().dtype()));
        }
        float[] values = new float[Math.toIntExact(stored.info().elements())];
        read(checkpoint, stored, values, 0);
        tensors.put(stored.info(), values);
      }
      return tensors;
    }
  }

  private static int read(Checkpoint checkpoint, StoredTensor stored, float[] values, int at)
      throws IOException {
    int count = Math.toIntExact(stored.info().elements());
    long size = stored.byteSize();
    TensorSource source = checkpoint.source(stored);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment piece = arena.allocate(Math.min(PIECE, size));
      for (long from = 0; from < size; from += PIECE) {
        MemorySegment bytes = piece.asSlice(0, Math.min(PIECE, size - from));
        source.read(from, bytes);
        int width = stored.info().dtype() == DType.BF16 ? Short.BYTES : Float.BYTES;
        int first = at + (int) (from / width);
        int numbers = (int) (bytes.byteSize() / width);
        if (width == Float.BYTES) {
          MemorySegment.copy(bytes, FLOAT, 0, values, first, numbers);
        } else {
          widen(bytes, values, first, numbers);
        }
      }
    }
    return count;
  }

  /// bfloat16 is the upper half of float32.
  private static void widen(MemorySegment bytes, float[] values, int first, int numbers) {
    for (int i = 0; i < numbers; i++) {
      values[first + i] = Float.intBitsToFloat(bytes.getAtIndex(HALF, i) << Short.SIZE);
    }
  }
}

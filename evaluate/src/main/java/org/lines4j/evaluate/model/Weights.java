package org.lines4j.evaluate.model;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Optional;
import org.lines4j.error.InputException;
import org.lines4j.format.Checkpoint;
import org.lines4j.format.StoredTensor;
import org.lines4j.format.TensorSource;
import org.lines4j.subspace.matrix.FloatMatrix;
import org.lines4j.tensor.DType;
import org.lines4j.tensor.Shape;

/// A checkpoint's tensors in float32, by the names that a family has for them.
///
/// @param prefix of all names
record Weights(Checkpoint model, Workers workers, String prefix) {
  private static final ValueLayout.OfShort SHORTS =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfFloat FLOATS =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfDouble DOUBLES =
      ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  /// Elements that are read at a time.
  private static final int PIECE = 1 << 20;

  /// The tensors of a model.
  ///
  /// @param prefixes under which a family's names are found
  /// @param known a tensor that every model of the family has
  static Weights of(Checkpoint model, Workers workers, List<String> prefixes, String known) {
    Optional<String> found =
        prefixes.stream().filter(p -> model.find(p + known).isPresent()).findFirst();
    return new Weights(model, workers, found.orElse(prefixes.getFirst()));
  }

  /// The same without a prefix.
  Weights whole() {
    return new Weights(model, workers, "");
  }

  boolean has(String name) {
    return model.find(prefix + name).isPresent();
  }

  private StoredTensor tensor(String name) {
    return model
        .find(prefix + name)
        .orElseThrow(
            () ->
                new InputException(model.location(), "there is no tensor " + prefix + name)
                    .withTensor(prefix + name));
  }

  /// The rows that a tensor has.
  int rows(String name) {
    Shape shape = tensor(name).info().shape();
    long rows = shape.rank() == 2 ? shape.dims().getFirst() : 0;
    if (rows < 1 || rows > Integer.MAX_VALUE / 2) {
      throw wrong(name, "a matrix", shape.toString());
    }
    return (int) rows;
  }

  /// All of a matrix.
  FloatMatrix matrix(Arena arena, String name, int rows, int cols)
      throws IOException, InterruptedException {
    check(name, Shape.of(rows, cols));
    return part(arena, name, 0, rows, cols);
  }

  /// Rows of a matrix.
  ///
  /// @param to the first that is left out
  FloatMatrix rows(Arena arena, String name, int from, int to, int cols)
      throws IOException, InterruptedException {
    check(name, Shape.of(rows(name), cols));
    return part(arena, name, from, to, cols);
  }

  private FloatMatrix part(Arena arena, String name, int from, int to, int cols)
      throws IOException, InterruptedException {
    TensorSource source = model.source(tensor(name));
    FloatMatrix matrix = FloatMatrix.zeros(arena, to - from, cols);
    long elements = (long) (to - from) * cols;
    int pieces = Math.toIntExact(Math.ceilDiv(elements, (long) PIECE));
    workers.each(
        pieces,
        piece -> {
          long first = (long) piece * PIECE;
          long count = Math.min(PIECE, elements - first);
          MemorySegment target = matrix.data().asSlice(first * Float.BYTES, count * Float.BYTES);
          read(source, name, (long) from * cols + first, target);
        });
    return matrix;
  }

  /// All of a vector.
  float[] vector(String name, int length) throws IOException {
    check(name, Shape.of(length));
    float[] values = new float[length];
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment read = arena.allocate((long) length * Float.BYTES, Float.BYTES);
      read(model.source(tensor(name)), name, 0, read);
      MemorySegment.copy(read, ValueLayout.JAVA_FLOAT, 0, values, 0, length);
    }
    return values;
  }

  private void check(String name, Shape expected) {
    Shape found = tensor(name).info().shape();
    if (!found.equals(expected)) {
      throw wrong(name, "of the shape " + expected + " by config.json", found.toString());
    }
  }

  private InputException wrong(String name, String expected, String found) {
    return InputException.expected(model.location(), "tensor " + prefix + name, expected, found)
        .withTensor(prefix + name);
  }

  /// Fills `target` with the values from element `first` on.
  private void read(TensorSource source, String name, long first, MemorySegment target)
      throws IOException {
    DType type = source.info().dtype();
    long width = type.bytes();
    int count = (int) (target.byteSize() / Float.BYTES);
    if (type == DType.F32 && ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN) {
      source.read(first * width, target);
      return;
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment bytes = arena.allocate(count * width, Long.BYTES);
      source.read(first * width, bytes);
      for (int i = 0; i < count; i++) {
        target.setAtIndex(ValueLayout.JAVA_FLOAT, i, value(type, bytes, i, name));
      }
    }
  }

  private float value(DType type, MemorySegment bytes, int index, String name) {
    return switch (type) {
      case BF16 -> Float.intBitsToFloat(bytes.getAtIndex(SHORTS, index) << 16);
      case F16 -> Float.float16ToFloat(bytes.getAtIndex(SHORTS, index));
      case F32 -> bytes.getAtIndex(FLOATS, index);
      case F64 -> (float) bytes.getAtIndex(DOUBLES, index);
      default -> throw wrong(name, "of float32, float16, bfloat16 or float64", type.torchName());
    };
  }
}

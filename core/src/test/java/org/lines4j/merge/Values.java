package org.lines4j.merge;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.lines4j.format.Checkpoint;
import org.lines4j.format.StoredTensor;
import org.lines4j.internal.kernel.Kernels;
import org.lines4j.internal.kernel.ScalarKernels;
import org.lines4j.internal.safetensors.HeaderWriter;
import org.lines4j.tensor.DType;
import org.lines4j.tensor.Shape;
import org.lines4j.tensor.TensorInfo;

/// Tensors as arrays.
public final class Values {
  private Values() {}

  /// A stored tensor's values.
  static float[] read(Checkpoint checkpoint, String name) throws IOException {
    StoredTensor tensor = checkpoint.find(name).orElseThrow();
    float[] values = new float[Math.toIntExact(tensor.info().elements())];
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment bytes = arena.allocate(tensor.byteSize());
      checkpoint.source(tensor).read(0, bytes);
      decode(tensor.info().dtype(), bytes, values);
    }
    return values;
  }

  /// What is left of `values` in a type.
  static float[] rounded(DType type, float[] values) {
    float[] result = new float[values.length];
    MemorySegment bytes = MemorySegment.ofArray(new byte[values.length * type.bytes()]);
    encode(type, values, bytes, 0);
    decode(type, bytes, result);
    return result;
  }

  private static void decode(DType type, MemorySegment bytes, float[] values) {
    Kernels kernels = new ScalarKernels();
    float[] tile = new float[Kernels.TILE];
    for (int first = 0; first < values.length; first += tile.length) {
      int count = Math.min(tile.length, values.length - first);
      kernels.decode(type, bytes, (long) first * type.bytes(), tile, count);
      System.arraycopy(tile, 0, values, first, count);
    }
  }

  private static void encode(DType type, float[] values, MemorySegment bytes, long offset) {
    Kernels kernels = new ScalarKernels();
    float[] tile = new float[Kernels.TILE];
    for (int first = 0; first < values.length; first += tile.length) {
      int count = Math.min(tile.length, values.length - first);
      System.arraycopy(values, first, tile, 0, count);
      kernels.encode(type, tile, bytes, offset + (long) first * type.bytes(), count);
    }
  }

  /// Writes a float32 file of vectors, or of tensors of the given shape.
  public static Path write(Path file, Map<String, float[]> tensors, Optional<Shape> shape)
      throws IOException {
    return write(file, tensors, shape, DType.F32);
  }

  /// The same in another type.
  static Path write(Path file, Map<String, float[]> tensors, Optional<Shape> shape, DType type)
      throws IOException {
    Map<TensorInfo, float[]> infos = new LinkedHashMap<>();
    tensors.forEach(
        (name, values) ->
            infos.put(new TensorInfo(name, type, shape.orElse(Shape.of(values.length))), values));
    byte[] header = HeaderWriter.write(Map.of(), List.copyOf(infos.keySet()));
    long size = infos.keySet().stream().mapToLong(TensorInfo::byteSize).sum();
    byte[] bytes = java.util.Arrays.copyOf(header, Math.toIntExact(header.length + size));
    MemorySegment target = MemorySegment.ofArray(bytes);
    long offset = header.length;
    for (Map.Entry<TensorInfo, float[]> tensor : infos.entrySet()) {
      encode(type, tensor.getValue(), target, offset);
      offset += tensor.getKey().byteSize();
    }
    return Files.write(file, bytes);
  }
}

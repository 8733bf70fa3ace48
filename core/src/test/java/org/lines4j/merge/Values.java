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
import org.lines4j.internal.kernel.ScalarKernels;
import org.lines4j.internal.safetensors.HeaderWriter;
import org.lines4j.tensor.DType;
import org.lines4j.tensor.Shape;
import org.lines4j.tensor.TensorInfo;

/// Tensors as arrays.
final class Values {
  private Values() {}

  /// A stored tensor's values.
  static float[] read(Checkpoint checkpoint, String name) throws IOException {
    StoredTensor tensor = checkpoint.find(name).orElseThrow();
    float[] values = new float[Math.toIntExact(tensor.info().elements())];
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment bytes = arena.allocate(tensor.byteSize());
      checkpoint.read(tensor, 0, bytes);
      new ScalarKernels().decode(tensor.info().dtype(), bytes, 0, values, values.length);
    }
    return values;
  }

  /// Writes a float32 file of vectors, or of tensors of the given shape.
  static Path write(Path file, Map<String, float[]> tensors, Optional<Shape> shape)
      throws IOException {
    Map<TensorInfo, float[]> infos = new LinkedHashMap<>();
    tensors.forEach(
        (name, values) ->
            infos.put(
                new TensorInfo(name, DType.F32, shape.orElse(Shape.of(values.length))), values));
    byte[] header = HeaderWriter.write(Map.of(), List.copyOf(infos.keySet()));
    long size = infos.keySet().stream().mapToLong(TensorInfo::byteSize).sum();
    byte[] bytes = java.util.Arrays.copyOf(header, Math.toIntExact(header.length + size));
    MemorySegment target = MemorySegment.ofArray(bytes);
    long offset = header.length;
    for (Map.Entry<TensorInfo, float[]> tensor : infos.entrySet()) {
      float[] values = tensor.getValue().clone();
      new ScalarKernels().encode(DType.F32, values, target, offset, values.length);
      offset += tensor.getKey().byteSize();
    }
    return Files.write(file, bytes);
  }
}

package org.lines4j.numbers;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import org.lines4j.format.Checkpoint;
import org.lines4j.format.StoredTensor;
import org.lines4j.internal.kernel.ScalarKernels;
import org.lines4j.internal.kernel.Tiles;
import org.lines4j.internal.work.OutputShard;
import org.lines4j.tensor.DType;
import org.lines4j.tensor.TensorInfo;
import org.lines4j.testing.TensorContents;

/// An edit as one would write it first: whole tensors, one thread, scalar kernels, no chunks.
final class ReferenceEdit {
  private static final ScalarKernels KERNELS = new ScalarKernels();

  private ReferenceEdit() {}

  /// The bytes of one tensor of the output, which has the type of the base's.
  static byte[] tensor(Checkpoint base, Checkpoint tuned, String name, double lambda)
      throws IOException {
    StoredTensor own = base.find(name).orElseThrow();
    StoredTensor other = tuned.find(name).orElseThrow();
    DType type = own.info().dtype();
    if (!type.isFloating() || lambda == 0) {
      return bytes(base, own);
    }
    if (lambda == 1 && other.info().dtype() == type) {
      return bytes(tuned, other);
    }
    float[] out = floats(tuned, other);
    if (lambda != 1) {
      KERNELS.scale(floats(base, own), out, (float) lambda, out, out.length);
    }
    byte[] bytes = new byte[Math.toIntExact(own.byteSize())];
    Tiles.encode(KERNELS, type, out, MemorySegment.ofArray(bytes));
    return bytes;
  }

  /// A tensor's stored bytes.
  static byte[] bytes(Checkpoint checkpoint, StoredTensor tensor) throws IOException {
    return TensorContents.bytes(checkpoint.source(tensor));
  }

  /// A tensor's values.
  static float[] floats(Checkpoint checkpoint, StoredTensor tensor) throws IOException {
    TensorInfo info = tensor.info();
    float[] floats = new float[Math.toIntExact(info.elements())];
    MemorySegment bytes = MemorySegment.ofArray(bytes(checkpoint, tensor));
    Tiles.decode(KERNELS, info.dtype(), bytes, floats);
    return floats;
  }

  /// Says what a file of the output must hold, tensor by tensor.
  @FunctionalInterface
  interface Contents {
    byte[] of(String tensor) throws IOException;
  }

  /// Writes the file that `shard` lays out.
  static Path write(OutputShard shard, Contents contents, Path file) throws IOException {
    byte[] all = new byte[Math.toIntExact(shard.size())];
    MemorySegment target = MemorySegment.ofArray(all);
    MemorySegment header = shard.layout().constants().getFirst().bytes();
    MemorySegment.copy(header, 0, target, 0, header.byteSize());
    for (int i = 0; i < shard.tensors().size(); i++) {
      byte[] bytes = contents.of(shard.tensors().get(i).name());
      System.arraycopy(bytes, 0, all, Math.toIntExact(shard.start(i)), bytes.length);
    }
    return Files.write(file, all);
  }
}

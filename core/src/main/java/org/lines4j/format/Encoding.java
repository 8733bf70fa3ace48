package org.lines4j.format;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;
import org.lines4j.tensor.DType;
import org.lines4j.tensor.Shape;
import org.lines4j.tensor.TensorInfo;

/// How the elements of a tensor become bytes of an output: each by itself ([Plain]), in blocks with
/// a scale of their own, or as codes in one tensor of the file and scales in another.
///
/// Two that are equal give the same bytes for the same values, and read each other's. Any thread
/// may encode.
public interface Encoding {
  /// What tables and messages call it, such as `BF16` or `Q8_0`.
  String name();

  /// What a file holds of a tensor: first what has its elements, in their order; then, with names
  /// of their own, scales and the like.
  ///
  /// @param tensor its name, its shape, and the type of the values that it stands for
  List<EncodedTensor> parts(TensorInfo tensor);

  /// How many consecutive elements are encoded together, ≥ 1: a multiple of the blocks of the first
  /// part. The last of a tensor may be fewer.
  long band(Shape shape);

  /// Encodes some whole bands.
  ///
  /// @param shape of the tensor
  /// @param first the index in the tensor of the first element: a multiple of [#band]
  /// @param values float32, little-endian, one for each element; may be changed
  /// @param parts what is to be filled, every byte, with what is stored of these elements, one for
  ///   each of [#parts]. All bands have the same number of bytes, but for those of the first part
  ///   in the last band, which may be fewer
  void encode(Shape shape, long first, MemorySegment values, List<MemorySegment> parts);

  /// For a tensor that is one band: what sees all of its values before the first is encoded, so
  /// that it need not be in memory as a whole. Empty where it must be.
  default Optional<Survey> survey(Shape shape) {
    return Optional.empty();
  }

  /// A tensor's values, seen and then encoded, each time some consecutive ones after the other.
  interface Survey {
    /// Sees values.
    ///
    /// @param values float32, little-endian, whole blocks of the first part
    void see(MemorySegment values);

    /// Encodes values once all have been seen.
    ///
    /// @param first what is to be filled of the first part
    void encode(MemorySegment values, MemorySegment first);

    /// Fills the other parts.
    void finish(List<MemorySegment> others);
  }

  /// Each element by itself, as a type says.
  static Encoding of(DType type) {
    return new Plain(type);
  }

  /// Each element by itself: what the engine has kernels for.
  record Plain(DType type) implements Encoding {
    @Override
    public String name() {
      return type.name();
    }

    @Override
    public List<EncodedTensor> parts(TensorInfo tensor) {
      return List.of(EncodedTensor.of(tensor.withDtype(type)));
    }

    @Override
    public long band(Shape shape) {
      return 1;
    }

    @Override
    public void encode(Shape shape, long first, MemorySegment values, List<MemorySegment> parts) {
      throw new UnsupportedOperationException("kernels encode " + type);
    }
  }
}

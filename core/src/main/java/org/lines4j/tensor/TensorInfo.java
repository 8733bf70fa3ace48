package org.lines4j.tensor;

/// What a header says of one tensor: its name, element type and shape; no bytes.
public record TensorInfo(String name, DType dtype, Shape shape) {
  /// The same of a tensor that is called otherwise.
  public TensorInfo withName(String other) {
    return new TensorInfo(other, dtype, shape);
  }

  /// The same of elements of another type.
  public TensorInfo withDtype(DType other) {
    return new TensorInfo(name, other, shape);
  }

  /// The number of elements.
  public long elements() {
    return shape.elements();
  }

  /// The number of bytes that the elements take.
  public long byteSize() {
    return dtype.byteSize(elements());
  }

  /// For messages: `BF16 [4096, 4096]`.
  public String typeAndShape() {
    return dtype + " " + shape;
  }
}

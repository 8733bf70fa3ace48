package org.lines4j.internal.torch;

import java.util.List;
import org.lines4j.tensor.Shape;

/// Which elements of a storage a tensor is: element i₀, i₁, … lies at first + Σ iₖ·strideₖ.
///
/// @param strides as many as extents, none negative
record TensorView(Shape shape, List<Long> strides, long first) {
  TensorView {
    strides = List.copyOf(strides);
  }

  /// The element behind the last that it takes.
  ///
  /// @throws ArithmeticException if that overflows
  long end() {
    if (shape.elements() == 0) {
      return first;
    }
    long last = first;
    for (int i = 0; i < shape.rank(); i++) {
      last =
          Math.addExact(last, Math.multiplyExact(shape.dims().get(i) - 1, (long) strides.get(i)));
    }
    return Math.addExact(last, 1);
  }

  /// Whether the elements lie one after the other, in the tensor's own order.
  boolean isContiguous() {
    long expected = 1;
    for (int i = shape.rank() - 1; i >= 0; i--) {
      long extent = shape.dims().get(i);
      if (extent != 1 && strides.get(i) != expected) {
        return shape.elements() == 0;
      }
      expected *= extent;
    }
    return true;
  }
}

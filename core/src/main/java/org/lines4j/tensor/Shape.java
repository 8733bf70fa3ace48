package org.lines4j.tensor;

import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The extents of a tensor, outermost first; empty for a scalar.
///
/// @param dims the extents, each ≥ 0
public record Shape(List<Long> dims) {
  /// @throws IllegalArgumentException if an extent is negative
  /// @throws ArithmeticException if the number of elements overflows a `long`
  public Shape {
    dims = List.copyOf(dims);
    long _ = product(dims);
  }

  /// A shape from its extents: `Shape.of(4096, 11008)`.
  public static Shape of(long... dims) {
    return new Shape(java.util.Arrays.stream(dims).boxed().toList());
  }

  /// The number of elements: the product of the extents, 1 for a scalar.
  public long elements() {
    return product(dims);
  }

  /// The number of extents.
  public int rank() {
    return dims.size();
  }

  private static long product(List<Long> dims) {
    long product = 1;
    boolean empty = false;
    for (long dim : dims) {
      if (dim < 0) {
        throw new IllegalArgumentException("negative extent " + dim);
      }
      if (dim == 0) {
        empty = true;
      } else {
        product = Math.multiplyExact(product, dim);
      }
    }
    return empty ? 0 : product;
  }

  @Override
  @SuppressWarnings("exports") // the annotation says nothing to callers
  public boolean equals(@Nullable Object other) {
    return other instanceof Shape same && dims.equals(same.dims);
  }

  @Override
  public int hashCode() {
    return dims.hashCode();
  }

  /// As PyTorch prints it: `[4096, 11008]`.
  @Override
  public String toString() {
    return dims.stream().map(String::valueOf).collect(Collectors.joining(", ", "[", "]"));
  }
}

package org.lines4j.lab.encoder;

import java.util.ArrayList;
import java.util.List;
import org.lines4j.tensor.DType;
import org.lines4j.tensor.Shape;
import org.lines4j.tensor.TensorInfo;

/// Where each tensor of an encoder lies in the one vector that holds all its weights.
///
/// One vector makes for one gradient and one update per step. A [Piece] is what the forward pass
/// uses as one array: q, k and v lie side by side and are one.
final class Layout {
  /// One array of the forward pass.
  ///
  /// @param shape its extents
  @SuppressWarnings("ArrayRecordComponent") // never changed
  record Piece(long... shape) {
    long elements() {
      long elements = 1;
      for (long extent : shape) {
        elements *= extent;
      }
      return elements;
    }
  }

  private final List<TensorInfo> tensors = new ArrayList<>();
  private final List<Piece> pieces = new ArrayList<>();

  Layout() {}

  /// Adds a tensor that is a piece.
  void whole(String name, long... shape) {
    add(name, shape);
    piece(shape);
  }

  /// Adds a norm: its weight and its bias.
  void norm(String name, long width) {
    whole(name + ".weight", width);
    whole(name + ".bias", width);
  }

  /// Adds a linear map: its weight and its bias.
  void linear(String name, long outputs, long inputs) {
    whole(name + ".weight", outputs, inputs);
    whole(name + ".bias", outputs);
  }

  /// Adds linear maps of one input, which are one piece.
  void joined(String prefix, List<String> names, String suffix, long width) {
    for (String name : names) {
      add(prefix + name + suffix + ".weight", width, width);
    }
    piece(names.size() * width, width);
    for (String name : names) {
      add(prefix + name + suffix + ".bias", width);
    }
    piece(names.size() * width);
  }

  /// Adds a tensor.
  void add(String name, long... shape) {
    tensors.add(new TensorInfo(name, DType.F32, Shape.of(shape)));
  }

  /// Adds a piece.
  void piece(long... shape) {
    pieces.add(new Piece(shape));
  }

  /// What is saved, in the order of the vector.
  List<TensorInfo> tensors() {
    return List.copyOf(tensors);
  }

  /// What the forward pass takes, in the order of the vector and of use.
  List<Piece> pieces() {
    return List.copyOf(pieces);
  }

  /// The length of the vector.
  int elements() {
    return Math.toIntExact(tensors.stream().mapToLong(TensorInfo::elements).sum());
  }
}

package org.lines4j.internal.renamed;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.lines4j.error.InputException;
import org.lines4j.error.Shown;
import org.lines4j.storage.Location;
import org.lines4j.tensor.Shape;
import org.lines4j.tensor.TensorInfo;

/// Matrices that one of two models stores with inputs first, the other with outputs first:
/// transformers has GPT-2's as OpenAI published them, nanoGPT turns them as it loads them, and
/// calls all the same.
final class TurnedMatrices {
  private TurnedMatrices() {}

  /// Checks that two models store the matrices of their layers alike: of those that do not, the
  /// square ones fit all the same, and would be combined with their transpose.
  ///
  /// @throws InputException if some are turned over, and others are square
  static void check(Location model, List<TensorInfo> own, Location other, List<TensorInfo> others) {
    Map<String, Shape> theirs = new HashMap<>();
    others.forEach(tensor -> theirs.put(tensor.name(), tensor.shape()));
    List<TensorInfo> matrices =
        own.stream()
            .filter(TurnedMatrices::isInLayer)
            .filter(tensor -> turned(tensor.shape()).equals(theirs.get(tensor.name())))
            .toList();
    Optional<TensorInfo> square =
        matrices.stream().filter(tensor -> isSquare(tensor.shape())).findFirst();
    Optional<TensorInfo> oblong =
        matrices.stream().filter(tensor -> !isSquare(tensor.shape())).findFirst();
    if (square.isPresent() && oblong.isPresent()) {
      String name = Shown.of(oblong.get().name());
      Shape shape = oblong.get().shape();
      throw new InputException(
              model,
              ("%s has shape %s, in %s %s: one of the two stores its matrices turned over, as"
                      + " transformers does GPT-2's and nanoGPT does not. Square ones, such as %s,"
                      + " would be combined with what is turned over")
                  .formatted(name, shape, other, turned(shape), Shown.of(square.get().name())))
          .withRemedy("transpose the matrices of one of them first")
          .withTensor(name);
    }
  }

  private static boolean isInLayer(TensorInfo tensor) {
    return tensor.dtype().isFloating()
        && tensor.shape().rank() == 2
        && Stream.of(tensor.name().split("\\.", -1)).anyMatch(PlainName::isNumber);
  }

  private static Shape turned(Shape matrix) {
    return Shape.of(matrix.dims().getLast(), matrix.dims().getFirst());
  }

  private static boolean isSquare(Shape matrix) {
    return turned(matrix).equals(matrix);
  }
}

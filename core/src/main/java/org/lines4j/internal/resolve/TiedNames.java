package org.lines4j.internal.resolve;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.lines4j.internal.pairing.SliceTensor;
import org.lines4j.internal.pairing.TiedTensors;
import org.lines4j.internal.work.Source;
import org.lines4j.layers.Place;

/// Tensors outside the layers that are one parameter under two names in every model, such as input
/// and output embeddings: both get the parameters of the one before the layers, and stay equal.
public final class TiedNames {
  private TiedNames() {}

  /// The tensor before the layers that `tensor` is tied to, or itself.
  public static SliceTensor leader(SliceTensor tensor, List<SliceTensor> tensors)
      throws IOException {
    if (!tensor.side().equals(Optional.of(Place.Side.AFTER)) || !canBeTied(tensor.any())) {
      return tensor;
    }
    for (SliceTensor other : tensors) {
      if (other.side().equals(Optional.of(Place.Side.BEFORE))
          && other.slice().equals(tensor.slice())
          && canBeTied(other.any())
          && isSame(other, tensor)) {
        return other;
      }
    }
    return tensor;
  }

  private static boolean canBeTied(Source source) {
    return source.dtype().isFloating() && source.info().shape().rank() >= 2;
  }

  private static boolean isSame(SliceTensor a, SliceTensor b) throws IOException {
    for (int i = 0; i < a.inputs().size(); i++) {
      Source left = a.inputs().get(i).orElseThrow();
      Source right = b.inputs().get(i).orElseThrow();
      if (!left.equals(right) && !TiedTensors.isSame(left, right)) {
        return false;
      }
    }
    return true;
  }
}

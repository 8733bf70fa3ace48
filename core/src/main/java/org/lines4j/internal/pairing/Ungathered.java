package org.lines4j.internal.pairing;

import java.util.List;
import org.lines4j.error.InputException;
import org.lines4j.format.Checkpoint;
import org.lines4j.tensor.TensorInfo;

/// Models whose tensors are empty: DeepSpeed's ZeRO-3 leaves them so in each process, and whoever
/// saves a process's model without gathering its weights saves shapes of `[0]`.
public final class Ungathered {
  private Ungathered() {}

  /// Checks that a model has its weights.
  ///
  /// @throws InputException if most of its tensors are empty
  public static void refuse(Checkpoint model) {
    List<TensorInfo> tensors = model.infos();
    long empty = tensors.stream().filter(tensor -> tensor.shape().elements() == 0).count();
    if (empty > 0 && 2 * empty >= tensors.size()) {
      throw new InputException(
              model.location(),
              ("%d of its %d tensors are empty: it was saved from one process of DeepSpeed's"
                      + " ZeRO-3, each of which holds a part of the weights")
                  .formatted(empty, tensors.size()))
          .withRemedy(
              "put the model together from its checkpoint, python zero_to_fp32.py . OUT"
                  + " --safe_serialization, or save it with"
                  + " stage3_gather_16bit_weights_on_model_save");
    }
  }
}

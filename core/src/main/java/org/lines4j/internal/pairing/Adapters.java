package org.lines4j.internal.pairing;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.lines4j.error.InputException;
import org.lines4j.format.Checkpoint;
import org.lines4j.format.StoredTensor;

/// Checkpoints that hold adapters, told by the names of their tensors.
public final class Adapters {
  /// @param parts of names that only such adapters have
  private record Kind(String name, List<String> parts) {
    boolean isPart(String tensor) {
      return parts.stream().anyMatch(tensor::contains);
    }
  }

  private static final List<Kind> KINDS =
      List.of(
          new Kind(
              "LoRA adapter of peft",
              List.of(".lora_A.", ".lora_B.", ".lora_embedding_", ".lora_magnitude_vector")),
          new Kind("LoRA of kohya's sd-scripts", List.of(".lora_up.", ".lora_down.")),
          new Kind("LoRA of diffusers", List.of(".lora.up.", ".lora.down.", "_lora.up.")),
          new Kind("LyCORIS adapter", List.of(".hada_w1_", ".hada_w2_", ".lokr_w1", ".lokr_w2")));

  private Adapters() {}

  /// Throws if some models are adapters, or have adapters inside, and others are not: that is why
  /// they do not fit together.
  ///
  /// @throws InputException that calls the first of them what it is
  public static void refuse(Collection<Checkpoint> models) {
    List<Checkpoint> adapters =
        models.stream().filter(model -> describe(model).isPresent()).toList();
    if (!adapters.isEmpty() && adapters.size() < models.size()) {
      Checkpoint first = adapters.getFirst();
      throw new InputException(
          first.location(),
          describe(first).orElseThrow()
              + ", not a model. Merge it into its base first and give the result here: with peft,"
              + " PeftModel.from_pretrained(BASE, ADAPTER).merge_and_unload(), then"
              + " save_pretrained; with sd-scripts, networks/merge_lora.py");
    }
  }

  /// What kind of adapter it is, with an example; empty for a model.
  private static Optional<String> describe(Checkpoint model) {
    List<String> names = model.tensors().stream().map(StoredTensor::name).toList();
    for (Kind kind : KINDS) {
      List<String> own = names.stream().filter(kind::isPart).toList();
      if (!own.isEmpty()) {
        // kohya has an alpha beside each pair
        String what =
            own.size() * 2 > names.size()
                ? "a " + kind.name
                : "a model with a " + kind.name + " inside";
        return Optional.of(
            "%s (%d of %d tensors are its parts, such as %s)"
                .formatted(what, own.size(), names.size(), own.getFirst()));
      }
    }
    return Optional.empty();
  }
}

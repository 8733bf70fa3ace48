package org.lines4j.internal.lora;

import java.io.IOException;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.lines4j.format.Checkpoint;
import org.lines4j.format.StoredTensor;
import org.lines4j.format.TensorSource;
import org.lines4j.internal.config.ModelConfig;
import org.lines4j.internal.renamed.RunningNames;
import org.lines4j.internal.source.RenamedTensor;

/// A model whose head is its embedding, as one that stores both, so that one may change without the
/// other, and whatever else is one. Its configuration says that they are two. Closing it closes
/// nothing.
public final class UntiedModel extends ReconfiguredModel {
  private final Set<String> twins;

  /// @param names of what becomes a tensor of its own, which may be stored as well → what it is one
  ///   with in `tied`
  UntiedModel(Checkpoint tied, Map<String, String> names) {
    super(tied, apart(tied, names), ModelConfig::untied);
    this.twins = new LinkedHashSet<>(names.keySet());
  }

  private static Collection<ShownTensor> apart(Checkpoint tied, Map<String, String> names) {
    Map<String, ShownTensor> tensors = new LinkedHashMap<>();
    ShownTensor.of(tied).forEach(tensor -> tensors.put(tensor.name(), tensor));
    names.forEach(
        (name, embedding) -> {
          StoredTensor stored = tied.find(embedding).orElseThrow();
          TensorSource twin = RenamedTensor.of(name, tied.source(stored));
          int shard = tied.find(name).orElse(stored).shard();
          tensors.put(name, new ShownTensor(twin, shard));
        });
    return tensors.values();
  }

  /// A model with all that is one in it and that another stores apart; the model itself where that
  /// is nothing.
  ///
  /// @param other under the same names
  public static Checkpoint with(Checkpoint model, Checkpoint other) throws IOException {
    Map<String, String> twins = new LinkedHashMap<>();
    RunningNames.of(model)
        .ties()
        .forEach(
            (name, embedding) -> {
              if (other.find(name).isPresent()) {
                twins.put(name, embedding);
              }
            });
    return twins.isEmpty() ? model : new UntiedModel(model, twins);
  }

  /// As it is stored.
  Checkpoint tied() {
    return shown();
  }

  @Override
  public Optional<String> remark() {
    return remarkWith(
        Stream.of(
            "makes the embedding and what is one with it differ (%s), so each is stored, and tie_word_embeddings is false"
                .formatted(String.join(", ", twins))));
  }
}

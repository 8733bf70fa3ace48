package org.lines4j.plan;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.lines4j.tensor.DType;

/// What must change in the files that go along with an output folder's weights.
///
/// @param dtype the weights' type that `config.json` gives
/// @param layers which layers there are
/// @param vocabulary the `vocab_size` that `config.json` gives
/// @param files contents that replace a file of this name, or come in addition
public record SidecarChanges(
    Optional<DType> dtype,
    Optional<Layers> layers,
    OptionalLong vocabulary,
    Map<String, String> files) {
  /// Copies the files.
  public SidecarChanges {
    files = Map.copyOf(files);
  }

  /// Everything goes along as it is.
  public static SidecarChanges none() {
    return new SidecarChanges(Optional.empty(), Optional.empty(), OptionalLong.empty(), Map.of());
  }

  /// These changes, with another type of weights where there is one.
  public SidecarChanges withDtype(Optional<DType> type) {
    return new SidecarChanges(type, layers, vocabulary, files);
  }

  /// These changes, with other layers.
  public SidecarChanges withLayers(Layers from) {
    return new SidecarChanges(dtype, Optional.of(from), vocabulary, files);
  }

  /// These changes, with files that replace or join the others.
  public SidecarChanges withFiles(Map<String, String> contents) {
    return new SidecarChanges(dtype, layers, vocabulary, contents);
  }

  /// Whether `config.json` changes at all.
  public boolean changesConfig() {
    return dtype.isPresent() || layers.isPresent() || vocabulary.isPresent();
  }

  /// The layers of an output that has other ones than the model whose files go along.
  ///
  /// @param before how many layers that model has
  /// @param origins for each layer of the output, the layer of a source that it is like, from 0
  public record Layers(int before, List<Integer> origins) {
    /// Copies the list.
    public Layers {
      origins = List.copyOf(origins);
    }
  }
}

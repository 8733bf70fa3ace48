package org.lines4j.internal.renamed;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.lines4j.format.Checkpoint;
import org.lines4j.format.Shard;
import org.lines4j.format.StoredTensor;

/// Further names of a model's tensors that its file tells: `save_model` of safetensors stores what
/// several parameters share under one of their names, and says in the header's metadata which
/// others stand for it.
final class SharedNames {
  private static final String FORMAT = "format";

  private final Checkpoint model;
  private final Map<String, String> stored = new LinkedHashMap<>();

  private SharedNames(Checkpoint model) {
    this.model = model;
  }

  /// What the metadata of a model say of tensors that it has.
  static SharedNames of(Checkpoint model) {
    SharedNames names = new SharedNames(model);
    for (Shard shard : model.shards()) {
      shard
          .metadata()
          .forEach(
              (name, as) -> {
                if (model.find(name).isEmpty() && model.find(as).isPresent()) {
                  names.stored.put(name, as);
                }
              });
    }
    return names;
  }

  /// Whether a file's metadata are others for another model's further names.
  boolean areOtherwise(SharedNames other) {
    return model.shards().stream()
        .anyMatch(shard -> !metadata(shard, other).equals(shard.metadata()));
  }

  /// A file's metadata as they are for another model's further names in place of this one's. Some
  /// of what reads the output wants to be told the program that it is for.
  Map<String, String> metadata(Shard shard, SharedNames other) {
    Map<String, String> metadata = new LinkedHashMap<>(shard.metadata());
    metadata.entrySet().removeIf(stored.entrySet()::contains);
    if (!other.stored.isEmpty()) {
      Set<String> tensors =
          shard.tensors().stream().map(StoredTensor::name).collect(Collectors.toSet());
      other.stored.forEach(
          (name, as) -> {
            if (tensors.contains(as)) {
              metadata.put(name, as);
            }
          });
    }
    String format = other.model.shards().getFirst().metadata().get(FORMAT);
    if (format != null) {
      metadata.putIfAbsent(FORMAT, format);
    }
    return metadata;
  }

  /// Those that another model has not, or not as names of the same.
  SharedNames unlike(SharedNames other) {
    SharedNames unlike = new SharedNames(model);
    unlike.stored.putAll(stored);
    unlike.stored.entrySet().removeIf(other.stored.entrySet()::contains);
    return unlike;
  }

  /// What a user should know where some of these names were of use.
  ///
  /// @param used names, others too
  Optional<String> notice(Stream<String> used) {
    String list =
        used.filter(stored::containsKey)
            .map(name -> "%s is stored as %s".formatted(name, stored.get(name)))
            .collect(Collectors.joining(", "));
    return list.isEmpty()
        ? Optional.empty()
        : Optional.of("%s: %s, as its metadata say".formatted(model.location(), list));
  }

  /// The model's tensors under all of their names.
  Map<String, NamedTensor> shown(Map<String, NamedTensor> tensors) {
    Map<String, NamedTensor> shown = new LinkedHashMap<>(tensors);
    stored.forEach(
        (name, as) -> {
          NamedTensor tensor = tensors.get(as);
          if (tensor != null) {
            shown.putIfAbsent(name, new NamedTensor(name, tensor.source(), tensor.shard()));
          }
        });
    return shown;
  }

  /// Without those names of this model's tensors that another model has not, each tensor once at
  /// least.
  Map<String, NamedTensor> needed(Map<String, NamedTensor> tensors, Set<String> theirs) {
    Map<String, NamedTensor> needed = new LinkedHashMap<>(tensors);
    for (String as : Set.copyOf(stored.values())) {
      List<String> names = namesOf(as, tensors);
      if (names.stream().anyMatch(theirs::contains)) {
        names.stream().filter(name -> !theirs.contains(name)).forEach(needed::remove);
      } else {
        names.stream().skip(1).forEach(needed::remove);
      }
    }
    return needed;
  }

  private List<String> namesOf(String as, Map<String, NamedTensor> tensors) {
    return model.find(as).map(model::source).stream()
        .flatMap(
            source ->
                tensors.entrySet().stream()
                    .filter(tensor -> tensor.getValue().source().isTiedTo(source))
                    .map(Map.Entry::getKey))
        .toList();
  }

  /// Another model's tensors with this model's names for what this one stores once.
  Map<String, NamedTensor> once(Map<String, NamedTensor> tensors, Checkpoint other)
      throws IOException {
    Map<String, NamedTensor> once = tensors;
    for (Map.Entry<String, String> shared : stored.entrySet()) {
      NamedTensor own = once.get(shared.getKey());
      NamedTensor kept = once.get(shared.getValue());
      if (own != null && (kept == null || Heads.isSame(other, own, kept))) {
        once = renamed(once, shared.getKey(), shared.getValue());
      }
    }
    return once;
  }

  private static Map<String, NamedTensor> renamed(
      Map<String, NamedTensor> tensors, String name, String now) {
    Map<String, NamedTensor> renamed = new LinkedHashMap<>();
    tensors.forEach((each, tensor) -> renamed.putIfAbsent(each.equals(name) ? now : each, tensor));
    return renamed;
  }
}

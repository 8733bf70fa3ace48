package org.lines4j.internal.lora;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.lines4j.error.InputException;
import org.lines4j.format.Checkpoint;
import org.lines4j.format.Companions;
import org.lines4j.format.Formats;
import org.lines4j.format.StoredTensor;
import org.lines4j.format.TensorSource;
import org.lines4j.internal.index.WeightsBeside;
import org.lines4j.internal.lora.AdapterKey.Role;
import org.lines4j.storage.Location;
import org.lines4j.storage.Storage;
import org.lines4j.storage.Storage.Entry;
import org.lines4j.storage.Storage.Kind;
import org.lines4j.storage.Storages;

/// An adapter as its files have it, each part with its partners.
///
/// @param folder that holds it
/// @param weights its tensors by their own names
/// @param modules that it changes by products
/// @param wholes what takes the place of the base's tensors, by name in the running model
/// @param tokens new rows, by the embedding's module
/// @param remark what of it is not used
record Adapter(
    Location folder,
    AdapterConfig config,
    Checkpoint weights,
    List<LoraModule> modules,
    Map<String, TensorSource> wholes,
    Map<String, TensorSource> tokens,
    Optional<String> remark) {
  static final String CONFIG = "adapter_config.json";
  static final List<String> WEIGHTS = List.of("adapter_model.safetensors", "adapter_model.bin");

  /// Opens a folder, or the file with the weights in one.
  ///
  /// @throws InputException if something is missing, malformed, or cannot be
  static Adapter open(Storage storage, Location location) throws IOException {
    boolean isFile = storage.kind(location) != Kind.FOLDER;
    Location folder = isFile ? location.sibling("") : location;
    AdapterConfig config = config(storage, folder);
    Location file = isFile ? location : weights(storage, folder);
    Checkpoint weights = Formats.openTensors(storage, file);
    try {
      return of(folder, config, weights, beside(storage, folder));
    } catch (IOException | RuntimeException e) {
      weights.close();
      throw e;
    }
  }

  /// The same of one that is open: its folder, or the file with the weights in one.
  static Adapter of(Checkpoint opened) throws IOException {
    Location location = opened.location();
    if (opened.format().equals(KohyaFormat.NAME)) {
      throw new InputException(
              location,
              "a LoRA of kohya's sd-scripts, whose modules are known by its model's names alone")
          .withRemedy("make a model of it and its base, or an adapter of that with extract");
    }
    Location folder = WEIGHTS.contains(location.name()) ? location.sibling("") : location;
    return of(folder, config(Storages.of(folder), folder), opened, Optional.empty());
  }

  private static AdapterConfig config(Storage storage, Location folder) throws IOException {
    return ConfigReader.read(
        Companions.of(storage, folder)
            .find(CONFIG)
            .orElseThrow(
                () ->
                    new InputException(
                            folder,
                            "an adapter without %s, which has its rank and alpha".formatted(CONFIG))
                        .withRemedy("copy it from where the adapter is from")));
  }

  private static Location weights(Storage storage, Location folder) throws IOException {
    for (String name : WEIGHTS) {
      if (storage.kind(folder.child(name)) == Kind.FILE) {
        return folder.child(name);
      }
    }
    throw InputException.expected(
        folder, "an adapter's weights", String.join(" or ", WEIGHTS), "none");
  }

  private static Adapter of(
      Location folder, AdapterConfig config, Checkpoint weights, Optional<String> remark) {
    if (weights.tensors().isEmpty()) {
      throw new InputException(weights.location(), "an adapter's file with no tensors")
          .withRemedy("save it again; training with DeepSpeed must gather its weights first");
    }
    Sorted sorted = new Sorted(weights);
    List<LoraModule> modules = new ArrayList<>();
    sorted.parts.forEach(
        (key, own) -> modules.add(new ModuleParts(weights.location(), config, own).module(key)));
    return new Adapter(
        folder, config, weights, List.copyOf(modules), sorted.wholes, sorted.tokens, remark);
  }

  /// In words, what was trained beside the adapter and is no part of it.
  private static Optional<String> beside(Storage storage, Location folder) throws IOException {
    List<String> files =
        storage.list(folder).stream().map(Entry::name).filter(WeightsBeside::isFile).toList();
    return files.isEmpty()
        ? Optional.empty()
        : Optional.of(
            String.join(", ", files)
                + ": trained beside the adapter, and no part of the model made here; what loads the"
                + " adapter may need it");
  }

  /// The tensors of a file by what they are.
  private static final class Sorted {
    private final Checkpoint weights;
    private final Map<AdapterKey, Map<Role, TensorSource>> parts = new LinkedHashMap<>();
    private final Map<String, TensorSource> wholes = new LinkedHashMap<>();
    private final Map<String, TensorSource> tokens = new LinkedHashMap<>();
    private final Map<String, String> originals = new LinkedHashMap<>();

    Sorted(Checkpoint weights) {
      this.weights = weights;
      weights.tensors().forEach(this::add);
      originals.forEach(
          (module, name) -> {
            if (!wholes.containsKey(module)) {
              throw wrong(name, "nothing in the file takes its place");
            }
          });
    }

    private void add(StoredTensor tensor) {
      String name = tensor.name();
      AdapterKey key =
          AdapterKey.of(name)
              .orElseThrow(() -> wrong(name, "nothing that a LoRA adapter of PEFT has"));
      if (!tensor.info().dtype().isFloating() && key.role() != Role.WHOLE) {
        throw wrong(
            name, "expected floating numbers, found %s".formatted(tensor.info().typeAndShape()));
      }
      TensorSource source = weights.source(tensor);
      TensorSource twice =
          switch (key.role()) {
            case WHOLE -> addWhole(key.module(), source);
            case ORIGINAL -> {
              originals.put(key.module(), name);
              yield null;
            }
            case TOKENS -> tokens.put(key.module(), source);
            default ->
                parts
                    .computeIfAbsent(key.of(Role.A), _ -> new EnumMap<>(Role.class))
                    .put(key.role(), source);
          };
      if (twice != null) {
        throw wrong(name, "it is the same part as " + twice.info().name());
      }
    }

    /// PEFT saves the biases of a replaced module under two names where it trains all biases: as a
    /// parameter of the model beside those of the module. It reads the module's.
    private @Nullable TensorSource addWhole(String module, TensorSource source) {
      TensorSource other = wholes.get(module);
      boolean isSaved = AdapterKey.isSaved(source.info().name());
      if (other == null || isSaved == AdapterKey.isSaved(other.info().name())) {
        return wholes.put(module, source);
      }
      if (!isSaved) {
        wholes.put(module, source);
      }
      return null;
    }

    private InputException wrong(String name, String why) {
      return new InputException(weights.location(), "tensor %s: %s".formatted(name, why))
          .withTensor(name);
    }
  }

  /// The numbers of the rows that `tokens` of a module replace.
  List<Long> rows(String module) {
    Map<String, List<Long>> known = config.tokens();
    Optional<List<Long>> own =
        known.entrySet().stream()
            .filter(e -> e.getKey().isEmpty() || AdapterConfig.isCalled(module, e.getKey()))
            .max(Comparator.comparingInt(e -> e.getKey().length()))
            .map(Map.Entry::getValue);
    return own.orElseThrow(
        () ->
            new InputException(
                config.file(),
                "trainable_token_indices: nothing for %s, of which there are new rows"
                    .formatted(module)));
  }
}

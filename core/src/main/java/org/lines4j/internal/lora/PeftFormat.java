package org.lines4j.internal.lora;

import java.io.IOException;
import java.util.List;
import org.lines4j.error.Counted;
import org.lines4j.error.InputException;
import org.lines4j.error.Shown;
import org.lines4j.format.Checkpoint;
import org.lines4j.format.InputFormat;
import org.lines4j.format.Shard;
import org.lines4j.format.StoredCheckpoint;
import org.lines4j.format.StoredTensor;
import org.lines4j.storage.Location;
import org.lines4j.storage.Storage;
import org.lines4j.storage.Storage.Entry;
import org.lines4j.storage.Storage.Kind;

/// LoRA adapters of PEFT: a folder with `adapter_config.json` and `adapter_model.safetensors` or
/// `adapter_model.bin`; or that file itself. They are no models, but are opened on one.
///
/// A folder that holds a whole model, too, is that model.
public final class PeftFormat implements InputFormat {
  /// What models with an adapter on them are called, too.
  public static final String NAME = "peft-lora";

  private static final List<String> MODELS = List.of("model.safetensors", "pytorch_model.bin");

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public boolean holdsAdapters() {
    return true;
  }

  @Override
  public boolean recognises(Storage storage, Location location) throws IOException {
    if (storage.kind(location) != Kind.FOLDER) {
      return Adapter.WEIGHTS.contains(location.name())
          && storage.kind(location.sibling(Adapter.CONFIG)) == Kind.FILE;
    }
    List<String> names = storage.list(location).stream().map(Entry::name).toList();
    return names.stream().noneMatch(PeftFormat::isModel)
        && names.stream()
            .anyMatch(name -> name.equals(Adapter.CONFIG) || Adapter.WEIGHTS.contains(name));
  }

  private static boolean isModel(String file) {
    return MODELS.contains(file) || file.endsWith(".index.json");
  }

  @Override
  public Checkpoint open(Storage storage, Location location) throws IOException {
    try (Checkpoint adapter = Adapter.open(storage, location).weights()) {
      throw new InputException(
              location,
              "a LoRA adapter (%s), which changes a model and is none"
                  .formatted(Counted.of(adapter.tensors().size(), "tensor")))
          .withRemedy(
              "name it together with its model, as MODEL+%s".formatted(Shown.of(location.text())));
    }
  }

  @Override
  public Checkpoint openOn(Checkpoint base, Storage storage, Location location) throws IOException {
    Adapter adapter = Adapter.open(storage, location);
    try {
      return AdaptedTensors.model(adapter, base);
    } catch (IOException | RuntimeException e) {
      adapter.weights().close();
      throw e;
    }
  }

  @Override
  public Checkpoint openParts(Storage storage, Location location, String part) throws IOException {
    Checkpoint weights = Adapter.open(storage, location).weights();
    try (StoredCheckpoint.Builder builder = StoredCheckpoint.builder(NAME, location)) {
      for (Shard shard : weights.shards()) {
        int file = builder.file(shard.file(), shard.metadata());
        for (StoredTensor tensor : shard.tensors()) {
          builder.tensor(file, weights.source(tensor));
        }
      }
      return storage.kind(location) == Kind.FOLDER ? builder.folder().build() : builder.build();
    }
  }
}

package org.lines4j.internal.lora;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;
import org.lines4j.error.InputException;
import org.lines4j.error.Shown;
import org.lines4j.format.Checkpoint;
import org.lines4j.format.Formats;
import org.lines4j.format.InputFormat;
import org.lines4j.format.Shard;
import org.lines4j.format.StoredCheckpoint;
import org.lines4j.format.StoredTensor;
import org.lines4j.storage.ByteSource;
import org.lines4j.storage.Location;
import org.lines4j.storage.Storage;
import org.lines4j.storage.Storage.Kind;

/// LoRA adapters of kohya's sd-scripts: a safetensors file whose tensors are called
/// `lora_unet_….lora_down.weight`. They are opened on the model of diffusers, or the single file,
/// whose modules they name.
public final class KohyaFormat implements InputFormat {
  static final String NAME = "kohya-lora";

  private static final int LENGTH = Long.BYTES;

  /// Of a header's end, where tensors are told of, behind all metadata.
  private static final int LOOKED_AT = 1 << 16;

  private static final Pattern TENSOR =
      Pattern.compile("\"lora_[a-z]+\\d*_[^\"]+\\.lora_(down|up)\\.weight\"");

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
    if (storage.kind(location) != Kind.FILE) {
      return false;
    }
    try (ByteSource file = storage.open(location)) {
      if (file.size() <= LENGTH) {
        return false;
      }
      MemorySegment start = MemorySegment.ofArray(new byte[LENGTH]);
      file.read(0, start);
      long length =
          start.get(ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN), 0);
      if (length <= 0 || length > file.size() - LENGTH) {
        return false;
      }
      byte[] end = new byte[(int) Math.min(length, LOOKED_AT)];
      file.read(LENGTH + length - end.length, MemorySegment.ofArray(end));
      return TENSOR.matcher(new String(end, StandardCharsets.ISO_8859_1)).find();
    }
  }

  @Override
  public Checkpoint open(Storage storage, Location location) throws IOException {
    throw new InputException(
            location, "a LoRA of kohya's sd-scripts, which changes a model and is none")
        .withRemedy(
            "name it together with its model, as MODEL+%s".formatted(Shown.of(location.text())));
  }

  @Override
  public Checkpoint openOn(Checkpoint base, Storage storage, Location location) throws IOException {
    Checkpoint weights = Formats.openTensors(storage, location);
    try {
      Adapter adapter = new KohyaAdapter(weights).on(base);
      return AdaptedTensors.model(adapter, base);
    } catch (IOException | RuntimeException e) {
      weights.close();
      throw e;
    }
  }

  @Override
  public Checkpoint openParts(Storage storage, Location location, String part) throws IOException {
    Checkpoint weights = Formats.openTensors(storage, location);
    try (StoredCheckpoint.Builder builder = StoredCheckpoint.builder(NAME, location)) {
      for (Shard shard : weights.shards()) {
        int file = builder.file(shard.file(), shard.metadata());
        for (StoredTensor tensor : shard.tensors()) {
          builder.tensor(file, weights.source(tensor));
        }
      }
      return builder.build();
    }
  }
}

package org.lines4j.internal.safetensors;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.lines4j.format.Checkpoint;
import org.lines4j.format.FileTensor;
import org.lines4j.format.InputFormat;
import org.lines4j.format.StoredCheckpoint;
import org.lines4j.quantised.Quantisation;
import org.lines4j.storage.ByteSource;
import org.lines4j.storage.Location;
import org.lines4j.storage.Storage;
import org.lines4j.storage.Storage.Kind;

/// A `.safetensors` file, or a folder that holds one (`model.safetensors`) or an index
/// (`model.safetensors.index.json`) with its shards.
public final class SafetensorsFormat implements InputFormat {
  private static final String NAME = "safetensors";
  private static final int BEGINNING = 9;

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public boolean recognises(Storage storage, Location location) throws IOException {
    if (storage.kind(location) == Kind.FOLDER) {
      return storage.list(location).stream()
          .anyMatch(
              entry -> entry.name().endsWith(".safetensors") || ModelFolder.isIndex(entry.name()));
    }
    try (ByteSource file = storage.open(location)) {
      return begins(file);
    }
  }

  /// Whether there is a length that the file has room for, then a brace.
  private static boolean begins(ByteSource file) throws IOException {
    if (file.size() < BEGINNING) {
      return false;
    }
    ByteBuffer bytes = ByteBuffer.allocate(BEGINNING).order(ByteOrder.LITTLE_ENDIAN);
    file.read(0, MemorySegment.ofBuffer(bytes));
    long length = bytes.getLong(0);
    return length >= 0 && length < file.size() && bytes.get(BEGINNING - 1) == '{';
  }

  @Override
  public Checkpoint open(Storage storage, Location location) throws IOException {
    if (storage.kind(location) != Kind.FOLDER) {
      return openFiles(storage, location, List.of(location), Optional.empty());
    }
    ModelFolder folder = ModelFolder.read(storage, location);
    List<Location> files = folder.files().stream().map(location::child).toList();
    return openFiles(storage, location, files, Optional.of(folder));
  }

  private static Checkpoint openFiles(
      Storage storage, Location location, List<Location> files, Optional<ModelFolder> folder)
      throws IOException {
    try (StoredCheckpoint.Builder builder = StoredCheckpoint.builder(NAME, location)) {
      List<ByteSource> sources = new ArrayList<>();
      for (Location file : files) {
        sources.add(storage.openRegular(file));
        int _ = builder.file(sources.getLast(), Map.of());
      }
      List<HeaderReader.Header> headers = HeaderReader.readAll(sources);
      for (int shard = 0; shard < headers.size(); shard++) {
        builder.metadata(shard, headers.get(shard).metadata());
        for (FileTensor tensor : headers.get(shard).tensors()) {
          builder.tensor(shard, tensor);
        }
      }
      if (folder.isPresent()) {
        folder.get().check(builder.folder().shards());
      }
      return weights(builder.build());
    }
  }

  /// The checkpoint with weights in place of codes, where it has such.
  private static Checkpoint weights(Checkpoint stored) throws IOException {
    try {
      return Quantisation.dequantised(stored);
    } catch (IOException | RuntimeException e) {
      stored.close();
      throw e;
    }
  }
}

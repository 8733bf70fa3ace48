package org.lines4j.internal.index;

import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.lines4j.error.InputException;
import org.lines4j.error.Shown;
import org.lines4j.format.Shard;
import org.lines4j.format.StoredCheckpoint;
import org.lines4j.format.StoredTensor;
import org.lines4j.internal.foreign.ForeignFiles;
import org.lines4j.storage.ByteSource;
import org.lines4j.storage.Location;
import org.lines4j.storage.Storage;
import org.lines4j.storage.Storage.Kind;
import tools.jackson.core.JsonToken;

/// A file that says which tensor of a model is in which of its files, as `transformers` writes it
/// for safetensors and for PyTorch's: `{"weight_map": {"TENSOR": "FILE", …}, …}`.
///
/// @param folder that it lies in
/// @param name what it is called
/// @param weightMap tensor name → file name
public record WeightIndex(Location folder, String name, Map<String, String> weightMap) {
  private static final long MAX_INDEX = 200_000_000;

  /// Copies the map.
  public WeightIndex {
    weightMap = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(weightMap));
  }

  /// The names of the files, in their order.
  public List<String> files() {
    return List.copyOf(new TreeSet<>(new HashSet<>(weightMap.values())));
  }

  /// Reads an index of a folder.
  ///
  /// @throws InputException if it is malformed, or names what is no file of the folder
  public static WeightIndex read(Storage storage, Location folder, String name) throws IOException {
    Location file = folder.child(name);
    Map<String, String> weightMap = readWeightMap(storage, file);
    if (weightMap.isEmpty()) {
      throw new InputException(file, "its weight_map is missing or empty");
    }
    WeightIndex index = new WeightIndex(folder, name, weightMap);
    for (String shard : index.files()) {
      checkInside(storage, folder, file, shard);
    }
    return index;
  }

  private static Map<String, String> readWeightMap(Storage storage, Location index)
      throws IOException {
    try (ByteSource file = storage.openRegular(index)) {
      if (file.size() > MAX_INDEX) {
        throw new InputException(index, "longer than " + MAX_INDEX + " bytes");
      }
      ForeignFiles.pointer(file)
          .ifPresent(
              pointer -> {
                throw new InputException(pointer.in(index));
              });
      Map<String, String> weightMap = new LinkedHashMap<>();
      try (JsonSource source = JsonSource.of(file, 0, file.size())) {
        source.expectNext(JsonToken.START_OBJECT, "the index", "an object");
        boolean seen = false;
        while (source.next() == JsonToken.PROPERTY_NAME) {
          if (!source.name().equals("weight_map")) {
            source.skipValue();
          } else if (seen) {
            throw new InputException(index, "weight_map is given twice");
          } else {
            seen = true;
            readEntries(index, source, weightMap);
          }
        }
        source.expectEnd("the index");
      }
      return weightMap;
    }
  }

  private static void readEntries(
      Location index, JsonSource source, Map<String, String> weightMap) {
    source.expectNext(JsonToken.START_OBJECT, "weight_map", "an object of file names");
    Map<String, String> files = new HashMap<>(); // each name once, for all of its tensors
    while (source.next() == JsonToken.PROPERTY_NAME) {
      String tensor = source.name();
      source.expectNext(
          JsonToken.VALUE_STRING, () -> "weight_map, " + Shown.of(tensor), "a file name");
      String file = files.computeIfAbsent(source.text(), name -> name);
      if (weightMap.put(tensor, file) != null) {
        throw new InputException(index, "weight_map names " + Shown.of(tensor) + " twice");
      }
      if (weightMap.size() > StoredCheckpoint.MAX_TENSORS) {
        throw new InputException(index, "more than " + StoredCheckpoint.MAX_TENSORS + " tensors");
      }
    }
    source.expect(JsonToken.END_OBJECT, "the end of weight_map", "'}'");
  }

  /// A file that an index names must be one of the folder.
  private static void checkInside(Storage storage, Location folder, Location index, String name)
      throws IOException {
    if (!FileName.isPlain(name)) {
      throw new InputException(
              index,
              "weight_map should name files of this folder, found '%s'".formatted(Shown.of(name)))
          .withExpected("files of this folder", Shown.of(name));
    }
    if (!isThere(storage, folder, name)) {
      throw new InputException(
              index, "the shard %s that it names is missing".formatted(Shown.of(name)))
          .withRemedy("download or copy the model again");
    }
  }

  private static boolean isThere(Storage storage, Location folder, String name) throws IOException {
    try {
      return storage.kind(folder.child(name)) != Kind.ABSENT;
    } catch (InvalidPathException e) {
      return false; // no file can have this name here
    }
  }

  /// Compares the index with what the shards' headers say: each must name the same tensors.
  public void check(List<Shard> shards) {
    Location file = folder.child(name);
    Map<String, String> unseen = new LinkedHashMap<>(weightMap);
    for (Shard shard : shards) {
      String shardName = shard.location().name();
      for (StoredTensor tensor : shard.tensors()) {
        if (!shardName.equals(unseen.remove(tensor.name()))) {
          throw new InputException(
                  file,
                  "tensor %s is in %s, but weight_map puts it in %s"
                      .formatted(
                          Shown.of(tensor.name()),
                          shardName,
                          weightMap.getOrDefault(tensor.name(), "no file")))
              .withTensor(Shown.of(tensor.name()));
        }
      }
    }
    if (!unseen.isEmpty()) {
      Map.Entry<String, String> first = unseen.entrySet().iterator().next();
      throw new InputException(
          file,
          "tensor %s is not in %s, where weight_map puts it%s"
              .formatted(
                  Shown.of(first.getKey()),
                  first.getValue(),
                  unseen.size() == 1 ? "" : "; so are " + (unseen.size() - 1) + " more"));
    }
  }
}

package org.lines4j.internal.safetensors;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.lines4j.error.InputException;
import org.lines4j.error.Shown;
import org.lines4j.format.Shard;
import org.lines4j.format.StoredTensor;
import tools.jackson.core.JsonToken;

/// Which files of a Hugging Face model folder hold its weights.
///
/// As `transformers` looks for them: `model.safetensors`, or an index (`*.safetensors.index.json`);
/// then the only `.safetensors` file that there is. Where there are two sets of weights, it is for
/// the user to say which.
///
/// @param files the shards, ordered by name
/// @param index the index file, or null where one file holds everything
/// @param weightMap tensor name → file name, as the index says; empty without one
public record ModelFolder(
    List<Path> files,
    @org.jspecify.annotations.Nullable Path index,
    Map<String, String> weightMap) {
  /// The ending of an index file's name.
  public static final String INDEX_SUFFIX = ".safetensors.index.json";

  private static final String SUFFIX = ".safetensors";
  private static final String SINGLE = "model.safetensors";
  private static final Pattern PART = Pattern.compile("-\\d+-of-\\d+");
  private static final long MAX_INDEX = 200_000_000;

  /// Copies its collections.
  public ModelFolder {
    files = List.copyOf(files);
    weightMap = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(weightMap));
  }

  /// Looks into `folder`.
  ///
  /// @throws InputException if no weights are found, or more than one set of them
  public static ModelFolder read(Path folder) throws IOException {
    List<Path> weights = list(folder, SUFFIX);
    List<Path> indexes = list(folder, INDEX_SUFFIX);
    Path single = folder.resolve(SINGLE);
    if (indexes.size() == 1) {
      Path index = indexes.getFirst();
      ModelFolder found = ofIndex(folder, index);
      if (weights.contains(single) && !found.files().contains(single)) {
        throw new InputException(folder, twoModels(index));
      }
      return found;
    }
    if (indexes.isEmpty() && weights.contains(single)) {
      return new ModelFolder(List.of(single), null, Map.of());
    }
    if (indexes.isEmpty() && weights.size() == 1) {
      return new ModelFolder(weights, null, Map.of());
    }
    throw new InputException(folder, complaint(folder, weights, indexes));
  }

  /// `transformers` would load [#SINGLE] and not look at the index.
  private static String twoModels(Path index) {
    return ("two sets of weights: %s, and %s, which names other files; name the file that you mean,"
            + " or remove what does not belong here")
        .formatted(SINGLE, index.getFileName());
  }

  private static String complaint(Path folder, List<Path> weights, List<Path> indexes)
      throws IOException {
    if (indexes.isEmpty()
        && !weights.isEmpty()
        && weights.stream().allMatch(file -> PART.matcher(file.getFileName().toString()).find())) {
      return "parts of a model (%s), but no index (model%s) that says what belongs to it"
          .formatted(names(weights), INDEX_SUFFIX);
    }
    if (!weights.isEmpty() || !indexes.isEmpty()) {
      return "expected one .safetensors file or one index, found %s; name the file that you mean"
          .formatted(names(indexes.isEmpty() ? weights : indexes));
    }
    String others =
        Stream.of(".bin", ".pt", ".pth", ".ckpt", ".gguf", ".h5", ".msgpack")
            .flatMap(ending -> listQuietly(folder, ending).stream())
            .map(path -> path.getFileName().toString())
            .collect(Collectors.joining(", "));
    return others.isEmpty()
        ? "no weights in this folder: expected model.safetensors or model.safetensors.index.json"
        : "no .safetensors weights in this folder, only %s; save them again with safe_serialization"
            .formatted(others);
  }

  private static List<Path> listQuietly(Path folder, String ending) {
    try {
      return list(folder, ending);
    } catch (IOException e) {
      return List.of();
    }
  }

  private static List<Path> list(Path folder, String ending) throws IOException {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries
          .filter(path -> path.getFileName().toString().endsWith(ending))
          .sorted()
          .toList();
    }
  }

  private static String names(List<Path> paths) {
    return paths.stream().map(p -> p.getFileName().toString()).collect(Collectors.joining(", "));
  }

  private static ModelFolder ofIndex(Path folder, Path index) throws IOException {
    if (!Files.isRegularFile(index)) {
      throw new InputException(index, "not a regular file");
    }
    Map<String, String> weightMap = readWeightMap(index);
    if (weightMap.isEmpty()) {
      throw new InputException(index, "its weight_map is missing or empty");
    }
    List<Path> files =
        new TreeSet<>(weightMap.values())
            .stream().map(name -> inside(folder, index, name)).toList();
    return new ModelFolder(files, index, weightMap);
  }

  private static Map<String, String> readWeightMap(Path index) throws IOException {
    try (FileChannel channel = FileChannel.open(index, StandardOpenOption.READ)) {
      if (channel.size() > MAX_INDEX) {
        throw new InputException(index, "longer than " + MAX_INDEX + " bytes");
      }
      Map<String, String> weightMap = new LinkedHashMap<>();
      try (JsonSource source = JsonSource.of(index, channel, 0, channel.size())) {
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

  private static void readEntries(Path index, JsonSource source, Map<String, String> weightMap) {
    source.expectNext(JsonToken.START_OBJECT, "weight_map", "an object of file names");
    while (source.next() == JsonToken.PROPERTY_NAME) {
      String tensor = source.name();
      source.expectNext(JsonToken.VALUE_STRING, "weight_map, " + Shown.of(tensor), "a file name");
      if (weightMap.put(tensor, source.text()) != null) {
        throw new InputException(index, "weight_map names " + Shown.of(tensor) + " twice");
      }
      if (weightMap.size() > HeaderReader.MAX_TENSORS) {
        throw new InputException(index, "more than " + HeaderReader.MAX_TENSORS + " tensors");
      }
    }
    source.expect(JsonToken.END_OBJECT, "the end of weight_map", "'}'");
  }

  /// A file that an index names must be a plain name: not a path, not a way out of the folder.
  private static Path inside(Path folder, Path index, String name) {
    boolean plain =
        !name.isEmpty()
            && !name.equals(".")
            && !name.equals("..")
            && name.chars().noneMatch(c -> c == '/' || c == '\\' || c == ':' || c < ' ');
    if (!plain) {
      throw new InputException(
          index,
          "weight_map should name files of this folder, found '%s'".formatted(Shown.of(name)));
    }
    try {
      Path file = folder.resolve(name);
      if (Files.exists(file)) {
        return file;
      }
    } catch (InvalidPathException e) {
      // no file can have this name here
    }
    throw new InputException(
        index, "the shard %s that it names is missing".formatted(Shown.of(name)));
  }

  /// Compares the index with what the shards' headers say: each must name the same tensors.
  public void check(List<Shard> shards) {
    if (index == null) {
      return;
    }
    Map<String, String> unseen = new LinkedHashMap<>(weightMap);
    for (Shard shard : shards) {
      String name = shard.file().getFileName().toString();
      for (StoredTensor tensor : shard.tensors()) {
        if (!name.equals(unseen.remove(tensor.name()))) {
          throw new InputException(
              index,
              "tensor %s is in %s, but weight_map puts it in %s"
                  .formatted(
                      Shown.of(tensor.name()),
                      name,
                      weightMap.getOrDefault(tensor.name(), "no file")));
        }
      }
    }
    if (!unseen.isEmpty()) {
      Map.Entry<String, String> first = unseen.entrySet().iterator().next();
      throw new InputException(
          index,
          "tensor %s is not in %s, where weight_map puts it%s"
              .formatted(
                  Shown.of(first.getKey()),
                  first.getValue(),
                  unseen.size() == 1 ? "" : "; so are " + (unseen.size() - 1) + " more"));
    }
  }
}

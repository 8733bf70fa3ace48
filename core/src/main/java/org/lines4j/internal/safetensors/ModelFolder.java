package org.lines4j.internal.safetensors;

import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.lines4j.error.InputException;
import org.lines4j.error.Problem;
import org.lines4j.error.Remedy;
import org.lines4j.error.Shown;
import org.lines4j.format.Shard;
import org.lines4j.format.StoredTensor;
import org.lines4j.internal.foreign.ForeignFiles;
import org.lines4j.internal.foreign.NestedModels;
import org.lines4j.storage.ByteSource;
import org.lines4j.storage.Location;
import org.lines4j.storage.Storage;
import org.lines4j.storage.Storage.Entry;
import org.lines4j.storage.Storage.Kind;
import tools.jackson.core.JsonToken;

/// Which files of a Hugging Face model folder hold its weights.
///
/// As `transformers` looks for them: `model.safetensors`, or an index (`*.safetensors.index.json`);
/// then the only `.safetensors` file that there is. Where there are two sets of weights, it is for
/// the user to say which.
///
/// @param folder that was looked into
/// @param files the shards' names, in their order
/// @param index the index file's name; empty where one file holds everything
/// @param weightMap tensor name → file name, as the index says; empty without one
public record ModelFolder(
    Location folder, List<String> files, Optional<String> index, Map<String, String> weightMap) {
  private static final String INDEX_SUFFIX = ".safetensors.index.json";

  /// diffusers puts a word before the ending, such as `fp16`, where weights come in several types.
  private static final Pattern VARIANT_INDEX =
      Pattern.compile(".+\\.safetensors\\.index\\.[^.]+\\.json");

  private static final String SUFFIX = ".safetensors";
  private static final String SINGLE = "model.safetensors";
  private static final Pattern PART = Pattern.compile("-\\d+-of-\\d+");
  private static final long MAX_INDEX = 200_000_000;

  /// Copies its collections.
  public ModelFolder {
    files = List.copyOf(files);
    weightMap = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(weightMap));
  }

  /// Whether a file is called like one that says which tensor is in which file.
  public static boolean isIndex(String name) {
    return name.endsWith(INDEX_SUFFIX) || VARIANT_INDEX.matcher(name).matches();
  }

  /// Looks into `folder`.
  ///
  /// @throws InputException if no weights are found, or more than one set of them
  public static ModelFolder read(Storage storage, Location folder) throws IOException {
    List<String> all = storage.list(folder).stream().map(Entry::name).toList();
    List<String> weights = ending(all, SUFFIX);
    List<String> indexes = ending(all, INDEX_SUFFIX);
    if (indexes.isEmpty() && weights.size() > 1 && !weights.contains(SINGLE)) {
      indexes = all.stream().filter(name -> VARIANT_INDEX.matcher(name).matches()).toList();
    }
    if (indexes.size() == 1) {
      ModelFolder found = ofIndex(storage, folder, indexes.getFirst());
      if (weights.contains(SINGLE) && !found.files().contains(SINGLE)) {
        throw new InputException(folder, twoModels(indexes.getFirst()));
      }
      return found;
    }
    if (indexes.isEmpty() && weights.contains(SINGLE)) {
      return new ModelFolder(folder, List.of(SINGLE), Optional.empty(), Map.of());
    }
    if (indexes.isEmpty() && weights.size() == 1) {
      return new ModelFolder(folder, weights, Optional.empty(), Map.of());
    }
    if (weights.isEmpty() && indexes.isEmpty()) {
      throw new InputException(without(storage, folder, all).in(folder));
    }
    throw new InputException(complaint(weights, indexes).in(folder));
  }

  /// `transformers` would load [#SINGLE] and not look at the index.
  private static String twoModels(String index) {
    return ("two sets of weights: %s, and %s, which names other files; name the file that you mean,"
            + " or remove what does not belong here")
        .formatted(SINGLE, index);
  }

  private static Problem complaint(List<String> weights, List<String> indexes) {
    if (indexes.isEmpty() && weights.stream().allMatch(file -> PART.matcher(file).find())) {
      return Problem.of(
          "parts of a model (%s), but no index (model%s) that says what belongs to it"
              .formatted(String.join(", ", weights), INDEX_SUFFIX));
    }
    return Problem.expected(
            "",
            "one .safetensors file or one index",
            String.join(", ", indexes.isEmpty() ? weights : indexes))
        .withRemedy(Remedy.of("name the file that you mean"));
  }

  /// What a folder without weights holds instead.
  private static Problem without(Storage storage, Location folder, List<String> all)
      throws IOException {
    Optional<String> nested =
        NestedModels.describe(storage, folder, name -> name.endsWith(SUFFIX) || isIndex(name));
    List<String> others =
        Stream.of(".bin", ".pt", ".pth", ".ckpt", ".gguf", ".h5", ".msgpack")
            .flatMap(suffix -> ending(all, suffix).stream())
            .filter(name -> !name.equals("training_args.bin"))
            .toList();
    if (others.isEmpty()) {
      return Problem.of(
          nested.orElse(
              "no weights in this folder: expected model.safetensors or"
                  + " model.safetensors.index.json"));
    }
    String found = "no .safetensors weights in this folder, only " + String.join(", ", others);
    if (others.size() > 1) {
      return Problem.of(found)
          .withRemedy(
              Remedy.of("save the model again with save_pretrained, which writes safetensors"));
    }
    Location only = folder.child(others.getFirst());
    Optional<Problem> foreign = ForeignFiles.problem(storage, only);
    return Problem.of(found + foreign.map(problem -> ": " + problem.text()).orElse(""))
        .withRemedy(
            foreign
                .flatMap(Problem::remedy)
                .orElse(Remedy.of("save the model again as safetensors")));
  }

  private static List<String> ending(List<String> names, String suffix) {
    return names.stream().filter(name -> name.endsWith(suffix)).sorted().toList();
  }

  private static ModelFolder ofIndex(Storage storage, Location folder, String index)
      throws IOException {
    Location file = folder.child(index);
    if (storage.kind(file) != Kind.FILE) {
      throw new InputException(file, "not a regular file");
    }
    Map<String, String> weightMap = readWeightMap(storage, file);
    if (weightMap.isEmpty()) {
      throw new InputException(file, "its weight_map is missing or empty");
    }
    List<String> files = List.copyOf(new TreeSet<>(weightMap.values()));
    for (String name : files) {
      checkInside(storage, folder, file, name);
    }
    return new ModelFolder(folder, files, Optional.of(index), weightMap);
  }

  private static Map<String, String> readWeightMap(Storage storage, Location index)
      throws IOException {
    try (ByteSource file = storage.open(index)) {
      if (file.size() > MAX_INDEX) {
        throw new InputException(index, "longer than " + MAX_INDEX + " bytes");
      }
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
  private static void checkInside(Storage storage, Location folder, Location index, String name)
      throws IOException {
    boolean plain =
        !name.isEmpty()
            && !name.equals(".")
            && !name.equals("..")
            && name.chars().noneMatch(c -> c == '/' || c == '\\' || c == ':' || c < ' ');
    if (!plain) {
      throw new InputException(
              index,
              "weight_map should name files of this folder, found '%s'".formatted(Shown.of(name)))
          .withExpected("files of this folder", Shown.of(name));
    }
    if (!isThere(storage, folder, name)) {
      throw new InputException(
          index, "the shard %s that it names is missing".formatted(Shown.of(name)));
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
    if (index.isEmpty()) {
      return;
    }
    Location file = folder.child(index.get());
    Map<String, String> unseen = new LinkedHashMap<>(weightMap);
    for (Shard shard : shards) {
      String name = shard.location().name();
      for (StoredTensor tensor : shard.tensors()) {
        if (!name.equals(unseen.remove(tensor.name()))) {
          throw new InputException(
                  file,
                  "tensor %s is in %s, but weight_map puts it in %s"
                      .formatted(
                          Shown.of(tensor.name()),
                          name,
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

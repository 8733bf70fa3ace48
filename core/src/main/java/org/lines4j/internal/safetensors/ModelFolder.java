package org.lines4j.internal.safetensors;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.lines4j.error.InputException;
import org.lines4j.error.Problem;
import org.lines4j.error.Remedy;
import org.lines4j.format.Formats;
import org.lines4j.format.Shard;
import org.lines4j.internal.foreign.ForeignFiles;
import org.lines4j.internal.foreign.ForeignFolders;
import org.lines4j.internal.foreign.NestedModels;
import org.lines4j.internal.foreign.ShardedTraining;
import org.lines4j.internal.foreign.WeightPart;
import org.lines4j.internal.index.NamedWeights;
import org.lines4j.internal.index.PickledWeights;
import org.lines4j.internal.index.WeightIndex;
import org.lines4j.storage.Location;
import org.lines4j.storage.Storage;
import org.lines4j.storage.Storage.Entry;

/// Which files of a Hugging Face model folder hold its weights.
///
/// As `transformers` looks for them: what `config.json` names; `model.safetensors`, or an index
/// (`*.safetensors.index.json`); as `diffusers` does, which passes over variants where it is not
/// asked for one; then the only `.safetensors` file that there is. Where there are two sets of
/// weights, it is for the user to say which.
///
/// @param folder that was looked into
/// @param files the shards' names, in their order
/// @param index says which tensor is in which file; empty where one file holds everything
public record ModelFolder(Location folder, List<String> files, Optional<WeightIndex> index) {
  private static final String INDEX_SUFFIX = ".safetensors.index.json";

  /// diffusers puts a word before the ending, such as `fp16`, where weights come in several types.
  private static final Pattern VARIANT_INDEX =
      Pattern.compile(".+\\.safetensors\\.index\\.[^.]+\\.json");

  private static final Pattern PART_NUMBER = Pattern.compile("-\\d+-of-\\d+");

  private static final String SUFFIX = ".safetensors";
  private static final String SINGLE = "model.safetensors";
  private static final String INDEX = "model" + INDEX_SUFFIX;

  /// What many call a checkpoint of PyTorch, which is no archive of tar.
  private static final String TAR = ".pth.tar";

  /// What loaders take, whatever lies beside it.
  private static final List<String> SINGLES =
      List.of(SINGLE, "diffusion_pytorch_model.safetensors");

  private static final String PICKLED = "pytorch_model.bin";

  /// What trainers save beside weights.
  private static final Pattern TRAINING_STATE =
      Pattern.compile(
          "training_args\\.bin|(optimizer|scheduler|scaler|sampler|dl_state_dict)(_\\d+)?\\.(pt|bin)"
              + "|rng_state.*\\.pth");

  /// Copies the list.
  public ModelFolder {
    files = List.copyOf(files);
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
    Optional<String> named = NamedWeights.in(storage, folder, unusual(all));
    if (named.isPresent()) {
      return isIndex(named.get())
          ? ofIndex(storage, folder, named.get())
          : new ModelFolder(folder, List.of(named.get()), Optional.empty());
    }
    List<String> weights = ending(all, SUFFIX);
    Optional<String> single = SINGLES.stream().filter(weights::contains).findFirst();
    List<String> indexes = meant(ending(all, INDEX_SUFFIX), single.isPresent());
    if (indexes.isEmpty() && weights.size() > 1 && single.isEmpty()) {
      indexes = all.stream().filter(name -> VARIANT_INDEX.matcher(name).matches()).toList();
    }
    if (indexes.size() == 1) {
      return ofOnlyIndex(storage, folder, indexes.getFirst(), weights.contains(SINGLE));
    }
    boolean isOnly = weights.size() == 1 && !isPart(weights.getFirst());
    if (indexes.isEmpty() && (single.isPresent() || isOnly)) {
      String file = single.orElse(weights.getFirst());
      if (!file.equals(SINGLE) && all.contains(PICKLED)) {
        // transformers would load it, other programs the file that they know by its name
        throw twoSets(folder, PICKLED, file);
      }
      return new ModelFolder(folder, List.of(file), Optional.empty());
    }
    if (weights.isEmpty() && indexes.isEmpty()) {
      throw new InputException(without(storage, folder, all).in(folder));
    }
    throw new InputException(complaint(weights, indexes).in(folder));
  }

  /// Whole weights, or indexes, with other names than `transformers` looks for by itself.
  private static List<String> unusual(List<String> all) {
    return all.stream()
        .filter(name -> name.endsWith(SUFFIX) || isIndex(name))
        .filter(name -> !isPart(name) && !name.equals(SINGLE) && !name.equals(INDEX))
        .toList();
  }

  /// Of several indexes those that loaders look for by name: Mistral's models have another one of
  /// the same weights, as its own program calls them (`consolidated.safetensors.index.json`).
  private static List<String> meant(List<String> indexes, boolean hasSingle) {
    List<String> known =
        indexes.stream()
            .filter(index -> SINGLES.stream().anyMatch(file -> index.equals(file + ".index.json")))
            .toList();
    return known.isEmpty() && !hasSingle ? indexes : known;
  }

  /// `transformers` would load [#SINGLE], where it is there, and not look at the index.
  private static ModelFolder ofOnlyIndex(
      Storage storage, Location folder, String index, boolean hasSingle) throws IOException {
    ModelFolder found;
    try {
      found = ofIndex(storage, folder, index);
    } catch (InputException e) {
      throw hasSingle ? twoModels(folder, index, "which cannot be used: " + e.problem().text()) : e;
    }
    if (hasSingle && !found.files().contains(SINGLE)) {
      throw twoModels(folder, index, "which names other files");
    }
    return found;
  }

  private static InputException twoModels(Location folder, String index, String why) {
    return twoSets(folder, SINGLE, "%s, %s".formatted(index, why));
  }

  private static InputException twoSets(Location folder, String one, String other) {
    return new InputException(folder, "two sets of weights: %s, and %s".formatted(one, other))
        .withRemedy("name the file that you mean, or remove what does not belong here");
  }

  private static Problem complaint(List<String> weights, List<String> indexes) {
    if (indexes.isEmpty() && weights.stream().allMatch(ModelFolder::isPart)) {
      return withoutIndex(weights, INDEX);
    }
    return Problem.expected(
            "",
            "one .safetensors file or one index",
            String.join(", ", indexes.isEmpty() ? weights : indexes))
        .withRemedy(
            Remedy.of(
                indexes.isEmpty()
                    ? "name the file that you mean"
                    : "remove the indexes that do not belong here"));
  }

  private static Problem withoutIndex(List<String> parts, String index) {
    return Problem.of(
            "parts of a model (%s), but no index (%s) that says what belongs to it"
                .formatted(String.join(", ", parts), index))
        .withRemedy(Remedy.of("download or copy the model again"));
  }

  /// Whether a file is called as one of the parts that a model was written in.
  public static boolean isPart(String file) {
    return WeightPart.partsOf(file).isPresent();
  }

  /// What a folder without weights holds instead.
  private static Problem without(Storage storage, Location folder, List<String> all)
      throws IOException {
    Optional<Problem> nested = NestedModels.describe(storage, folder, ModelFolder::isSign);
    List<String> others =
        Stream.of(".bin", ".pt", ".pth", TAR, ".ckpt", ".gguf", ".h5", ".msgpack", ".npz", ".onnx")
            .flatMap(suffix -> ending(all, suffix).stream())
            .filter(name -> !TRAINING_STATE.matcher(name).matches())
            .toList();
    if (others.isEmpty() && nested.isPresent()) {
      return nested.get();
    }
    Optional<Problem> known =
        others.isEmpty() ? foreign(storage, folder) : ofParts(storage, folder, others);
    if (known.isPresent()) {
      return known.get();
    }
    Optional<Problem> deeper =
        others.isEmpty()
            ? NestedModels.describeDeeply(storage, folder, ModelFolder::isProbablySign)
            : Optional.empty();
    if (deeper.isPresent()) {
      return deeper.get();
    }
    if (others.isEmpty()) {
      String wanted = SINGLE + " or model" + INDEX_SUFFIX;
      String contents = ForeignFolders.contents(storage, folder);
      return Problem.of(
              "no weights in this folder: expected %s, found %s".formatted(wanted, contents))
          .withExpected(wanted, contents)
          .withRemedy(
              Remedy.of(
                  storage
                      .toHaveAll(folder)
                      .orElse("name the folder or file that holds the weights")));
    }
    String found = "no .safetensors weights in this folder, only " + String.join(", ", others);
    for (String name : others) {
      if (Formats.isModel(folder.child(name))) {
        return nested.isPresent()
            ? withFolders(storage, folder, found)
            : Problem.of(found).withRemedy(Remedy.of("name the file that you mean"));
      }
    }
    Optional<Problem> other = ForeignFolders.ofRuntime(all).or(() -> nested);
    if (other.isPresent()) {
      return other.get();
    }
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

  /// As of Wan 2.2, whose models of noise lie beside the files of what they need.
  private static Problem withFolders(Storage storage, Location folder, String found)
      throws IOException {
    String names = NestedModels.names(storage, folder, ModelFolder::isSign).orElse("");
    return Problem.of("%s, and models in its folders %s".formatted(found, names))
        .withRemedy(Remedy.of("name the file or folder that you mean"));
  }

  private static Optional<Problem> ofParts(Storage storage, Location folder, List<String> others)
      throws IOException {
    if (others.stream().allMatch(ModelFolder::isPart)) {
      String index = PART_NUMBER.matcher(others.getFirst()).replaceFirst("") + ".index.json";
      return Optional.of(withoutIndex(others, index));
    }
    Optional<Problem> parts = ForeignFolders.ofParts(others);
    return parts.isPresent() ? parts : ShardedTraining.in(storage, folder, others);
  }

  private static Optional<Problem> foreign(Storage storage, Location folder) throws IOException {
    Optional<Problem> sharded = ShardedTraining.in(storage, folder);
    return sharded.isPresent() ? sharded : ForeignFolders.in(storage, folder);
  }

  /// Whether a file says that its folder holds a model.
  private static boolean isSign(String name) {
    return name.endsWith(SUFFIX)
        || isIndex(name)
        || name.endsWith(".ckpt")
        || name.endsWith(".gguf")
        || PickledWeights.in(List.of(name)).isPresent();
  }

  /// The same of names that others give weights, and much else.
  private static boolean isProbablySign(String name) {
    boolean isOfPytorch = Stream.of(".pt", ".pth", TAR).anyMatch(name::endsWith);
    return isSign(name)
        || name.endsWith(".onnx")
        || (isOfPytorch
            && !TRAINING_STATE.matcher(name).matches()
            && !ShardedTraining.isPart(name));
  }

  private static List<String> ending(List<String> names, String suffix) {
    return names.stream().filter(name -> name.endsWith(suffix)).sorted().toList();
  }

  private static ModelFolder ofIndex(Storage storage, Location folder, String name)
      throws IOException {
    WeightIndex index = WeightIndex.read(storage, folder, name);
    return new ModelFolder(folder, index.files(), Optional.of(index));
  }

  /// Compares the index with what the shards' headers say: each must name the same tensors.
  public void check(List<Shard> shards) {
    index.ifPresent(known -> known.check(shards));
  }
}

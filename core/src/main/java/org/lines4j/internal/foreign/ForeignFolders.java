package org.lines4j.internal.foreign;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.lines4j.error.Problem;
import org.lines4j.error.Remedy;
import org.lines4j.error.Shown;
import org.lines4j.storage.Location;
import org.lines4j.storage.Storage;
import org.lines4j.storage.Storage.Entry;
import org.lines4j.storage.Storage.Kind;

/// Folders without weights that can be read, called what they are by the names of what they hold.
public final class ForeignFolders {
  /// Where the Hub's own client keeps what it has not yet fetched.
  private static final List<String> DOWNLOADS = List.of(".cache", "huggingface", "download");

  private static final Pattern PART = Pattern.compile("consolidated\\.\\d+\\.pth");

  private static final String SNAPSHOTS = "snapshots";

  /// The Hub's cache of a model, whose owner old names lack; a snapshot in it, or all of them.
  private static final Pattern CACHED =
      Pattern.compile(
          ".*[/\\\\]models--(?:([\\w.-]+?)--)?([\\w.-]+)([/\\\\]snapshots([/\\\\][^/\\\\]+)?)?");

  private static final int MOST_NAMED = 5;

  /// @param name that tells
  /// @param what it says that the folder is; `%s` becomes the name
  /// @param remedy what to do; the same
  private record Sign(Pattern name, String what, String remedy) {
    static Sign of(String name, String what, String remedy) {
      return new Sign(Pattern.compile(name), what, remedy);
    }

    Problem problem(String found) {
      return Problem.of(what.formatted(found)).withRemedy(Remedy.of(remedy.formatted(found)));
    }
  }

  private static final List<Sign> SIGNS =
      List.of(
          Sign.of(
              ".+\\.(incomplete|part|partial|crdownload|aria2|download)",
              "no weights in this folder, only %s, whose download has not ended",
              "download it again"),
          Sign.of(
              "saved_model\\.pb",
              "a SavedModel of TensorFlow",
              "save its arrays with safetensors.numpy.save_file first"),
          Sign.of(
              ".+\\.data-\\d{5}-of-\\d{5}",
              "a checkpoint of TensorFlow",
              "save its arrays with safetensors.numpy.save_file first"),
          Sign.of(
              ".+\\.keras",
              "a model of Keras (%s)",
              "save its arrays with safetensors.numpy.save_file first"),
          Sign.of(
              "_METADATA|_CHECKPOINT_METADATA|manifest\\.ocdbt",
              "a checkpoint of Orbax, as JAX writes",
              "save its arrays with safetensors.flax.save_file first"),
          Sign.of(
              ".+\\.(mlpackage|mlmodelc?)",
              "a model of Core ML",
              "give the model that it was made from"),
          Sign.of(
              ".+\\.(engine|plan|trt)",
              "an engine of TensorRT",
              "give the model that it was made from"),
          Sign.of(
              "dataset_(info|dict)\\.json|.+\\.(parquet|arrow)",
              "a data set (%s), not a model",
              "name a folder that holds a model's weights"),
          Sign.of(
              "optimizer\\.(pt|bin)|trainer_state\\.json|training_args\\.bin",
              "no weights in this folder, only what a training run goes on from (%s)",
              "name the folder that the model was saved in"),
          Sign.of(
              ".+\\.nemo",
              "no weights in this folder, only the archive %s of NeMo 1",
              ForeignFiles.NEMO),
          Sign.of(
              ".+\\.(zip|tar|tgz|gz|bz2|xz|zst|7z|rar)",
              "no weights in this folder, only the archive %s",
              "unpack %s"));

  /// Of programs that run models, whose weights are files of their own.
  private static final List<Sign> RUNTIMES =
      List.of(
          Sign.of(
              "openvino_.+\\.xml", "a model of OpenVINO", "give the model that it was made from"),
          Sign.of(
              "(shared_|source_|target_)?vocabulary\\.(json|txt)",
              "a model of CTranslate2",
              "give the model that it was made from"),
          Sign.of(
              "mlc-chat-config\\.json", "a model of MLC", "give the model that it was made from"));

  private ForeignFolders() {}

  /// What such a folder is, and what to do; empty where nothing tells.
  public static Optional<Problem> in(Storage storage, Location folder) throws IOException {
    List<String> names = storage.list(folder).stream().map(Entry::name).toList();
    Optional<Problem> told = told(SIGNS, names);
    if (told.isPresent()) {
      return told;
    }
    Optional<String> cached = cached(folder, names);
    if (cached.isPresent()) {
      return Optional.of(
          Problem.of("the Hugging Face hub's cache of a model, without its weights")
              .withRemedy(Remedy.of("fetch them with: hf download " + cached.get())));
    }
    return isUnfinished(storage, folder)
        ? Optional.of(
            Problem.of("no weights in this folder, whose download has not ended")
                .withRemedy(Remedy.of("run 'hf download' again, which goes on")))
        : Optional.empty();
  }

  /// What the Hub calls the model whose cache a folder is, or a part of it.
  private static Optional<String> cached(Location folder, List<String> names) {
    Matcher cached = CACHED.matcher(folder.absolute().text());
    if (!folder.isLocal()
        || !cached.matches()
        || (cached.group(3) == null && !names.contains(SNAPSHOTS))) {
      return Optional.empty();
    }
    String owner = cached.group(1) == null ? "" : cached.group(1) + "/";
    return Optional.of(Shown.of(owner + cached.group(2)));
  }

  /// What a folder is that a program runs models from; empty where nothing tells.
  ///
  /// @param names of all that it holds
  public static Optional<Problem> ofRuntime(List<String> names) {
    return told(RUNTIMES, names);
  }

  private static Optional<Problem> told(List<Sign> signs, List<String> names) {
    return signs.stream()
        .flatMap(
            sign ->
                names.stream()
                    .filter(name -> sign.name().matcher(name).matches())
                    .map(found -> sign.problem(Shown.of(found))))
        .findFirst();
  }

  private static boolean isUnfinished(Storage storage, Location folder) throws IOException {
    Location place = folder;
    for (String name : DOWNLOADS) {
      place = place.child(name);
      if (storage.kind(place) != Kind.FOLDER) {
        return false;
      }
    }
    return storage.list(place).stream().anyMatch(entry -> entry.name().endsWith(".incomplete"));
  }

  /// That the only weights are parts of one model, which is none of its files; empty otherwise.
  public static Optional<Problem> ofParts(List<String> weights) {
    return weights.size() > 1 && weights.stream().allMatch(PART.asMatchPredicate())
        ? Optional.of(
            Problem.of("a model as Meta gives it, in a part for each processor")
                .withRemedy(
                    Remedy.of(
                        "make one of %s with convert_llama_weights_to_hf.py of transformers"
                            .formatted(String.join(", ", weights)))))
        : Optional.empty();
  }

  /// What a folder holds of which nothing is known, in words, such as `a.json, b.txt and 3 more`.
  public static String contents(Storage storage, Location folder) throws IOException {
    List<String> names =
        storage.list(folder).stream()
            .map(Entry::name)
            .filter(name -> !name.startsWith("."))
            .sorted()
            .toList();
    return names.isEmpty() ? "nothing" : Shown.some(names, MOST_NAMED);
  }
}

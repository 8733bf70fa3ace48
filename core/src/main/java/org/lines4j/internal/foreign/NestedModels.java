package org.lines4j.internal.foreign;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.lines4j.error.Problem;
import org.lines4j.error.Remedy;
import org.lines4j.error.Shown;
import org.lines4j.storage.Location;
import org.lines4j.storage.Storage;
import org.lines4j.storage.Storage.Entry;
import org.lines4j.storage.Storage.Kind;

/// Folders without weights of their own that hold models in their subfolders: pipelines, caches of
/// the Hugging Face hub, runs with checkpoints.
public final class NestedModels {
  private static final String CACHED = "models--";
  private static final String SNAPSHOTS = "snapshots";

  /// What says that a folder is a pipeline of several models.
  private static final String PIPELINE = "model_index.json";

  /// What transformers calls a checkpoint, and what programs on accelerate do.
  private static final Pattern STEP =
      Pattern.compile("(checkpoint|ckpt|step|global_step|epoch)[-_](\\d{1,18})");

  /// So many subfolders are looked into, so deep, and so many of them named.
  private static final int MOST_SEEN = 2000;

  private static final int DEEPEST = 3;

  /// As many on each level below, for people ask by mistake for a whole disk.
  private static final int MOST_BELOW = 300;

  /// Python's own folders, in which `.pth` is something else.
  private static final Pattern OTHERS = Pattern.compile("\\..*|(site|dist)-packages|node_modules");

  private static final int MOST_NAMED = 12;

  private final Storage storage;
  private final Location folder;
  private final List<String> files;
  private final List<String> folders;

  private NestedModels(Storage storage, Location folder) throws IOException {
    this.storage = storage;
    this.folder = folder;
    List<Entry> entries = storage.list(folder);
    this.files = entries.stream().filter(e -> e.kind() == Kind.FILE).map(Entry::name).toList();
    this.folders = folders(entries);
  }

  /// Which models the subfolders hold and which to name; empty if they hold none.
  ///
  /// @param isWeights whether a file of this name says that its folder is a model
  public static Optional<Problem> describe(
      Storage storage, Location folder, Predicate<String> isWeights) throws IOException {
    NestedModels nested = new NestedModels(storage, folder);
    List<String> models = nested.models(isWeights);
    return models.isEmpty() ? Optional.empty() : Optional.of(nested.problem(models));
  }

  /// The names of the subfolders that hold models, for a folder with weights that holds them, too.
  public static Optional<String> names(
      Storage storage, Location folder, Predicate<String> isWeights) throws IOException {
    List<String> models = new NestedModels(storage, folder).models(isWeights);
    return models.isEmpty() ? Optional.empty() : Optional.of(all(models));
  }

  /// What [#describe] says, of folders within folders, of this machine alone: elsewhere each is a
  /// question to a server.
  public static Optional<Problem> describeDeeply(
      Storage storage, Location folder, Predicate<String> isWeights) throws IOException {
    if (!folder.isLocal()) {
      return Optional.empty();
    }
    NestedModels nested = new NestedModels(storage, folder);
    List<String> level = nested.folders.stream().filter(NestedModels::isOwn).toList();
    for (int depth = 1; depth <= DEEPEST && !level.isEmpty(); depth++) {
      List<String> models = new ArrayList<>();
      List<String> next = new ArrayList<>();
      for (String name : level) {
        if (nested.isModel(name, isWeights) || nested.isShardedStep(name)) {
          models.add(name);
        }
        nested.list(name).stream()
            .filter(NestedModels::isOwn)
            .map(inner -> name + "/" + inner)
            .forEach(next::add);
      }
      if (!models.isEmpty()) {
        return Optional.of(nested.problem(models));
      }
      level = next.subList(0, Math.min(next.size(), MOST_BELOW));
    }
    return Optional.empty();
  }

  private static boolean isOwn(String folder) {
    return !OTHERS.matcher(folder).matches();
  }

  private static List<String> folders(List<Entry> entries) {
    return entries.stream()
        .filter(entry -> entry.kind() == Kind.FOLDER)
        .map(Entry::name)
        .sorted()
        .limit(MOST_SEEN)
        .toList();
  }

  /// By their names relative to the folder.
  private List<String> models(Predicate<String> isWeights) throws IOException {
    List<String> models = new ArrayList<>();
    for (String name : folders) {
      if (isModel(name, isWeights) || isShardedStep(name)) {
        models.add(name);
      } else if (name.equals(SNAPSHOTS)) {
        addSnapshots(models, SNAPSHOTS, isWeights);
      } else if (name.startsWith(CACHED)) {
        addSnapshots(models, name + "/" + SNAPSHOTS, isWeights);
      } else if (name.equals("hub")) {
        for (String cached : list(name)) {
          addSnapshots(models, name + "/" + cached + "/" + SNAPSHOTS, isWeights);
        }
      }
    }
    return models;
  }

  private void addSnapshots(List<String> models, String parent, Predicate<String> isWeights)
      throws IOException {
    for (String revision : list(parent)) {
      String name = parent + "/" + revision;
      if (isModel(name, isWeights)) {
        models.add(name);
      }
    }
  }

  /// By their names; none where it is no folder, or may not be read.
  private List<String> list(String name) throws IOException {
    Location place = folder.child(name);
    try {
      return storage.kind(place) == Kind.FOLDER ? folders(storage.list(place)) : List.of();
    } catch (FileSystemException _) {
      return List.of();
    }
  }

  /// Whether it is a checkpoint of a run whose processes each wrote a part: which is said of it
  /// once it is named.
  private boolean isShardedStep(String name) throws IOException {
    return STEP.matcher(name.substring(name.lastIndexOf('/') + 1)).matches()
        && ShardedTraining.in(storage, folder.child(name)).isPresent();
  }

  /// Whether it is one, or a pipeline that says by itself which it has.
  private boolean isModel(String name, Predicate<String> isWeights) throws IOException {
    try {
      return storage.list(folder.child(name)).stream()
          .map(Entry::name)
          .anyMatch(entry -> isWeights.test(entry) || entry.equals(PIPELINE));
    } catch (FileSystemException _) {
      return false; // it may not be read
    }
  }

  private Problem problem(List<String> models) {
    if (files.contains(PIPELINE)) {
      return problem("a pipeline, which holds models in its folders ", models, largest(models));
    }
    if (models.stream().anyMatch(name -> name.contains(SNAPSHOTS + "/"))) {
      String cache = "a cache of the Hugging Face hub, which holds models in its folders ";
      return problem(cache, models, models.getFirst());
    }
    List<String> steps =
        models.stream()
            .filter(name -> STEP.matcher(name).matches())
            .sorted(Comparator.comparingLong(NestedModels::step))
            .toList();
    if (!steps.isEmpty()) {
      return run(steps, models.stream().filter(name -> !steps.contains(name)).toList());
    }
    return problem("no weights in this folder, but in its folders ", models, models.getFirst());
  }

  /// Of a training run.
  ///
  /// @param steps its checkpoints, by their numbers
  /// @param others what else holds a model, such as the one that it ended with
  private Problem run(List<String> steps, List<String> others) {
    boolean areOneKind = steps.stream().map(NestedModels::kind).distinct().count() == 1;
    String newest = (areOneKind ? "the newest, " : "") + folder.child(shown(steps.getLast()));
    String one = others.isEmpty() ? newest : folder.child(shown(others.getFirst())).toString();
    return Problem.of(
            "no weights in this folder of a training run, but in its checkpoints "
                + all(steps)
                + (others.isEmpty() ? "" : ", and in its folders " + all(others)))
        .withRemedy(Remedy.of("name one of them, such as " + one));
  }

  private Problem problem(String what, List<String> models, String one) {
    return Problem.of(what + all(models))
        .withRemedy(Remedy.of("name one of them, such as " + folder.child(shown(one))));
  }

  /// The part of a pipeline that is mostly tuned.
  private static String largest(List<String> models) {
    return List.of("unet", "transformer", "prior").stream()
        .filter(models::contains)
        .findFirst()
        .orElse(models.getFirst());
  }

  private static long step(String name) {
    Matcher matcher = STEP.matcher(name);
    return matcher.matches() ? Long.parseLong(matcher.group(2)) : 0;
  }

  private static String kind(String name) {
    Matcher matcher = STEP.matcher(name);
    return matcher.matches() ? matcher.group(1) : "";
  }

  private static String shown(String name) {
    return Shown.of(name);
  }

  private static String all(List<String> names) {
    return Shown.some(names, MOST_NAMED);
  }
}

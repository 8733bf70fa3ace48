package org.lines4j.internal.foreign;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.lines4j.error.Problem;
import org.lines4j.error.Remedy;
import org.lines4j.error.Shown;
import org.lines4j.storage.Location;
import org.lines4j.storage.Storage;
import org.lines4j.storage.Storage.Entry;
import org.lines4j.storage.Storage.Kind;

/// Folders that hold a model in the parts that the processes of a training run wrote, of which its
/// own tools make a whole again.
public final class ShardedTraining {
  private static final String MERGE = "put the model together first: ";

  private final Storage storage;
  private final Location folder;
  private final List<Entry> entries;

  private ShardedTraining(Storage storage, Location folder) throws IOException {
    this.storage = storage;
    this.folder = folder;
    this.entries = storage.list(folder);
  }

  /// What such a folder is, and what makes a model of it; empty where it is none.
  public static Optional<Problem> in(Storage storage, Location folder) throws IOException {
    return new ShardedTraining(storage, folder).problem();
  }

  private Optional<Problem> problem() {
    if (hasFile("zero_to_fp32.py") || holdsStates(folder)) {
      return told(
          "a checkpoint of DeepSpeed, whose processes each wrote a part of the weights",
          "python zero_to_fp32.py . OUT --safe_serialization in this folder");
    }
    if (isDistributed(folder)) {
      return told(
          "a distributed checkpoint of PyTorch (DCP), in parts of .distcp",
          "python -m torch.distributed.checkpoint.format_utils dcp_to_torch %s OUT.pt"
              .formatted(folder));
    }
    return entries.stream()
        .filter(entry -> entry.kind() == Kind.FOLDER)
        .map(Entry::name)
        .filter(name -> isDistributed(folder.child(name)))
        .findFirst()
        .flatMap(
            name ->
                told(
                    "weights of FSDP in %s, in parts of .distcp".formatted(Shown.of(name)),
                    "accelerate merge-weights %s OUT".formatted(folder.child(Shown.of(name)))));
  }

  private static Optional<Problem> told(String what, String command) {
    return Optional.of(Problem.of(what).withRemedy(Remedy.of(MERGE + command)));
  }

  private boolean hasFile(String name) {
    return entries.stream().anyMatch(entry -> entry.name().equals(name));
  }

  /// Whether a folder, or that of a step in it, holds what DeepSpeed calls states.
  private boolean holdsStates(Location place) {
    return names(place).stream().anyMatch(name -> name.endsWith("_model_states.pt"))
        || entries.stream()
            .filter(entry -> entry.name().startsWith("global_step"))
            .anyMatch(
                entry ->
                    names(folder.child(entry.name())).stream()
                        .anyMatch(name -> name.endsWith("_states.pt")));
  }

  private boolean isDistributed(Location place) {
    return names(place).stream().anyMatch(name -> name.endsWith(".distcp"));
  }

  private List<String> names(Location place) {
    try {
      return storage.kind(place) == Kind.FOLDER
          ? storage.list(place).stream().map(Entry::name).toList()
          : List.of();
    } catch (IOException _) {
      return List.of(); // it may not be read
    }
  }
}

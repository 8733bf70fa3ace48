package org.lines4j.internal.planner;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.lines4j.format.Checkpoint;
import org.lines4j.format.Companion;
import org.lines4j.format.Encoding;
import org.lines4j.format.StoredTensor;
import org.lines4j.internal.companions.Sidecars;
import org.lines4j.internal.config.ModelConfig;
import org.lines4j.internal.output.Destination;
import org.lines4j.internal.work.OutputShard;
import org.lines4j.internal.work.PlannedTensor;
import org.lines4j.internal.work.SidecarChanges;
import org.lines4j.internal.work.SidecarChanges.FileChange;
import org.lines4j.tensor.DType;
import org.lines4j.tensor.TensorInfo;

/// What lies beside the weights, and whether all of it has room.
final class OutputFolder {
  private OutputFolder() {}

  /// Checks the disk, and notes which files do not go along, or are wanting.
  static void checkSpace(
      Destination destination,
      List<OutputShard> shards,
      Optional<Checkpoint> sidecars,
      SidecarChanges changes,
      List<String> notices)
      throws IOException {
    long bytes = shards.stream().mapToLong(OutputShard::size).sum();
    Set<String> made = written(changes);
    made.add(Sidecars.CARD);
    if (sidecars.isPresent()) {
      Sidecars files = Sidecars.of(sidecars.get());
      files.files().forEach(file -> made.add(file.split("/", 2)[0]));
      files.inputCard().ifPresent(made::add);
      files.check(changes);
      bytes += files.byteSize();
      files.leftOut().forEach((name, reason) -> notices.add(name + ": not copied, " + reason));
      notices.addAll(files.notices());
      files.lacking().ifPresent(notices::add);
      files.lost(changes).ifPresent(notices::add);
    } else if (!destination.isFile()) {
      notices.add("no model is a folder, so the output gets no config.json and no tokenizer");
    } else if (!written(changes).isEmpty()) {
      notices.add(
          "the output is a single file: %s, which the recipe's tokenizer or chat_template asks for, %s"
              .formatted(
                  String.join(", ", written(changes)),
                  "will not be written; name a folder to have it"));
    }
    Set<String> replaced = destination.others(made);
    if (!replaced.isEmpty()) {
      notices.add(
          "%s is replaced as a whole; what else lies there goes with it: %s"
              .formatted(destination.location(), String.join(", ", replaced)));
    }
    destination.checkSpace(bytes);
  }

  /// The files that the output would have of its own, if it were a folder.
  private static Set<String> written(SidecarChanges changes) {
    Set<String> written = new TreeSet<>();
    changes
        .files()
        .forEach(
            (name, change) -> {
              if (!(change instanceof FileChange.Gone)) {
                written.add(name);
              }
            });
    return written;
  }

  /// What changes in the configuration of the model whose files go along: the type that most bytes
  /// of the output have, codes apart, where it is not that model's; and what it says of
  /// quantisation, where that is not so of the output.
  ///
  /// @param like the model that the output is stored like
  static SidecarChanges describing(
      SidecarChanges changes,
      List<PlannedTensor> tensors,
      Optional<Checkpoint> sidecars,
      Checkpoint like)
      throws IOException {
    if (sidecars.isEmpty()) {
      return changes;
    }
    Checkpoint model = sidecars.get();
    Optional<DType> own =
        mainType(tensors.stream().filter(PlannedTensor::isPlain).map(PlannedTensor::info).toList());
    List<TensorInfo> described =
        model.tensors().stream()
            .filter(tensor -> !isCoded(model, tensor))
            .map(StoredTensor::info)
            .toList();
    Optional<DType> dtype = own.equals(mainType(described)) ? Optional.empty() : own;
    return changes.withDtype(dtype).withQuantisation(quantisation(tensors, model, like));
  }

  private static boolean isCoded(Checkpoint model, StoredTensor tensor) {
    return !(model.source(tensor).encoding() instanceof Encoding.Plain);
  }

  private static Optional<String> quantisation(
      List<PlannedTensor> tensors, Checkpoint model, Checkpoint like) throws IOException {
    boolean isOutput = tensors.stream().anyMatch(tensor -> !tensor.isPlain());
    boolean isModel = model.tensors().stream().anyMatch(tensor -> isCoded(model, tensor));
    if (!isOutput) {
      return isModel ? Optional.of("") : Optional.empty();
    }
    Optional<String> own = entry(model);
    Optional<String> wanted = entry(like);
    return own.equals(wanted) ? Optional.empty() : Optional.of(wanted.orElse(""));
  }

  private static Optional<String> entry(Checkpoint model) throws IOException {
    Optional<Companion> config = model.companions().own(Sidecars.CONFIG);
    return config.isPresent() ? ModelConfig.quantisation(config.get()) : Optional.empty();
  }

  private static Optional<DType> mainType(List<TensorInfo> infos) {
    return infos.stream()
        .filter(info -> info.dtype().isFloating())
        .collect(
            Collectors.groupingBy(TensorInfo::dtype, Collectors.summingLong(TensorInfo::byteSize)))
        .entrySet()
        .stream()
        .max(Map.Entry.<DType, Long>comparingByValue().thenComparing(Map.Entry::getKey))
        .map(Map.Entry::getKey);
  }
}

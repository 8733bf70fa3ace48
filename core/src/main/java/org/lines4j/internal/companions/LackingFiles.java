package org.lines4j.internal.companions;

import java.io.IOException;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.lines4j.format.Checkpoint;
import org.lines4j.format.Companions;
import org.lines4j.internal.index.WeightsBeside;
import org.lines4j.storage.Storage.Entry;

/// Files without which an output does not do all that a model does, which that model has.
public final class LackingFiles {
  /// What says how images and sound become a model's inputs.
  private static final List<String> PROCESSOR =
      List.of("preprocessor_config.json", "processor_config.json");

  private LackingFiles() {}

  /// In words, that the output will have none of a kind, though one of the models has one.
  ///
  /// @param folder whose files go along
  public static Collection<String> lacking(Companions folder, Collection<Checkpoint> models)
      throws IOException {
    Map<String, String> lacking = new LinkedHashMap<>();
    boolean hasProcessor = processor(folder).isPresent();
    for (Checkpoint model : models) {
      Companions other = model.companions();
      if (other.equals(folder)) {
        continue; // it has what it has; with an adapter, the same folder may have more
      }
      if (!hasProcessor) {
        processor(other)
            .ifPresent(name -> note(lacking, PROCESSOR.getFirst(), name, folder, model));
      }
      for (Entry entry : other.list("")) {
        String name = entry.name();
        boolean isLookedFor = WeightsBeside.isFile(name) || name.equals(ModelParts.FILE);
        if (isLookedFor && folder.own(name).isEmpty()) {
          note(lacking, name, name, folder, model);
        }
      }
    }
    return lacking.values();
  }

  /// Of each kind once, with the first model that has one.
  private static void note(
      Map<String, String> lacking, String kind, String name, Companions folder, Checkpoint model) {
    lacking.putIfAbsent(
        kind,
        "%s: has no %s, so the output gets none, though %s has one"
            .formatted(folder.location(), name, model.location()));
  }

  private static Optional<String> processor(Companions folder) throws IOException {
    for (String name : PROCESSOR) {
      if (folder.own(name).isPresent()) {
        return Optional.of(name);
      }
    }
    return Optional.empty();
  }
}

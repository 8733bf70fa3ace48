package org.lines4j.internal.companions;

import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.lines4j.format.Checkpoint;
import org.lines4j.format.Companions;

/// The files that say how images and sound become a model's inputs.
public final class ProcessorFiles {
  private static final List<String> NAMES =
      List.of("preprocessor_config.json", "processor_config.json");

  private ProcessorFiles() {}

  /// In words, that the output will have none, though one of the models has one.
  ///
  /// @param folder whose files go along
  public static Optional<String> lacking(Companions folder, Collection<Checkpoint> models)
      throws IOException {
    if (of(folder).isPresent()) {
      return Optional.empty();
    }
    for (Checkpoint model : models) {
      Optional<String> other = of(model.companions());
      if (other.isPresent()) {
        return Optional.of(
            "%s: has no %s, so the output gets none, though %s has one"
                .formatted(folder.location(), other.get(), model.location()));
      }
    }
    return Optional.empty();
  }

  private static Optional<String> of(Companions folder) throws IOException {
    for (String name : NAMES) {
      if (folder.own(name).isPresent()) {
        return Optional.of(name);
      }
    }
    return Optional.empty();
  }
}

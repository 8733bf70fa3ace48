package org.lines4j.format;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.lines4j.error.InputException;
import org.lines4j.internal.foreign.AdapterNames;
import org.lines4j.storage.Location;
import org.lines4j.storage.Storage;

/// A way in which weights are stored. Found by `ServiceLoader`, so a jar of your own can add one.
public interface InputFormat {
  /// What messages and `inspect` call it, such as `safetensors`.
  String name();

  /// Whether a file or folder is of this format, by what it holds and never by its name alone. Must
  /// be cheap, and take what it reads for hostile.
  ///
  /// @param storage that reaches `location`, where there is a file or folder
  boolean recognises(Storage storage, Location location) throws IOException;

  /// Opens it, with every header read and checked.
  ///
  /// @throws InputException if it is not as the format says
  Checkpoint open(Storage storage, Location location) throws IOException;

  /// Opens one of several models that lie in one file.
  ///
  /// @param part what the file calls it, such as `state_dict`; empty for the only one
  /// @throws InputException as for the other, and if there is no such part
  default Checkpoint open(Storage storage, Location location, String part) throws IOException {
    if (!part.isEmpty()) {
      throw new InputException(
              location, "a file of %s holds one model, and no part %s".formatted(name(), part))
          .withRemedy("leave the part out");
    }
    return open(storage, location);
  }

  /// Whether what it opens is no model but changes one, such as an adapter.
  default boolean holdsAdapters() {
    return false;
  }

  /// Opens what changes a model together with that model, as the model that comes of both.
  ///
  /// @param base the model that is changed; it stays its owner's to close, and must stay open
  /// @throws InputException if it is not as the format says, or does not fit `base`
  default Checkpoint openOn(Checkpoint base, Storage storage, Location location)
      throws IOException {
    List<String> names;
    try (Checkpoint opened = open(storage, location)) { // says what else it is, if it is no model
      names = opened.tensors().stream().map(StoredTensor::name).toList();
    }
    Optional<AdapterNames> adapter = AdapterNames.of(names).filter(AdapterNames::isAlone);
    throw adapter.isPresent()
        ? new InputException(
                location, adapter.get().description() + ", which is not read on a model as it is")
            .withRemedy(adapter.get().advice(location))
        : new InputException(
            location,
            "a model by itself (%s), no adapter of %s".formatted(name(), base.location()));
  }

  /// Opens what lies there by its own tensors, be it a model or what changes one: to show them.
  ///
  /// @param part as for [#open(Storage, Location, String)]
  /// @throws InputException if it is not as the format says
  default Checkpoint openParts(Storage storage, Location location, String part) throws IOException {
    return open(storage, location, part);
  }
}

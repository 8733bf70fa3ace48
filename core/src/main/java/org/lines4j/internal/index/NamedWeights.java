package org.lines4j.internal.index;

import java.io.IOException;
import java.util.Collection;
import java.util.Optional;
import org.lines4j.error.InputException;
import org.lines4j.storage.ByteSource;
import org.lines4j.storage.Location;
import org.lines4j.storage.Storage;
import org.lines4j.storage.Storage.Kind;
import tools.jackson.core.JsonToken;

/// The weights that a folder's `config.json` names for `transformers`, whose usual names are
/// another loader's there.
public final class NamedWeights {
  private static final String CONFIG = "config.json";
  private static final String NAME = "transformers_weights";
  private static final long LONGEST = 10_000_000;

  private NamedWeights() {}

  /// The file of a folder that is named, the weights themselves or an index of them; empty where
  /// none is.
  ///
  /// @param files those that may be
  public static Optional<String> in(Storage storage, Location folder, Collection<String> files)
      throws IOException {
    Location config = folder.child(CONFIG);
    if (files.isEmpty() || storage.kind(config) != Kind.FILE) {
      return Optional.empty();
    }
    try (ByteSource file = storage.openRegular(config)) {
      return file.size() > LONGEST ? Optional.empty() : named(file).filter(files::contains);
    } catch (InputException _) {
      return Optional.empty(); // whoever copies the file will say so
    }
  }

  private static Optional<String> named(ByteSource file) {
    try (JsonSource source = JsonSource.of(file, 0, file.size())) {
      source.expectNext(JsonToken.START_OBJECT, CONFIG, "an object");
      while (source.next() == JsonToken.PROPERTY_NAME) {
        if (!source.name().equals(NAME)) {
          source.skipValue();
        } else {
          return source.next() == JsonToken.VALUE_STRING
              ? Optional.of(source.text())
              : Optional.empty();
        }
      }
      return Optional.empty();
    }
  }
}

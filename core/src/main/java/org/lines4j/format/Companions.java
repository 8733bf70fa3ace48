package org.lines4j.format;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.lines4j.error.InputException;
import org.lines4j.storage.Location;
import org.lines4j.storage.Storage;
import org.lines4j.storage.Storage.Entry;
import org.lines4j.storage.Storage.Kind;

/// What lies beside a model's weights: configuration, tokenizer, and whatever else its folder
/// holds.
public interface Companions {
  /// Those of a model folder.
  static Companions of(Storage storage, Location folder) {
    return new FolderCompanions(storage, folder);
  }

  /// Those of a model that is no folder.
  static Companions none(Location location) {
    return new NoCompanions(location);
  }

  /// The model: its text is what messages call it.
  Location location();

  /// The model's own file of that name; empty where there is none, or where it is a link that leads
  /// out of the folder.
  ///
  /// @param name with `/` before what lies in a subfolder
  Optional<Companion> own(String name) throws IOException;

  /// The same, but a link that leads elsewhere is an error.
  ///
  /// @throws InputException if it is one
  Optional<Companion> find(String name) throws IOException;

  /// What lies in a folder of the model, weights included.
  ///
  /// @param folder with `/` between its parts; empty for the model's own
  List<Entry> list(String folder) throws IOException;

  /// A model that is no folder has none.
  record NoCompanions(Location location) implements Companions {
    @Override
    public Optional<Companion> own(String name) {
      return Optional.empty();
    }

    @Override
    public Optional<Companion> find(String name) {
      return Optional.empty();
    }

    @Override
    public List<Entry> list(String folder) {
      return List.of();
    }
  }

  /// Files of a folder.
  record FolderCompanions(Storage storage, Location location) implements Companions {
    @Override
    public Optional<Companion> own(String name) throws IOException {
      Location file = location.child(name);
      return storage.kind(file) == Kind.FILE && storage.isOwn(location, file)
          ? Optional.of(companion(file))
          : Optional.empty();
    }

    @Override
    public Optional<Companion> find(String name) throws IOException {
      Location file = location.child(name);
      if (storage.kind(file) != Kind.FILE) {
        return Optional.empty();
      }
      if (!storage.isOwn(location, file)) {
        throw new InputException(
                file,
                "a link that leads out of the model's folder, to %s, is not followed"
                    .formatted(storage.real(file)))
            .withRemedy("put the file itself there, or none");
      }
      return Optional.of(companion(file));
    }

    private Companion companion(Location file) throws IOException {
      try (var source = storage.open(file)) {
        return new Companion(storage, file, source.size());
      }
    }

    @Override
    public List<Entry> list(String folder) throws IOException {
      return storage.list(folder.isEmpty() ? location : location.child(folder));
    }
  }
}

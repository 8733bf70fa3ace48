package org.lines4j.tune.measure;

import java.io.IOException;
import java.nio.file.Path;
import org.lines4j.error.InputException;
import org.lines4j.storage.ByteSource;
import org.lines4j.storage.Draft;
import org.lines4j.storage.Location;
import org.lines4j.storage.Storage;
import org.lines4j.storage.Storages;

/// Copies a model from wherever it lies to this machine: evaluators take paths.
final class ModelCopy {
  /// Folders within folders that a model may have.
  private static final int MOST_DEEP = 8;

  private final Storage storage;
  private final Draft draft;

  private ModelCopy(Storage storage, Draft draft) {
    this.storage = storage;
    this.draft = draft;
  }

  /// Copies a file, or a folder with all that lies in it.
  ///
  /// @param folder to copy it into
  /// @return the copy, which has the model's own name
  static Path make(Location model, Path folder) throws IOException {
    Storage storage = Storages.of(model);
    boolean isFolder = storage.kind(model) == Storage.Kind.FOLDER;
    Location copy = Location.of(folder).child(plain(model, model.name()));
    try (Draft draft = Storages.of(copy).draft(copy, isFolder)) {
      ModelCopy copying = new ModelCopy(storage, draft);
      if (isFolder) {
        copying.folder(model, "", 0);
      } else {
        copying.file(model, copy.name());
      }
      draft.publish();
    }
    return copy.path();
  }

  private void folder(Location folder, String inner, int depth) throws IOException {
    if (depth > MOST_DEEP) {
      throw new InputException(folder, "folders within folders, more than " + MOST_DEEP + " deep");
    }
    for (Storage.Entry entry : storage.list(folder)) {
      if (entry.name().startsWith(".")) {
        continue; // caches and the like
      }
      String name = plain(folder, entry.name());
      switch (entry.kind()) {
        case FILE -> file(folder.child(name), inner + name);
        case FOLDER -> folder(folder.child(name), inner + name + "/", depth + 1);
        case SPECIAL, ABSENT -> {}
      }
    }
  }

  private void file(Location file, String name) throws IOException {
    try (ByteSource content = storage.open(file)) {
      draft.copy(name, content);
    }
  }

  /// A name that stays where it is put, whatever the storage says.
  private static String plain(Location place, String name) {
    if (name.isEmpty()
        || name.equals(".")
        || name.equals("..")
        || name.matches("(?s).*[/\\\\\\x00].*")) {
      throw new InputException(place, "not copied: no name of a file: '" + name + "'");
    }
    return name;
  }
}

package org.lines4j.format;

import java.io.IOException;
import org.lines4j.error.InputException;
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
          location, "a file of %s holds one model, and no part %s".formatted(name(), part));
    }
    return open(storage, location);
  }
}

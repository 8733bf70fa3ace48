package org.lines4j;

import java.io.IOException;
import java.util.Collection;
import java.util.Map;
import org.lines4j.format.Checkpoint;
import org.lines4j.internal.engine.FileHashes;
import org.lines4j.storage.Location;

/// What the files of models hold, to know them by.
public final class InputHashes {
  private InputHashes() {}

  /// The SHA-256 of every file of `models`, in hexadecimal. Reads them, unless they were hashed
  /// before and have not been written to since.
  public static Map<Location, String> of(Collection<Checkpoint> models) throws IOException {
    try (FileHashes hashes = FileHashes.start(models)) {
      return Map.copyOf(hashes.await());
    }
  }
}

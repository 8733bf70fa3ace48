package org.lines4j.internal.engine;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.lines4j.format.Checkpoint;
import org.lines4j.plan.RunOptions;
import org.lines4j.storage.ByteSource;

/// Brings inputs near that lie far away, before they are read whole.
public final class Fetching {
  private Fetching() {}

  /// Fetches every file of `inputs` that is not near, unless the options say otherwise.
  public static void fetch(Collection<Checkpoint> inputs, RunOptions options) throws IOException {
    if (!options.fetching()) {
      return;
    }
    List<ByteSource> far = new ArrayList<>();
    long bytes = 0;
    for (ByteSource file : Checkpoint.files(inputs)) {
      long size = file.toFetch();
      if (size > 0) {
        far.add(file);
        bytes += size;
      }
    }
    if (far.isEmpty()) {
      return;
    }
    options.progress().start("download", bytes);
    for (ByteSource file : far) {
      file.fetch(options.progress()::advance);
    }
  }
}

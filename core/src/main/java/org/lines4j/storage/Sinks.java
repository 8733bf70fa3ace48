package org.lines4j.storage;

import java.io.IOException;

/// Where the files of an output are written to.
@FunctionalInterface
public interface Sinks {
  /// The file of that name, which will have so many bytes.
  Sink open(String name, long size) throws IOException;
}

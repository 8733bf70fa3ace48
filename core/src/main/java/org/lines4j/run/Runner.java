package org.lines4j.run;

import java.io.IOException;

/// Carries passes out: this machine's threads do, or a cluster.
///
/// What a runner of many JVMs does with a pass: it writes it ([Pass#writeTo]), has others plan
/// again from what was asked for and make the pass from what was written, deals out units, and adds
/// up the partial results that come back.
public interface Runner {
  /// Carries out every unit of a pass.
  ///
  /// @return what came of all of them
  /// @throws IOException if reading or writing fails
  <R extends Partial<R>> R run(Pass<R> pass) throws IOException;

  /// Whether all units are done in this JVM, so that what one pass leaves in memory is there for
  /// the next one.
  default boolean isLocal() {
    return false;
  }
}

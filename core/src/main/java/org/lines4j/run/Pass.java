package org.lines4j.run;

import java.io.DataOutput;
import java.io.IOException;
import java.lang.foreign.Arena;

/// One reading of the inputs, cut into units that do not depend on each other. Each is carried out
/// once; any number of threads, processes or machines may share them.
public interface Pass<R extends Partial<R>> {
  /// What progress displays call it.
  String title();

  /// How many units there are.
  int units();

  /// The bytes that a unit handles, for displays of progress.
  long bytes(int unit);

  /// The bytes of all units.
  default long bytes() {
    long sum = 0;
    for (int i = 0; i < units(); i++) {
      sum += bytes(i);
    }
    return sum;
  }

  /// What has come of no unit at all.
  R nothing();

  /// About how much memory a desk takes, in bytes, besides what a unit holds while it is worked on.
  long deskBytes();

  /// A desk for one thread.
  ///
  /// @param arena for its buffers; closed when the thread has done its last unit
  Desk<R> desk(Arena arena);

  /// Writes what this pass is, for another JVM, which makes it again from the same plan
  /// (`PlanRunner.pass`).
  ///
  /// @throws UnsupportedOperationException for a pass that only makes sense in this JVM
  default void writeTo(DataOutput out) throws IOException {
    throw new UnsupportedOperationException("'" + title() + "' is done in one JVM");
  }
}

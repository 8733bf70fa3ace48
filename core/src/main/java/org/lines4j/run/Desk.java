package org.lines4j.run;

import java.io.IOException;

/// What one thread needs to work on units of a pass: buffers, kernels, scratch space.
@FunctionalInterface
public interface Desk<R> {
  /// Carries a unit out.
  ///
  /// @param unit from 0
  /// @param into takes what comes of it; worthless if this fails
  void run(int unit, R into) throws IOException;
}

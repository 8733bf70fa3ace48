package org.lines4j.tune.measure;

import org.lines4j.files.AtExit;

/// Whether the JVM is ending, as after Ctrl-C.
public final class Shutdown {
  /// Ctrl-C reaches the evaluator's program as soon as the JVM: its end may be seen first.
  private static final long GRACE_MILLIS = 200;

  private Shutdown() {}

  /// Whether a failure may be the end of everything, not of one measurement. Waits a moment.
  public static boolean isUnderWay() throws InterruptedException {
    Thread.sleep(GRACE_MILLIS);
    return AtExit.isUnderWay();
  }
}

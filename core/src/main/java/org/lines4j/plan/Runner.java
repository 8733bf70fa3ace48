package org.lines4j.plan;

import java.io.IOException;
import java.util.Collection;
import java.util.ServiceLoader;
import org.lines4j.error.RequestException;

/// Carries plans out. The same plan gives the same bytes, whoever runs it and with whatever
/// options.
public interface Runner {
  /// This machine's threads.
  static Runner local() {
    return Local.RUNNER;
  }

  /// Makes the output beside its destination and moves it into place when it is complete and
  /// synced.
  ///
  /// @throws IOException if reading or writing fails, or an input is no longer what it was when it
  ///   was opened; nothing is left behind then
  /// @throws org.lines4j.error.MethodException if a merge method fails
  /// @throws RequestException if another run is writing the same output, or something has come
  ///   there that the plan may not replace
  RunResult run(Plan plan, RunOptions options) throws IOException;

  /// Carries out a plan's survey, so that every λ is known.
  ///
  /// @return the plan itself where there is nothing to measure
  /// @throws IOException if reading fails
  Plan settle(Plan plan, RunOptions options) throws IOException;

  /// Checks that there is room for several outputs on one disk, of which each by itself has been
  /// checked when it was planned.
  ///
  /// @throws IOException if there is not
  void checkRoom(Collection<Plan> plans) throws IOException;

  /// Found when it is first asked for: plans do not know who runs them.
  final class Local {
    private static final Runner RUNNER =
        ServiceLoader.load(Runner.class, Runner.class.getClassLoader()).findFirst().orElseThrow();

    private Local() {}
  }
}

package org.lines4j.plan;

import java.io.DataInput;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.ServiceLoader;
import org.lines4j.error.RequestException;
import org.lines4j.format.Checkpoint;
import org.lines4j.run.Pass;
import org.lines4j.run.Runner;

/// Carries plans out. The same plan gives the same bytes, whoever runs its passes and with whatever
/// options.
public interface PlanRunner {
  /// The one of this library.
  static PlanRunner local() {
    return Local.RUNNER;
  }

  /// Makes the output beside its destination and moves it into place when it is complete and
  /// synced.
  ///
  /// @param passes who carries the plan's passes out
  /// @throws IOException if reading or writing fails, or an input is no longer what it was when it
  ///   was opened; nothing is left behind then
  /// @throws org.lines4j.error.MethodException if a merge method fails
  /// @throws RequestException if another run is writing the same output, or something has come
  ///   there that the plan may not replace
  RunResult run(Plan plan, RunOptions options, Runner passes) throws IOException;

  /// Measures what must be known of whole models, so that every λ is known.
  ///
  /// @param passes who carries them out
  /// @return the plan itself where there is nothing to measure
  /// @throws IOException if reading fails
  Plan measure(Plan plan, RunOptions options, Runner passes) throws IOException;

  /// Brings inputs near that lie far away, before they are read whole, unless the options say
  /// otherwise.
  ///
  /// @throws IOException if that fails
  void fetch(Collection<Checkpoint> inputs, RunOptions options) throws IOException;

  /// This machine's threads.
  Runner threads(RunOptions options);

  /// A pass of a plan that another JVM has written, with what it had measured until then. Units of
  /// it come to the same here as there.
  ///
  /// @param plan planned again from the same request, with its output elsewhere
  ///   ([org.lines4j.storage.Storages#elsewhere])
  /// @param written by [Pass#writeTo]
  /// @throws IOException if the other JVM's files cannot be reached
  SharedPass<?> pass(Plan plan, DataInput written) throws IOException;

  /// The passes of a plan as machines that share it carry them out.
  List<PassUnits> units(Plan plan, RunOptions options);

  /// Checks that there is room for several outputs on one disk, of which each by itself has been
  /// checked when it was planned.
  ///
  /// @throws IOException if there is not
  void checkRoom(Collection<Plan> plans) throws IOException;

  /// Found when it is first asked for: plans do not know who runs them.
  final class Local {
    private static final PlanRunner RUNNER =
        ServiceLoader.load(PlanRunner.class, PlanRunner.class.getClassLoader())
            .findFirst()
            .orElseThrow();

    private Local() {}
  }
}

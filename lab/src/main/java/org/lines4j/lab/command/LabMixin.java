package org.lines4j.lab.command;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.lines4j.cli.VectorModule;
import org.lines4j.lab.experiment.Lab;
import org.lines4j.lab.experiment.LabSettings;
import org.lines4j.plan.Progress;
import picocli.CommandLine.Option;

/// Where a lab is, and how large.
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class LabMixin {
  @Option(
      names = "--out",
      paramLabel = "DIR",
      required = true,
      description = "The lab's folder; what is there already is not made again.")
  private Path out;

  @Option(
      names = "--quick",
      description = "Small and short: shows that everything works, not what LiNeS can do.")
  private boolean quick;

  @Option(
      names = "--parallel",
      paramLabel = "N",
      description = "How many jobs run at a time, with one thread each (default: processors).")
  private @Nullable Integer parallel;

  LabMixin() {}

  Path out() {
    return out;
  }

  boolean isQuick() {
    return quick;
  }

  Lab lab(long seed, Progress progress) {
    VectorModule.resolve();
    return new Lab(
        out,
        quick ? LabSettings.quick() : LabSettings.full(),
        seed,
        parallel == null ? Runtime.getRuntime().availableProcessors() : parallel,
        progress);
  }
}

package org.lines4j.lab.command;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.lines4j.cli.ProgressDisplay;
import org.lines4j.cli.RunMixin;
import org.lines4j.cli.VectorModule;
import org.lines4j.error.RequestException;
import org.lines4j.lab.experiment.FairLab;
import org.lines4j.lab.experiment.FairResults;
import org.lines4j.lab.experiment.FairSettings;
import org.lines4j.lab.result.FairReport;
import picocli.CommandLine.Option;

/// The options of a lab of a base and its tasks, and how it is run.
final class FairMixin {
  private static final long FIRST_SEED = 11;
  private static final int SEEDS = 3;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description =
          "The lab's folder; what is there already is not made again (default: lab- and the"
              + " command's name, for --quick with -quick behind it).")
  private @Nullable Path out;

  @Option(
      names = "--quick",
      description = "Three tasks, one seed: shows that everything works, not what LiNeS can do.")
  private boolean quick;

  @Option(
      names = "--seeds",
      paramLabel = "N",
      description = "How many times everything is trained and measured (default 3; quick 1).")
  private @Nullable Integer seeds;

  @Option(
      names = "--tasks",
      paramLabel = "NAME,…",
      split = ",",
      description = "Some of the tasks alone.")
  private @Nullable List<String> tasks;

  @Option(
      names = "--rates",
      paramLabel = "RATE,…",
      split = ",",
      description = "Some learning rates alone.")
  private @Nullable List<Double> rates;

  @Option(
      names = "--methods",
      paramLabel = "NAME,…",
      split = ",",
      description = "Some merge methods alone.")
  private @Nullable List<String> methods;

  @Option(
      names = "--parallel",
      paramLabel = "N",
      description = "How many jobs run at a time, with one thread each (default: processors).")
  private @Nullable Integer parallel;

  FairMixin() {}

  /// Trains and measures, and publishes what came out.
  ///
  /// @param name of the command
  void run(String name, FairSettings full, FairSettings small, RunMixin run) throws IOException {
    int count = seeds == null ? quick ? 1 : SEEDS : seeds;
    if (count < 1 || count > 100) {
      throw new RequestException("--seeds should be 1 … 100, found " + count);
    }
    Choices.among("--tasks", tasks, full.everyTask());
    Choices.among("--methods", methods, full.methods());
    Choices.rates("--rates", rates);
    VectorModule.resolve();
    Path folder = out == null ? Path.of("lab-" + name + (quick ? "-quick" : "")) : out;
    List<Long> numbers = LongStream.range(FIRST_SEED, FIRST_SEED + count).boxed().toList();
    FairResults results;
    try (ProgressDisplay progress = run.progress(LabTrainCommand.STEPS)) {
      FairLab lab =
          new FairLab(
              folder,
              settings(quick ? small : full),
              numbers,
              parallel == null ? Runtime.getRuntime().availableProcessors() : parallel,
              progress);
      results = lab.run(command(name, count));
    }
    LabOutputs.publish(run, folder, FairReport.html(results), FairReport.excerpt(results));
  }

  private FairSettings settings(FairSettings all) {
    return all.only(
        tasks == null ? all.tasks() : tasks,
        rates == null ? all.rates() : rates,
        methods == null ? all.methods() : methods);
  }

  private String command(String name, int count) {
    StringBuilder command = new StringBuilder("./lines lab ").append(name);
    if (quick) {
      command.append(" --quick");
    }
    if (count != (quick ? 1 : SEEDS)) {
      command.append(" --seeds ").append(count);
    }
    append(command, "--tasks", tasks);
    append(command, "--rates", rates);
    append(command, "--methods", methods);
    return command.toString();
  }

  private static void append(StringBuilder command, String option, @Nullable List<?> values) {
    if (values != null) {
      List<String> texts = values.stream().map(String::valueOf).toList();
      command.append(' ').append(option).append(' ').append(String.join(",", texts));
    }
  }
}

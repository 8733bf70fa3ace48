package org.lines4j.lab.command;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.LongStream;
import org.lines4j.cli.ProgressDisplay;
import org.lines4j.cli.RunMixin;
import org.lines4j.error.RequestException;
import org.lines4j.lab.experiment.LabResults;
import org.lines4j.lab.result.LabReport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `lines lab run`.
@Command(
    name = "run",
    header = "Train what is missing, run the experiments, and write what they give.",
    customSynopsis = "lines lab run --out DIR [OPTIONS]",
    description = {
      "Editing, merging, distribution shifts, soups, and when LiNeS does not pay:",
      "DIR/results.json and DIR/report.html. Run it again after an interruption;",
      "nothing is trained or measured twice."
    })
final class LabRunCommand implements Callable<Integer> {
  /// The set-up was chosen on seed 1, so others are reported.
  private static final String FIRST_SEED = "11";

  @Option(
      names = "--seeds",
      paramLabel = "N",
      defaultValue = "3",
      description = "How many times everything is trained and measured (default ${DEFAULT-VALUE}).")
  private int seeds;

  @Option(
      names = "--first-seed",
      paramLabel = "S",
      defaultValue = FIRST_SEED,
      description = "The first of them (default ${DEFAULT-VALUE}).")
  private long firstSeed;

  @Mixin private LabMixin lab = new LabMixin();
  @Mixin private RunMixin run = new RunMixin();

  LabRunCommand() {}

  @Override
  public Integer call() throws IOException {
    if (seeds < 1 || seeds > 100) {
      throw new RequestException("--seeds should be 1 … 100, found " + seeds);
    }
    List<Long> numbers = LongStream.range(firstSeed, firstSeed + seeds).boxed().toList();
    LabResults results;
    try (ProgressDisplay progress = run.progress(LabTrainCommand.STEPS)) {
      results = lab.lab(numbers, progress).run(command());
    }
    LabOutputs.publish(run, lab.out(), LabReport.html(results), LabReport.excerpt(results));
    return 0;
  }

  private String command() {
    return "./lines lab run --seeds %d%s%s"
        .formatted(
            seeds,
            firstSeed == Long.parseLong(FIRST_SEED) ? "" : " --first-seed " + firstSeed,
            lab.isQuick() ? " --quick" : "");
  }
}

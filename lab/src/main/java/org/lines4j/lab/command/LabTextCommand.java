package org.lines4j.lab.command;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.lines4j.cli.ProgressDisplay;
import org.lines4j.cli.RunMixin;
import org.lines4j.cli.VectorModule;
import org.lines4j.error.RequestException;
import org.lines4j.lab.experiment.TextLab;
import org.lines4j.lab.experiment.TextResults;
import org.lines4j.lab.experiment.TextSettings;
import org.lines4j.lab.result.TextReport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `lines lab text`.
@Command(
    name = "text",
    header = "Fine-tune a public sentence encoder, edit and merge it, and measure it.",
    customSynopsis = "lines lab text [--quick] [OPTIONS]",
    description = {
      "all-MiniLM-L6-v2, fine-tuned on public texts at two rates; every figure with",
      "LiNeS stands beside uniform scaling that was tuned with as many evaluations.",
      "Writes DIR/results.json and DIR/report.html. Run it again after an",
      "interruption; nothing is trained or measured twice. All of it takes hours:",
      "nice -n 19 ./lines lab text --parallel 1 leaves the machine to others."
    })
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class LabTextCommand implements Callable<Integer> {
  private static final long FIRST_SEED = 11;
  private static final int SEEDS = 3;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description =
          "The lab's folder; what is there already is not made again (default: lab-text, or"
              + " lab-text-quick).")
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

  @Mixin private RunMixin run = new RunMixin();

  LabTextCommand() {}

  @Override
  public Integer call() throws IOException {
    int count = seeds == null ? quick ? 1 : SEEDS : seeds;
    if (count < 1 || count > 100) {
      throw new RequestException("--seeds should be 1 … 100, found " + count);
    }
    VectorModule.resolve();
    Path folder = out == null ? Path.of(quick ? "lab-text-quick" : "lab-text") : out;
    List<Long> numbers = LongStream.range(FIRST_SEED, FIRST_SEED + count).boxed().toList();
    TextResults results;
    try (ProgressDisplay progress = run.progress(LabTrainCommand.STEPS)) {
      TextLab lab =
          new TextLab(
              folder,
              settings(),
              numbers,
              parallel == null ? Runtime.getRuntime().availableProcessors() : parallel,
              progress);
      results = lab.run(command(count));
    }
    LabOutputs.publish(run, folder, TextReport.html(results), TextReport.excerpt(results));
    return 0;
  }

  private TextSettings settings() {
    TextSettings all = quick ? TextSettings.quick() : TextSettings.full();
    return all.only(
        tasks == null ? all.tasks() : tasks,
        rates == null ? all.rates() : rates,
        methods == null ? all.methods() : methods);
  }

  private String command(int count) {
    StringBuilder command = new StringBuilder("./lines lab text");
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

package org.lines4j.lab.command;

import java.io.IOException;
import java.util.concurrent.Callable;
import org.lines4j.cli.Json;
import org.lines4j.cli.ProgressDisplay;
import org.lines4j.cli.RunMixin;
import org.lines4j.lab.experiment.Lab;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `lines lab train`.
@Command(
    name = "train",
    header = "Train a small base on rendered images, and fine-tune it on eight tasks.",
    customSynopsis = "lines lab train --out DIR [OPTIONS]",
    description = {
      "The smallest models to try things on, without a network: lines lab eval measures",
      "them. The evidence is made with lines lab text and lines lab icons. Finished",
      "models are not trained again: run it again after an interruption."
    })
final class LabTrainCommand implements Callable<Integer> {
  static final ProgressDisplay.Unit STEPS = new ProgressDisplay.Unit("steps", 1);

  @Option(
      names = "--seed",
      paramLabel = "S",
      defaultValue = "11",
      description = "Of weights, images and their order (default ${DEFAULT-VALUE}).")
  private long seed;

  @Mixin private LabMixin lab = new LabMixin();
  @Mixin private RunMixin run = new RunMixin();

  LabTrainCommand() {}

  @Override
  public Integer call() throws IOException {
    try (ProgressDisplay progress = run.progress(STEPS)) {
      Lab trained = lab.lab(seed, progress);
      trained.train();
      if (run.isJson()) {
        Json.print(
            run.out(),
            json -> json.writeStringProperty("out", trained.models().folder().toString()));
      } else {
        run.say("trained: " + trained.models().folder());
      }
    }
    return 0;
  }
}

package org.lines4j.lab.command;

import java.io.IOException;
import java.util.concurrent.Callable;
import org.lines4j.cli.RunMixin;
import org.lines4j.lab.experiment.TextSettings;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

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
final class LabTextCommand implements Callable<Integer> {
  @Mixin private FairMixin lab = new FairMixin();
  @Mixin private RunMixin run = new RunMixin();

  LabTextCommand() {}

  @Override
  public Integer call() throws IOException {
    lab.run("text", TextSettings.full(), TextSettings.quick(), run);
    return 0;
  }
}

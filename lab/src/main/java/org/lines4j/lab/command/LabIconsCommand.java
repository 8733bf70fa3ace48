package org.lines4j.lab.command;

import java.io.IOException;
import java.util.concurrent.Callable;
import org.lines4j.cli.RunMixin;
import org.lines4j.lab.experiment.IconSettings;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `lines lab icons`.
@Command(
    name = "icons",
    header = "Fine-tune a small CLIP on icons and glyphs, edit and merge it, and measure it.",
    customSynopsis = "lines lab icons [--quick] [OPTIONS]",
    description = {
      "An encoder of icons that comes with the program, fine-tuned on public images",
      "at two rates; every figure with LiNeS stands beside uniform scaling that was",
      "tuned with as many evaluations, and merging with LiNeS both ways of what lies",
      "behind the blocks. Writes DIR/results.json and DIR/report.html. Run it again",
      "after an interruption; nothing is trained or measured twice. All of it takes",
      "hours: nice -n 19 ./lines lab icons --parallel 1 leaves the machine to others."
    })
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class LabIconsCommand implements Callable<Integer> {
  @Mixin private FairMixin lab = new FairMixin();
  @Mixin private RunMixin run = new RunMixin();

  LabIconsCommand() {}

  @Override
  public Integer call() throws IOException {
    lab.run("icons", IconSettings.full(), IconSettings.quick(), run);
    return 0;
  }
}

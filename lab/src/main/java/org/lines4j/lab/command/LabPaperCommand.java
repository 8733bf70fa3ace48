package org.lines4j.lab.command;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.lines4j.cli.ProgressDisplay;
import org.lines4j.cli.RunMixin;
import org.lines4j.cli.VectorModule;
import org.lines4j.error.RequestException;
import org.lines4j.lab.experiment.PaperLab;
import org.lines4j.lab.experiment.PaperResults;
import org.lines4j.lab.experiment.PaperSettings;
import org.lines4j.lab.experiment.PublishedModels;
import org.lines4j.lab.result.PaperReport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `lines lab paper`.
@Command(
    name = "paper",
    header = "Fetch the paper's checkpoints, edit and merge them, and measure it.",
    customSynopsis = "lines lab paper --model NAME --tasks N [OPTIONS]",
    description = {
      "CLIP's image encoder as others have fine-tuned and published it, from the Hub;",
      "each model is measured by a program, examples/paper/evaluate.py, on public",
      "data sets. Every figure with LiNeS stands beside uniform scaling that was",
      "tuned with as many evaluations. Writes DIR/results.json, DIR/README.md and",
      "DIR/report.html. Run it again after an interruption; nothing is fetched or",
      "measured twice. It takes gigabytes, and a day or more of a GPU: begin with",
      "--quick. See examples/paper/README.md."
    })
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class LabPaperCommand implements Callable<Integer> {
  private static final ProgressDisplay.Unit MEASUREMENTS =
      new ProgressDisplay.Unit("measurements", 1);

  @Option(
      names = "--model",
      paramLabel = "NAME",
      defaultValue = "ViT-B-32",
      description = "ViT-B-32, ViT-B-16 or ViT-L-14 (default ${DEFAULT-VALUE}).")
  private String model;

  @Option(
      names = "--tasks",
      paramLabel = "N",
      defaultValue = "8",
      description =
          "The paper's first 8, 14 or 20 tasks, or any other number from 2 (default"
              + " ${DEFAULT-VALUE}).")
  private int tasks;

  @Option(
      names = "--checkpoints",
      paramLabel = "SET",
      defaultValue = "tall",
      description =
          "tall (nik-dim/tall_masks, the default) or fusionbench (tanganke/clip-vit-...).")
  private PublishedModels checkpoints;

  @Option(
      names = "--from",
      paramLabel = "PLACE",
      description =
          "Where the set lies, if not at its usual place on the Hub: hf://org/name@revision/folder,"
              + " or a folder.")
  private @Nullable String from;

  @Option(
      names = "--evaluate",
      paramLabel = "COMMAND",
      description = {
        "What measures a model, as for lines tune: {model}, {task}, {split} and {head} stand for"
            + " what is measured; the last line that it prints is {\"accuracy\": 0.93}."
      })
  private @Nullable String evaluator;

  @Option(
      names = "--methods",
      paramLabel = "NAME,…",
      split = ",",
      description = "Some merge methods alone (default: all that have a base).")
  private @Nullable List<String> methods;

  @Option(
      names = "--quick",
      description = "Three merge methods, one edited model, coarse grids: a look at everything.")
  private boolean quick;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "The lab's folder (default: lab-paper, or lab-paper-quick).")
  private @Nullable Path out;

  @Option(
      names = "--parallel",
      paramLabel = "N",
      defaultValue = "1",
      description = "How many models are measured at a time (default ${DEFAULT-VALUE}).")
  private int parallel;

  @Mixin private RunMixin run = new RunMixin();

  LabPaperCommand() {}

  @Override
  public Integer call() throws IOException {
    if (parallel < 1 || parallel > 64) {
      throw new RequestException("--parallel should be 1 … 64, found " + parallel);
    }
    VectorModule.resolve();
    PaperSettings settings = settings();
    Path folder = out == null ? Path.of(quick ? "lab-paper-quick" : "lab-paper") : out;
    PaperResults results;
    try (ProgressDisplay fetching = run.progress();
        ProgressDisplay measuring = run.progress(MEASUREMENTS)) {
      results = new PaperLab(folder, settings, parallel, fetching, measuring).run(command());
    }
    PaperReport.writeMarkdown(results, folder);
    LabOutputs.publish(run, folder, PaperReport.html(results), PaperReport.excerpt(results));
    return 0;
  }

  private PaperSettings settings() {
    PaperSettings all =
        PaperSettings.full(
            model,
            checkpoints,
            from == null ? checkpoints.usualPlace() : from,
            tasks,
            evaluator == null ? checkpoints.usualEvaluator(model) : evaluator);
    PaperSettings asked = quick ? all.quick() : all;
    return methods == null ? asked : asked.only(methods);
  }

  private String command() {
    StringBuilder command = new StringBuilder("./lines lab paper");
    command.append(" --model ").append(model).append(" --tasks ").append(tasks);
    if (checkpoints != PublishedModels.TALL) {
      command.append(" --checkpoints fusionbench");
    }
    if (from != null) {
      command.append(" --from ").append(from);
    }
    if (methods != null) {
      command.append(" --methods ").append(String.join(",", methods));
    }
    return command.append(quick ? " --quick" : "").toString();
  }
}

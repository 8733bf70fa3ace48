package org.lines4j.lab.command;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.lines4j.cli.Json;
import org.lines4j.cli.RunMixin;
import org.lines4j.cli.Table;
import org.lines4j.error.RequestException;
import org.lines4j.lab.encoder.Accuracy;
import org.lines4j.lab.encoder.ClassVectors;
import org.lines4j.lab.encoder.Encoder;
import org.lines4j.lab.experiment.Lab;
import org.lines4j.lab.experiment.SeedModels;
import org.lines4j.lab.image.ImageTask;
import org.lines4j.lab.image.ImageTasks;
import org.lines4j.lab.image.Shift;
import org.lines4j.lab.image.Split;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `lines lab eval`.
@Command(
    name = "eval",
    header = "Measure a model of the lab on tasks.",
    customSynopsis = "lines lab eval MODEL --tasks T1,T2 [OPTIONS]",
    description = {
      "With --json, the last line is what lines tune takes from an evaluator:",
      "",
      "  lines tune ... --evaluate \"lines lab eval {model} --heads FILE --json\""
    })
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class LabEvalCommand implements Callable<Integer> {
  @Parameters(paramLabel = "MODEL", description = "The model's folder.")
  private Path model;

  @Option(
      names = "--tasks",
      paramLabel = "T1,T2",
      split = ",",
      description = "Which tasks (default: all).")
  private List<String> tasks = List.of();

  @Option(
      names = "--heads",
      paramLabel = "FILE",
      description = {
        "The class vectors that the model is read through",
        "(default: those of the experiments of its lab)."
      })
  private @Nullable Path heads;

  @Option(
      names = "--split",
      paramLabel = "S",
      defaultValue = "VALIDATION",
      description = "train, validation or test images (default: validation).")
  private Split split;

  @Option(
      names = "--shift",
      paramLabel = "S",
      defaultValue = "NONE",
      description = "none, noise, blur, contrast, rotation or strokes (default: none).")
  private Shift shift;

  @Option(
      names = "--images",
      paramLabel = "N",
      defaultValue = "400",
      description = "Of each task (default ${DEFAULT-VALUE}).")
  private int images;

  @Option(
      names = "--seed",
      paramLabel = "S",
      description = "Of the images (default: that of the model's lab).")
  private @Nullable Long seed;

  @Mixin private RunMixin run = new RunMixin();

  LabEvalCommand() {}

  @Override
  public Integer call() throws IOException {
    if (images < 1) {
      throw new RequestException("--images should be 1 or more, found " + images);
    }
    List<ImageTask> wanted =
        tasks.isEmpty() ? ImageTasks.all() : tasks.stream().map(ImageTasks::named).toList();
    Map<String, Double> accuracy = new LinkedHashMap<>();
    try (Encoder encoder = Encoder.load(model)) {
      ClassVectors vectors = ClassVectors.load(heads == null ? lab().heads() : heads);
      long imagesOf = seed == null ? lab().seed() : seed;
      for (ImageTask task : wanted) {
        accuracy.put(
            task.name(),
            Accuracy.of(
                encoder, task.render(imagesOf, split, shift, 0, images), vectors.of(task.name())));
      }
    }
    if (run.isJson()) {
      Json.print(
          run.out(), json -> accuracy.forEach((task, value) -> Json.number(json, task, value)));
    } else {
      Table table = new Table("task", "accuracy", "of chance");
      for (ImageTask task : wanted) {
        table.row(
            task.name(),
            "%.4f".formatted(accuracy.getOrDefault(task.name(), Double.NaN)),
            "%.4f".formatted(1.0 / task.classes().size()));
      }
      table.print(run.out());
    }
    return 0;
  }

  private SeedModels lab() throws IOException {
    return Lab.around(model)
        .orElseThrow(
            () ->
                new RequestException(
                    model
                        + ": lies in no lab's folder; name the class vectors to read it through"
                        + " with --heads, and the images' --seed"));
  }
}

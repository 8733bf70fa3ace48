package org.lines4j.cli;

import java.io.IOException;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.lines4j.Convert;
import org.lines4j.format.Checkpoint;
import org.lines4j.plan.Plan;
import org.lines4j.plan.RunResult;
import org.lines4j.plan.TensorPlan;
import org.lines4j.storage.Location;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `lines convert`.
@Command(
    name = "convert",
    header = "Write a model in another format or type.",
    customSynopsis = "lines convert MODEL OUT [OPTIONS]",
    description = {
      "Reads any model and writes it as safetensors or as a state dict of PyTorch;",
      "a GGUF model also as GGUF.",
      "Every number keeps its bits, unless --dtype says otherwise."
    },
    footer = {"%nExample:", "  lines convert finetuned.pt finetuned.safetensors"})
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class ConvertCommand implements Callable<Integer> {
  @Parameters(
      index = "0",
      paramLabel = "MODEL",
      description = "A file of safetensors, PyTorch or GGUF, or a model folder.")
  private Location model;

  @Parameters(index = "1", paramLabel = "OUT", description = OutputMixin.OUT)
  private Location out;

  @Option(
      names = "--key",
      paramLabel = "KEY",
      description = "Which of several models in MODEL, such as state_dict.")
  private @Nullable String key;

  @Mixin private DtypeMixin dtype;
  @Mixin private OutputMixin output;
  @Mixin private WorkMixin work;
  @Mixin private RunMixin run;

  ConvertCommand() {}

  @Override
  public Integer call() throws IOException {
    OutputName.check(out);
    Location input = key == null ? model : Location.parse(model.text() + "#" + key);
    try (Checkpoint checkpoint = Checkpoint.open(input)) {
      Plan plan = output.applyTo(dtype.applyTo(Convert.of(checkpoint))).plan(out);
      PlanReport report = new PlanReport(plan, OptionalDouble.empty(), OptionalDouble.empty(), run);
      report.notices();
      if (output.isDryRun()) {
        report.dryRun();
        return 0;
      }
      RunResult result = run(plan);
      if (run.isJson()) {
        report.done(result);
      } else {
        report.sayFound(result);
        types(plan).print(run.out());
        report.wrote(result);
      }
    }
    return 0;
  }

  private RunResult run(Plan plan) throws IOException {
    try (ProgressDisplay progress = run.progress();
        Interruption _ = run.interruption(progress, plan.out())) {
      return plan.run(work.options(progress));
    }
  }

  /// What became of the model's types.
  private static Table types(Plan plan) {
    Table table = new Table("type", "becomes", "tensors", "bytes");
    plan.tensors().stream()
        .collect(Collectors.groupingBy(ConvertCommand::change, TreeMap::new, Collectors.toList()))
        .forEach(
            (change, tensors) ->
                table.row(
                    change.from(),
                    change.to(),
                    tensors.size(),
                    "%,d".formatted(tensors.stream().mapToLong(t -> t.info().byteSize()).sum())));
    return table;
  }

  private record Change(String from, String to) implements Comparable<Change> {
    @Override
    public int compareTo(Change other) {
      int first = from.compareTo(other.from);
      return first != 0 ? first : to.compareTo(other.to);
    }
  }

  private static Change change(TensorPlan tensor) {
    return new Change(tensor.sourceStoredAs().orElseThrow(), tensor.storedAs());
  }
}

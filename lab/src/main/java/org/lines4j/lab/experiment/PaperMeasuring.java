package org.lines4j.lab.experiment;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.lines4j.tune.EvaluationException;
import org.lines4j.tune.program.CommandEvaluator;

/// Measures image encoders by a program: an evaluator's command, as `lines tune` takes it, in which
/// `{task}`, `{split}` (validation or test) and `{head}` (the folder of the task's class vectors,
/// where they were published) stand for what is to be measured. Its metric is `accuracy`, 0 … 1.
///
/// @param folder of the lab
record PaperMeasuring(String command, Path folder) implements Measuring {
  private static final String METRIC = "accuracy";
  private static final String HEAD = "head";

  /// @throws org.lines4j.error.RequestException if model, task or split have no place in a command
  static void check(String command) {
    CommandEvaluator _ = CommandEvaluator.of(command).with(Map.of("task", "", "split", ""));
  }

  @Override
  public List<List<Probe>> portions(List<Probe> probes) {
    return probes.stream().map(List::of).toList();
  }

  @Override
  public Map<Probe, Double> measure(Path model, String heads, List<Probe> probes)
      throws IOException {
    Map<Probe, Double> measured = new LinkedHashMap<>();
    for (Probe probe : probes) {
      try (ScratchFolder scratch = ScratchFolder.make()) {
        measured.put(
            probe, accuracy(probe, evaluator(heads, probe).evaluate(model, scratch.path())));
      } catch (EvaluationException e) {
        throw new IOException(
            "%s, %s: the evaluator's command failed (%s): %s\n%s"
                .formatted(probe.task(), split(probe), e.reason(), command, e.details())
                .strip(),
            e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException("interrupted while a model was measured", e);
      }
    }
    return measured;
  }

  private CommandEvaluator evaluator(String heads, Probe probe) {
    Map<String, String> values = new LinkedHashMap<>();
    values.put("task", probe.task());
    values.put("split", split(probe));
    if (command.contains("{" + HEAD + "}")) {
      values.put(HEAD, folder.resolve(heads).resolve(probe.task()).toAbsolutePath().toString());
    }
    return CommandEvaluator.of(command).with(values);
  }

  private static String split(Probe probe) {
    return probe.split().name().toLowerCase(Locale.ROOT);
  }

  private static double accuracy(Probe probe, Map<String, Double> metrics)
      throws EvaluationException {
    double accuracy = metrics.getOrDefault(METRIC, Double.NaN);
    if (!(accuracy >= 0 && accuracy <= 1)) {
      throw new EvaluationException(
          "of %s it should give \"%s\", 0 … 1; it gave %s".formatted(probe.task(), METRIC, metrics),
          "");
    }
    return accuracy;
  }
}

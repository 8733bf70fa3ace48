package org.lines4j.internal.engine;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.lines4j.error.InputException;
import org.lines4j.internal.work.Facts;
import org.lines4j.internal.work.PlannedRun;
import org.lines4j.internal.work.PlannedTensor;
import org.lines4j.internal.work.Survey;
import org.lines4j.internal.work.Survey.AutoAlpha;
import org.lines4j.internal.work.Work;
import org.lines4j.plan.PlannedPass;
import org.lines4j.plan.RunOptions;
import org.lines4j.run.Runner;

/// Measures what a plan must know of whole models, and tells the plan.
public final class SurveyEngine {
  private final RunOptions options;
  private final Runner runner;

  /// As it was planned but for tensors that were measured each by itself.
  private PlannedRun plan;

  private Facts facts = Facts.none();
  private Optional<Magnitudes> magnitudes = Optional.empty();
  private long bytesRead;

  private SurveyEngine(PlannedRun plan, RunOptions options, Runner runner) {
    this.plan = plan;
    this.options = options;
    this.runner = runner;
  }

  /// `plan` with nothing left to measure.
  ///
  /// @param runner who carries the passes out
  public static PlannedRun measure(PlannedRun plan, RunOptions options, Runner runner)
      throws IOException {
    List<PlannedPass> passes = plan.survey().map(Survey::passes).orElse(List.of());
    if (passes.isEmpty()) {
      return plan;
    }
    Fetching.fetch(plan.inputs().values(), options);
    SurveyEngine engine = new SurveyEngine(plan, options, runner);
    for (PlannedPass pass : passes) {
      engine.carryOut(pass);
    }
    return engine.plan.knowing(engine.facts, engine.bytesRead);
  }

  private void carryOut(PlannedPass pass) throws IOException {
    switch (pass.kind()) {
      case SAMPLE -> {
        magnitudes().sample();
        bytesRead += pass.bytesToRead();
      }
      case MAGNITUDES -> {
        Magnitudes.Found found = magnitudes().find();
        facts = facts.withThresholds(found.thresholds()).withMajority(found.majority());
        bytesRead += found.passes() * pass.bytesToRead();
      }
      case MODELS -> {
        List<Work.Merge> merges = WrittenPass.measuredModels(plan.tensors());
        WholeModels models = new WholeModels(merges, options, runner);
        facts = facts.withKnown(models.known());
        bytesRead += models.bytesRead();
      }
      case TENSORS -> measureTensors(pass);
      case NORMS -> measureAlpha(plan.survey().flatMap(Survey::auto).orElseThrow(), pass);
      case WRITE -> throw new IllegalStateException("writing is no part of a survey");
    }
  }

  private Magnitudes magnitudes() {
    if (magnitudes.isEmpty()) {
      List<Work.Merge> models = WrittenPass.wholeModels(plan.tensors());
      magnitudes = Optional.of(new Magnitudes(models, options, runner));
    }
    return magnitudes.get();
  }

  /// Others measure the tensors that they come to.
  private void measureTensors(PlannedPass pass) throws IOException {
    if (!runner.isLocal()) {
      return;
    }
    options.progress().start(pass.kind().title(), pass.bytesToRead());
    Measuring.Known known = Measuring.measure(plan.tensors(), options);
    Map<String, PlannedTensor> byName =
        known.tensors().stream()
            .collect(Collectors.toMap(PlannedTensor::name, Function.identity()));
    plan = plan.with(tensor -> byName.getOrDefault(tensor.name(), tensor));
    bytesRead += known.bytesRead();
  }

  private void measureAlpha(AutoAlpha auto, PlannedPass pass) throws IOException {
    Majority.Elected<Norms> elected =
        Majority.elect(
            plan.tensors(), facts, known -> runner.run(Norms.pass(merges(known), known)));
    facts = elected.facts();
    bytesRead += elected.attempts() * pass.bytesToRead();
    Norms norms = elected.result();
    double value = norms.sum() / norms.merged() / auto.models();
    if (!Double.isFinite(value)) {
      OptionalInt undefined = norms.firstUndefined();
      String where =
          undefined.isPresent()
              ? "; the first tensor that holds NaN or infinity in some model is "
                  + Segments.of(merges(facts)).get(undefined.getAsInt()).work().tensor()
              : "; give alpha as a number";
      throw new InputException(
          "alpha: auto cannot be measured: ‖Σ τᵢ‖₁ is %s and ‖τ_mtl‖₁ is %s"
                  .formatted(norms.sum(), norms.merged())
              + where);
    }
    facts = facts.withAlpha(value);
  }

  private List<Work.Merge> merges(Facts known) {
    return WrittenPass.merges(plan.tensors().stream().map(known::applyTo).toList());
  }
}

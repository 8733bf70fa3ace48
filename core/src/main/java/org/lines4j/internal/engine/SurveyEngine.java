package org.lines4j.internal.engine;

import java.io.IOException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.lines4j.error.InputException;
import org.lines4j.method.Ballot;
import org.lines4j.method.TensorMerge;
import org.lines4j.plan.OutputShard;
import org.lines4j.plan.Pass;
import org.lines4j.plan.Plan;
import org.lines4j.plan.PlannedTensor;
import org.lines4j.plan.RunOptions;
import org.lines4j.plan.Survey;
import org.lines4j.plan.Survey.AutoAlpha;
import org.lines4j.plan.Work;

/// Measures what a plan must know of whole models, and settles the plan with it.
public final class SurveyEngine {
  private final RunOptions options;
  private List<PlannedTensor> tensors;
  private Optional<Magnitudes> magnitudes = Optional.empty();
  private long bytesRead;
  private OptionalDouble alpha = OptionalDouble.empty();

  private SurveyEngine(Plan plan, RunOptions options) {
    this.options = options;
    this.tensors = plan.tensors();
  }

  /// `plan` with nothing left to measure.
  public static Plan settle(Plan plan, RunOptions options) throws IOException {
    List<Pass> passes = plan.survey().map(Survey::passes).orElse(List.of());
    if (passes.isEmpty()) {
      return plan;
    }
    SurveyEngine engine = new SurveyEngine(plan, options);
    for (Pass pass : passes) {
      engine.carryOut(pass, plan);
    }
    plan.survey().flatMap(Survey::auto).ifPresent(engine::scale);
    return engine.settled(plan);
  }

  private Plan settled(Plan plan) {
    Map<String, PlannedTensor> byName = new HashMap<>();
    tensors.forEach(tensor -> byName.put(tensor.name(), tensor));
    List<OutputShard> shards =
        plan.shards().stream()
            .map(shard -> shard.with(tensor -> byName.getOrDefault(tensor.name(), tensor)))
            .toList();
    Map<String, String> settings = new LinkedHashMap<>(plan.settings());
    alpha.ifPresent(value -> settings.put("α measured", String.valueOf(value)));
    Survey done = new Survey(List.of(), Optional.empty(), alpha, bytesRead);
    return plan.settled(shards, tensors, settings, done);
  }

  private void carryOut(Pass pass, Plan plan) throws IOException {
    switch (pass.kind()) {
      case SAMPLE -> {
        magnitudes().sample();
        bytesRead += pass.bytesToRead();
      }
      case MAGNITUDES -> settleWholeModels(pass);
      case TENSORS -> {
        options.progress().start(pass.kind().title(), pass.bytesToRead());
        Settling.Settled settled = Settling.settle(tensors, options);
        tensors = settled.tensors();
        bytesRead += settled.bytesRead();
      }
      case NORMS -> measureAlpha(plan.survey().flatMap(Survey::auto).orElseThrow(), pass);
      case WRITE -> throw new IllegalStateException("writing is no part of a survey");
    }
  }

  private List<Work.Merge> merges() {
    return tensors.stream()
        .map(PlannedTensor::work)
        .filter(Work.Merge.class::isInstance)
        .map(Work.Merge.class::cast)
        .toList();
  }

  private List<Work.Merge> wholeModels() {
    return merges().stream().filter(m -> m.merge() instanceof TensorMerge.WholeModel).toList();
  }

  private Magnitudes magnitudes() {
    if (magnitudes.isEmpty()) {
      magnitudes = Optional.of(new Magnitudes(wholeModels(), options));
    }
    return magnitudes.get();
  }

  private void settleWholeModels(Pass pass) throws IOException {
    Magnitudes.Found found = magnitudes().find();
    bytesRead += found.passes() * pass.bytesToRead();
    tensors =
        tensors.stream()
            .map(
                tensor ->
                    tensor.work() instanceof Work.Merge work
                            && work.merge() instanceof TensorMerge.WholeModel merge
                        ? tensor.with(
                            work.with(
                                TensorMerger.given(
                                    work, merge, found.thresholds(), found.majority())))
                        : tensor)
            .toList();
  }

  private void measureAlpha(AutoAlpha auto, Pass pass) throws IOException {
    Norms norms = Norms.measure(merges(), options);
    bytesRead += pass.bytesToRead();
    if (Majority.isWrong(tensors, norms.ballot())) {
      Ballot ballot = norms.ballot();
      tensors = tensors.stream().map(tensor -> Majority.corrected(tensor, ballot)).toList();
      norms = Norms.measure(merges(), options);
      bytesRead += pass.bytesToRead();
    }
    double value = norms.sum() / norms.merged() / auto.models();
    if (!Double.isFinite(value)) {
      OptionalInt undefined = norms.firstUndefined();
      String where =
          undefined.isPresent()
              ? "; the first tensor that holds NaN or infinity in some model is "
                  + merged(undefined.getAsInt())
              : "; give alpha as a number";
      throw new InputException(
          "alpha: auto cannot be measured: ‖Σ τᵢ‖₁ is %s and ‖τ_mtl‖₁ is %s"
                  .formatted(norms.sum(), norms.merged())
              + where);
    }
    alpha = OptionalDouble.of(value);
  }

  /// The name of the tensor that a segment is of.
  private String merged(int segment) {
    return Segments.of(merges()).get(segment).work().tensor();
  }

  private void scale(AutoAlpha auto) {
    double value = alpha.orElseThrow();
    tensors = tensors.stream().map(tensor -> auto.scale(tensor, value)).toList();
  }
}

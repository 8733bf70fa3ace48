package org.lines4j.tune.record;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.lines4j.diff.Diff;
import org.lines4j.error.Version;
import org.lines4j.layers.LayerScaling;
import org.lines4j.layers.Place;
import org.lines4j.layers.Stack;
import org.lines4j.merge.Lines;
import org.lines4j.tune.Candidate;
import org.lines4j.tune.Effort;
import org.lines4j.tune.Goals;
import org.lines4j.tune.Metric;
import org.lines4j.tune.Results;

/// The shape of `results.json`. Names are written in snake case, in the order given here; what is
/// empty is `null`, or left out where that is said.
record ResultsDocument(
    String format,
    String version,
    String method,
    Map<String, Input> inputs,
    String evaluator,
    Aims goals,
    Search search,
    Verdict verdict,
    Point winner,
    List<Point> models,
    List<Profile> profiles,
    @JsonInclude(Include.NON_ABSENT) Optional<Results.Axes> axes,
    Depth depth) {

  record Input(String path, String sha256) {}

  record Aims(String objective, List<Aim> targets, List<Aim> controls) {
    static Aims of(Goals goals) {
      return new Aims(
          goals.objective().text(),
          goals.targets().stream().map(Aim::of).toList(),
          goals.controls().stream().map(Aim::of).toList());
    }
  }

  record Aim(String name, boolean lowerIsBetter) {
    static Aim of(Metric metric) {
      return new Aim(metric.name(), metric.better() == Metric.Better.LOWER);
    }
  }

  record Search(List<String> numbers, boolean grid, int evaluationsEach, long seed) {}

  record Verdict(
      boolean linesPays,
      OptionalDouble gainOverUniform,
      @JsonInclude(Include.NON_ABSENT) OptionalDouble standardError,
      List<String> sentences) {}

  record Profile(
      String profile,
      OptionalInt best,
      List<Point> trials,
      @JsonInclude(Include.NON_DEFAULT) int screened,
      @JsonInclude(Include.NON_ABSENT) Optional<Results.Spread> spread) {
    static Profile of(Results.ProfileResult result) {
      return new Profile(
          result.grading().title(),
          result.best(),
          result.points().stream().map(Point::of).toList(),
          result.screened(),
          result.spread());
    }
  }

  /// @param scaling nothing for a model that was there before
  record Point(
      String label,
      @JsonUnwrapped @Nullable Scaling scaling,
      Map<String, Double> metrics,
      @JsonInclude(Include.NON_ABSENT) Optional<String> error,
      OptionalDouble score,
      OptionalDouble x,
      OptionalDouble y,
      boolean onFront) {
    static Point of(Results.Point point) {
      return new Point(
          point.label(),
          point.candidate().map(made -> Scaling.of(made, point.alpha())).orElse(null),
          point.metrics(),
          point.error(),
          point.score(),
          point.x(),
          point.y(),
          point.isOnFront());
    }
  }

  record Scaling(
      String profile,
      List<Double> numbers,
      OptionalDouble alpha,
      double beta,
      String outside,
      @JsonInclude(Include.NON_EMPTY) Map<String, Double> parameters) {
    static Scaling of(Candidate candidate, OptionalDouble alpha) {
      Lines lines = candidate.lines();
      return new Scaling(
          lines.profile().title(),
          candidate.numbers(),
          alpha,
          lines.beta(),
          lines.outside().name().toLowerCase(Locale.ROOT),
          parameters(candidate));
    }

    private static Map<String, Double> parameters(Candidate candidate) {
      Map<String, Double> parameters = new LinkedHashMap<>();
      candidate.values().forEach((parameter, value) -> parameters.put(parameter.symbol(), value));
      return parameters;
    }
  }

  /// λ of the winner, and how far fine-tuning moved each layer.
  record Depth(
      List<Lambdas> stacks, double lambdaBefore, double lambdaAfter, List<Change> changes) {
    static Depth of(Results results) {
      Lines lines = results.winner().lines();
      LayerScaling scaling = lines.scaling(lines.alpha().orElseThrow());
      return new Depth(
          results.stacks().stream().map(stack -> Lambdas.of(stack, scaling)).toList(),
          scaling.before(),
          scaling.after(),
          results.differences().entrySet().stream()
              .flatMap(
                  model ->
                      model.getValue().layers().stream()
                          .map(layer -> Change.of(model.getKey(), layer)))
              .toList());
    }
  }

  record Lambdas(String name, List<Double> lambda) {
    static Lambdas of(Stack stack, LayerScaling scaling) {
      return new Lambdas(
          stack.name(),
          IntStream.rangeClosed(1, stack.layers())
              .mapToObj(layer -> scaling.atDepth(layer, stack.layers()))
              .toList());
    }
  }

  /// Of a layer of a stack, or of what lies outside every stack, on one side.
  record Change(
      String model,
      @JsonInclude(Include.NON_ABSENT) Optional<String> stack,
      @JsonInclude(Include.NON_ABSENT) OptionalInt layer,
      @JsonInclude(Include.NON_ABSENT) Optional<String> outside,
      OptionalDouble relative) {
    static Change of(String model, Diff.Layer layer) {
      double relative = layer.change().relative();
      OptionalDouble known =
          Double.isFinite(relative) ? OptionalDouble.of(relative) : OptionalDouble.empty();
      return switch (layer.place()) {
        case Place.InLayer(Stack stack, int number) ->
            new Change(
                model, Optional.of(stack.name()), OptionalInt.of(number), Optional.empty(), known);
        case Place.Outside(Place.Side side) ->
            new Change(
                model,
                Optional.empty(),
                OptionalInt.empty(),
                Optional.of(side.name().toLowerCase(Locale.ROOT)),
                known);
      };
    }
  }

  static ResultsDocument of(Results results) {
    Map<String, Input> inputs = new LinkedHashMap<>();
    results
        .inputs()
        .forEach((name, input) -> inputs.put(name, new Input(input.path(), input.hash())));
    return new ResultsDocument(
        ResultsJson.FORMAT,
        Version.current(),
        results.method(),
        inputs,
        results.evaluator(),
        Aims.of(results.goals()),
        new Search(
            results.plan().space().symbols(),
            results.plan().effort() instanceof Effort.Grid,
            results.plan().evaluations(),
            results.plan().seed()),
        new Verdict(
            results.verdict().pays(),
            results.verdict().gain(),
            results.verdict().error(),
            results.verdict().sentences()),
        Point.of(results.winner()),
        results.models().stream().map(Point::of).toList(),
        results.profiles().stream().map(Profile::of).toList(),
        results.axes(),
        Depth.of(results));
  }
}

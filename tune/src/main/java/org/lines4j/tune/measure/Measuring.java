package org.lines4j.tune.measure;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.lines4j.error.InputException;
import org.lines4j.error.RequestException;
import org.lines4j.storage.Location;
import org.lines4j.tune.Conduct;
import org.lines4j.tune.EvaluationException;
import org.lines4j.tune.Evaluator;
import org.lines4j.tune.Sample;
import org.lines4j.tune.Trial;

/// Measures one model: within its time, again if it fails, and only whole.
///
/// @param needed metrics that must be there and finite
public record Measuring(Evaluator evaluator, Set<String> needed, Conduct conduct) {
  /// How long an evaluator that was interrupted may take to clean up.
  private static final Duration GRACE = Duration.ofSeconds(10);

  /// What is measured.
  ///
  /// @param alpha that it was made with; empty for a model that was there before
  /// @param isFirst whether nothing was measured before: the caller then looks whether the metrics
  ///   that are needed have been named rightly
  public record Job(
      String key,
      Map<String, String> parameters,
      OptionalDouble alpha,
      Location model,
      Sample sample,
      boolean isFirst) {}

  /// Gives an empty folder for each attempt.
  @FunctionalInterface
  public interface Scratch {
    Path empty() throws IOException;
  }

  /// A trial, whatever the evaluator does.
  ///
  /// @throws RequestException if the evaluator cannot measure any model
  public Trial measure(Job job, Scratch scratch) throws IOException, InterruptedException {
    long start = System.nanoTime();
    Optional<Trial.Failure> failure = Optional.empty();
    Map<String, Double> metrics = Map.of();
    int attempts = 0;
    do {
      attempts++;
      try {
        metrics = checked(attempt(job, scratch.empty()), job.isFirst());
        failure = Optional.empty();
      } catch (EvaluationException e) {
        failure = Optional.of(new Trial.Failure(e.reason(), e.details()));
      }
    } while (failure.isPresent() && attempts <= conduct.retries());
    double seconds = (System.nanoTime() - start) / 1e9;
    return new Trial(job.key(), job.parameters(), job.alpha(), metrics, failure, seconds, attempts);
  }

  /// On a thread of its own, which can be left behind.
  private Map<String, Double> attempt(Job job, Path scratch)
      throws EvaluationException, InterruptedException {
    FutureTask<Map<String, Double>> task =
        new FutureTask<>(() -> evaluator.evaluate(job.model(), scratch, job.sample()));
    Thread thread = Thread.ofPlatform().name("lines-evaluate").daemon().start(task);
    try {
      return conduct.timeout().isPresent()
          ? task.get(conduct.timeout().get().toNanos(), TimeUnit.NANOSECONDS)
          : task.get();
    } catch (TimeoutException e) {
      stop(thread);
      throw new EvaluationException(
          "no result within " + shown(conduct.timeout().orElseThrow()), "");
    } catch (InterruptedException e) {
      stop(thread);
      throw e;
    } catch (ExecutionException e) {
      throw failure(e.getCause());
    }
  }

  private static String shown(Duration duration) {
    return duration.toMillis() % 1000 == 0
        ? duration.toSeconds() + " s"
        : duration.toMillis() / 1000.0 + " s";
  }

  private static void stop(Thread thread) throws InterruptedException {
    thread.interrupt();
    thread.join(GRACE);
  }

  private static EvaluationException failure(@org.jspecify.annotations.Nullable Throwable cause) {
    return switch (cause) {
      case EvaluationException e -> e;
      case RequestException e -> throw e;
      case InputException e -> new EvaluationException(String.valueOf(e.getMessage()), "");
      case Error e -> throw e;
      case null -> new EvaluationException("the evaluator failed", "");
      default -> new EvaluationException("the evaluator failed: " + cause, "");
    };
  }

  /// Only finite metrics; those that are needed must be there, unless it is the first measurement.
  private Map<String, Double> checked(Map<String, Double> metrics, boolean isFirst)
      throws EvaluationException {
    for (String name : needed) {
      Double value = metrics.get(name);
      if (value == null && isFirst) {
        continue;
      }
      if (value == null) {
        throw new EvaluationException(
            "there is no metric '%s'; found %s".formatted(name, metrics.keySet()), "");
      }
      if (!Double.isFinite(value)) {
        throw new EvaluationException("the metric '%s' is %s".formatted(name, value), "");
      }
    }
    Map<String, Double> finite = new LinkedHashMap<>(metrics);
    finite.values().removeIf(value -> !Double.isFinite(value));
    return finite;
  }
}

package org.lines4j.tune;

import java.time.Duration;
import java.util.Optional;
import org.lines4j.error.RequestException;
import org.lines4j.plan.RunOptions;

/// How a search is carried out; none of it but `repeats` changes what is found.
///
/// @param parallel how many models are measured at a time; as many exist at a time
/// @param timeout of one measurement
/// @param retries how often a failed measurement is tried again
/// @param retryFailed whether candidates that failed in an earlier run are measured again
/// @param onDisk whether candidates are put on the disk even if memory has room
/// @param repeats how often the best candidate of each profile is measured, ≥ 1: what tells how far
///   measurements of one model differ
/// @param run how models are written
public record Conduct(
    int parallel,
    Optional<Duration> timeout,
    int retries,
    boolean retryFailed,
    boolean onDisk,
    int repeats,
    RunOptions run) {
  /// @throws RequestException if a number is out of range
  public Conduct {
    if (parallel < 1 || parallel > 256) {
      throw new RequestException("1 … 256 models can be measured at a time, found " + parallel);
    }
    if (retries < 0 || retries > 100) {
      throw new RequestException("a measurement can be retried 0 … 100 times, found " + retries);
    }
    if (repeats < 1 || repeats > 1000) {
      throw new RequestException("a model can be measured 1 … 1000 times, found " + repeats);
    }
    if (timeout.isPresent() && !timeout.get().isPositive()) {
      throw RequestException.expected("the timeout", "positive", timeout.get());
    }
  }

  /// One at a time, one retry, no timeout, in memory where it fits.
  public static Conduct defaults() {
    return new Conduct(1, Optional.empty(), 1, false, false, 1, RunOptions.defaults());
  }

  /// So many at a time.
  public Conduct withParallel(int number) {
    return new Conduct(number, timeout, retries, retryFailed, onDisk, repeats, run);
  }

  /// With a timeout.
  public Conduct withTimeout(Duration most) {
    return new Conduct(parallel, Optional.of(most), retries, retryFailed, onDisk, repeats, run);
  }

  /// With so many retries.
  public Conduct withRetries(int number) {
    return new Conduct(parallel, timeout, number, retryFailed, onDisk, repeats, run);
  }

  /// Measuring again what failed in an earlier run.
  public Conduct withRetryFailed() {
    return new Conduct(parallel, timeout, retries, true, onDisk, repeats, run);
  }

  /// With candidates on the disk.
  public Conduct withOnDisk() {
    return new Conduct(parallel, timeout, retries, retryFailed, true, repeats, run);
  }

  /// Measuring the best candidates so often.
  public Conduct withRepeats(int number) {
    return new Conduct(parallel, timeout, retries, retryFailed, onDisk, number, run);
  }

  /// With other ways of writing models.
  public Conduct withRun(RunOptions options) {
    return new Conduct(parallel, timeout, retries, retryFailed, onDisk, repeats, options);
  }
}

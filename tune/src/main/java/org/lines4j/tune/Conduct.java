package org.lines4j.tune;

import java.time.Duration;
import java.util.Optional;
import org.lines4j.error.RequestException;
import org.lines4j.plan.RunOptions;

/// How a search is carried out; none of it changes what is found.
///
/// @param parallel how many models are measured at a time; as many exist at a time
/// @param timeout of one measurement
/// @param retries how often a failed measurement is tried again
/// @param retryFailed whether candidates that failed in an earlier run are measured again
/// @param onDisk whether candidates are put on the disk even if memory has room
/// @param run how models are written
public record Conduct(
    int parallel,
    Optional<Duration> timeout,
    int retries,
    boolean retryFailed,
    boolean onDisk,
    RunOptions run) {
  /// @throws RequestException if a number is out of range
  public Conduct {
    if (parallel < 1 || parallel > 256) {
      throw new RequestException("1 … 256 models can be measured at a time, found " + parallel);
    }
    if (retries < 0 || retries > 100) {
      throw new RequestException("a measurement can be retried 0 … 100 times, found " + retries);
    }
    if (timeout.isPresent() && !timeout.get().isPositive()) {
      throw RequestException.expected("the timeout", "positive", timeout.get());
    }
  }

  /// One at a time, one retry, no timeout, in memory where it fits.
  public static Conduct defaults() {
    return new Conduct(1, Optional.empty(), 1, false, false, RunOptions.defaults());
  }

  /// So many at a time.
  public Conduct withParallel(int number) {
    return new Conduct(number, timeout, retries, retryFailed, onDisk, run);
  }

  /// With a timeout.
  public Conduct withTimeout(Duration most) {
    return new Conduct(parallel, Optional.of(most), retries, retryFailed, onDisk, run);
  }

  /// With so many retries.
  public Conduct withRetries(int number) {
    return new Conduct(parallel, timeout, number, retryFailed, onDisk, run);
  }

  /// Measuring again what failed in an earlier run.
  public Conduct withRetryFailed() {
    return new Conduct(parallel, timeout, retries, true, onDisk, run);
  }

  /// With candidates on the disk.
  public Conduct withOnDisk() {
    return new Conduct(parallel, timeout, retries, retryFailed, true, run);
  }

  /// With other ways of writing models.
  public Conduct withRun(RunOptions options) {
    return new Conduct(parallel, timeout, retries, retryFailed, onDisk, options);
  }
}

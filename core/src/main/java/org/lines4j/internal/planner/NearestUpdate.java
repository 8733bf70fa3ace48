package org.lines4j.internal.planner;

import java.io.IOException;
import java.util.concurrent.Semaphore;
import org.lines4j.error.InputException;
import org.lines4j.format.TensorSource;
import org.lines4j.internal.lora.TuningRows;
import org.lines4j.lowrank.Factors;
import org.lines4j.lowrank.LowRank;
import org.lines4j.lowrank.RankChoice;
import org.lines4j.storage.Location;

/// Finds the products that are nearest to what changed of matrices. Any thread may ask; a matrix
/// that is too large by itself is decomposed alone.
final class NearestUpdate {
  /// What all threads together may hold of matrices.
  private static final int MEGABYTES_MOST = 2048;

  private final LowRank lowRank = LowRank.find();
  private final Semaphore megabytes = new Semaphore(MEGABYTES_MOST, true);
  private final RankChoice choice;
  private final Location original;
  private final Location changed;

  /// @param original the base
  /// @param changed the model whose matrices are compared with its base's
  NearestUpdate(RankChoice choice, Location original, Location changed) {
    this.choice = choice;
    this.original = original;
    this.changed = changed;
  }

  /// The product nearest to θ − θ0.
  ///
  /// @param isTurned whether both are stored as [in, out]
  /// @throws InputException if it is not finite
  Factors factors(TensorSource base, TensorSource tensor, boolean isTurned) throws IOException {
    TuningRows update = new TuningRows(base, tensor, isTurned);
    long bytes = lowRank.memory(update.rows(), update.columns(), choice);
    int held = Math.clamp((bytes >> 20) + 1, 1, MEGABYTES_MOST);
    megabytes.acquireUninterruptibly(held);
    try {
      return lowRank.nearest(update, choice);
    } catch (ArithmeticException e) {
      throw new InputException(
              TuningRows.isFinite(base) ? changed : original,
              "tensor %s: its change has no singular directions: %s"
                  .formatted(base.info().name(), e.getMessage()))
          .withTensor(base.info().name())
          .withRemedy(
              "take a base and a tuned model without NaN and infinity, such as earlier ones");
    } finally {
      megabytes.release(held);
    }
  }
}

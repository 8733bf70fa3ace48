package org.lines4j.internal.engine;

/// Bounds what all threads together hold of whole tensors; a tensor that is too large by itself
/// goes alone.
final class MemoryBudget {
  /// What all threads together may hold of tensors that are merged as a whole.
  private static final long WHOLE_TENSORS = 256L << 20;

  /// The same where merging takes long.
  private static final long LONG_MERGES = 2L << 30;

  private long used;

  /// Waits until `bytes` more fit in, or nothing else is held.
  synchronized void acquire(long bytes, boolean takesLong) {
    long most = takesLong ? LONG_MERGES : WHOLE_TENSORS;
    boolean interrupted = false;
    while (used > 0 && used + bytes > most) {
      try {
        wait();
      } catch (InterruptedException e) {
        interrupted = true; // others release soon; a run is not interruptible
      }
    }
    used += bytes;
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /// Gives back what was acquired.
  synchronized void release(long bytes) {
    used -= bytes;
    notifyAll();
  }
}

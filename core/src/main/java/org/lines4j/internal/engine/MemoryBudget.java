package org.lines4j.internal.engine;

import java.util.function.LongSupplier;
import org.lines4j.files.FreeMemory;

/// Bounds what all threads together hold of whole tensors; a tensor that is too large by itself
/// goes alone.
final class MemoryBudget {
  /// What all threads together may hold of tensors that are merged as a whole.
  private static final long WHOLE_TENSORS = 256L << 20;

  /// The same where merging takes long: at least so much, and up to a half of the memory that is
  /// free, since each tensor that waits leaves a processor idle for minutes.
  private static final long LONG_MERGES = 2L << 30;

  private final int processors;
  private final LongSupplier free;
  private long used;
  private int longMerges;
  private long mostOfLong;

  MemoryBudget() {
    this(Runtime.getRuntime().availableProcessors(), FreeMemory::bytes);
  }

  /// @param processors as many merges as these may take long at a time: more would take memory, and
  ///   no less time
  /// @param free how much memory is free, asked once, before the first merge that takes long
  MemoryBudget(int processors, LongSupplier free) {
    this.processors = processors;
    this.free = free;
  }

  /// Memory that is given back when it is closed.
  interface Held extends AutoCloseable {
    @Override
    void close();
  }

  /// Waits until `bytes` more fit in, or nothing else is held.
  synchronized Held acquire(long bytes, boolean takesLong) {
    boolean interrupted = false;
    while (used > 0 && !fits(bytes, takesLong)) {
      try {
        wait();
      } catch (InterruptedException e) {
        interrupted = true; // others release soon; a run is not interruptible
      }
    }
    add(bytes, takesLong ? 1 : 0);
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return () -> add(-bytes, takesLong ? -1 : 0);
  }

  private synchronized void add(long bytes, int merges) {
    used += bytes;
    longMerges += merges;
    notifyAll();
  }

  /// Whether so much more may be held now.
  synchronized boolean fits(long bytes, boolean takesLong) {
    if (!takesLong) {
      return used + bytes <= WHOLE_TENSORS;
    }
    if (mostOfLong == 0) {
      mostOfLong = Math.max(LONG_MERGES, free.getAsLong() / 2);
    }
    return longMerges < processors && used + bytes <= mostOfLong;
  }
}

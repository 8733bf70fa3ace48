package org.lines4j.internal.engine;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.lines4j.plan.RunOptions;

/// Runs the same task on several threads, which share the items of a list among themselves, and
/// waits for all. The first failure asks the others to stop and is thrown when they have.
public final class Workers {
  /// What each of the threads does.
  @FunctionalInterface
  public interface Task<T> {
    /// Works on what `items` hands out.
    void run(Items<T> items) throws IOException;
  }

  /// Hands out the items of a list in their order, each to one thread.
  @FunctionalInterface
  public interface Items<T> {
    /// The next one; null when none is left or another thread has failed.
    @Nullable T next();
  }

  /// What the buffers of all threads may take together: memory stays bounded whatever the number of
  /// threads.
  private static final long BUFFERS_MOST = 1 << 28;

  private Workers() {}

  /// As many threads as are asked for, unless their buffers would take too much memory.
  ///
  /// @param bufferBytes what one of them allocates
  static int threads(RunOptions options, long bufferBytes) {
    return (int) Math.clamp(options.threads(), 1, Math.max(1, BUFFERS_MOST / bufferBytes));
  }

  /// Runs `task` on as many threads, the calling one included, but no more than there are items.
  ///
  /// @throws IOException the first failure, if it was one of I/O
  public static <T> void share(List<T> items, int threads, Task<T> task) throws IOException {
    AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    AtomicInteger next = new AtomicInteger();
    Items<T> shared =
        () -> {
          int i = failure.get() == null ? next.getAndIncrement() : items.size();
          return i < items.size() ? items.get(i) : null;
        };
    Runnable guarded = () -> runGuarded(task, shared, failure);
    List<Thread> others = new ArrayList<>();
    for (int i = 1; i < Math.min(threads, items.size()); i++) {
      others.add(Thread.ofPlatform().name("lines-" + i).daemon().start(guarded));
    }
    if (!items.isEmpty()) {
      guarded.run();
    }
    others.forEach(Workers::join);
    rethrow(failure.get());
  }

  private static <T> void runGuarded(
      Task<T> task, Items<T> items, AtomicReference<@Nullable Throwable> failure) {
    try {
      task.run(items);
    } catch (IOException | RuntimeException | Error e) {
      failure.compareAndSet(null, e);
    }
  }

  /// Waits through interrupts: the threads use buffers and channels that are closed afterwards.
  private static void join(Thread thread) {
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private static void rethrow(@Nullable Throwable failure) throws IOException {
    switch (failure) {
      case null -> {}
      case IOException e -> throw e;
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      default -> throw new IllegalStateException(failure);
    }
  }
}

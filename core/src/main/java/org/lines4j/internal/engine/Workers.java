package org.lines4j.internal.engine;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// Runs the same task on several threads, which share the work among themselves, and waits for all.
/// The first failure asks the others to stop and is thrown when they have.
public final class Workers {
  /// What each of the threads does.
  @FunctionalInterface
  public interface Task {
    /// Works until nothing is left or a stop is requested.
    void run(Stop stop) throws IOException;
  }

  /// Whether to go on.
  @FunctionalInterface
  public interface Stop {
    /// Whether another thread has failed.
    boolean requested();
  }

  private Workers() {}

  /// Runs `task` on `count` threads, the calling one included.
  ///
  /// @throws IOException the first failure, if it was one of I/O
  public static void run(int count, Task task) throws IOException {
    AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    Runnable guarded = () -> runGuarded(task, failure);
    List<Thread> threads = new ArrayList<>();
    for (int i = 1; i < count; i++) {
      threads.add(Thread.ofPlatform().name("lines-" + i).daemon().start(guarded));
    }
    guarded.run();
    threads.forEach(Workers::join);
    rethrow(failure.get());
  }

  private static void runGuarded(Task task, AtomicReference<@Nullable Throwable> failure) {
    try {
      task.run(() -> failure.get() != null);
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

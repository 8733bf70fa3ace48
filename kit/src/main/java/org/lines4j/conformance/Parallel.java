package org.lines4j.conformance;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// The same done by many threads at once.
final class Parallel {
  static final int THREADS = 8;

  private Parallel() {}

  /// What one thread does.
  @FunctionalInterface
  interface Task {
    void run(int thread) throws Exception;
  }

  /// Runs it on [#THREADS] threads; what one of them throws fails the test.
  static void run(Task task) throws Exception {
    try (ExecutorService threads = Executors.newFixedThreadPool(THREADS)) {
      List<Future<?>> futures = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        int thread = i;
        futures.add(
            threads.submit(
                () -> {
                  task.run(thread);
                  return true;
                }));
      }
      for (Future<?> future : futures) {
        future.get();
      }
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case Error error -> throw error;
        case Exception exception -> throw exception;
        case null, default -> throw e;
      }
    }
  }
}

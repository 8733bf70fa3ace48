package org.lines4j.evaluate.model;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// Does the same with many things, on all processors. Nothing that comes out depends on how many
/// there are.
final class Workers implements AutoCloseable {
  private final ExecutorService threads =
      Executors.newFixedThreadPool(
          Runtime.getRuntime().availableProcessors(),
          Thread.ofPlatform().daemon().name("lines-evaluate-", 0).factory());

  /// What is done with one thing.
  @FunctionalInterface
  interface Work {
    void doWith(int index) throws IOException;
  }

  /// Does it with 0, 1, … `count` − 1.
  void each(int count, Work work) throws IOException, InterruptedException {
    List<Callable<Boolean>> tasks = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int index = i;
      tasks.add(
          () -> {
            work.doWith(index);
            return true;
          });
    }
    for (Future<Boolean> done : threads.invokeAll(tasks)) {
      try {
        var _ = done.get();
      } catch (ExecutionException e) {
        throw thrown(e.getCause());
      }
    }
  }

  private static IOException thrown(@org.jspecify.annotations.Nullable Throwable cause) {
    return switch (cause) {
      case IOException e -> e;
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      case null, default -> new IOException(cause);
    };
  }

  /// Waits for what has begun.
  @Override
  public void close() {
    threads.shutdownNow();
    threads.close();
  }
}

package org.lines4j.spark;

import java.io.Closeable;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.apache.spark.TaskContext;
import org.jspecify.annotations.Nullable;
import org.lines4j.cli.Again;
import org.lines4j.plan.SharedPass;
import org.lines4j.run.Batch;

/// What an executor keeps between tasks: the plan of each run that it shares, made when the first
/// task comes, and the passes that it was told of last.
final class Executors {
  private static final Map<String, Shared> RUNS = new ConcurrentHashMap<>();

  private Executors() {}

  /// Carries units out.
  ///
  /// @return what came of them, as `Partial.writeTo` gives it
  static byte[] run(Order order, Batch batch) throws IOException {
    TaskContext task = TaskContext.get();
    SharedPass<?> pass = shared(order).pass(order);
    return apart(() -> pass.run(batch.units(), task::isInterrupted), batch);
  }

  /// Adds up what came of some units and of others.
  static byte[] add(Order order, byte[] some, byte[] others) throws IOException {
    return shared(order).pass(order).add(some, others);
  }

  /// Forgets a run, which is over.
  static void forget(String run) throws IOException {
    Shared shared = RUNS.remove(run);
    if (shared != null) {
      shared.close();
    }
  }

  private static Shared shared(Order order) {
    return RUNS.computeIfAbsent(order.run(), _ -> new Shared());
  }

  /// A run that this executor has a share in.
  private static final class Shared implements Closeable {
    /// A task may come late that adds up what came of the pass before.
    private static final int KEPT = 2;

    private @Nullable Again planned;
    private final TreeMap<Integer, SharedPass<?>> passes = new TreeMap<>();

    /// Others wait while it is planned.
    synchronized SharedPass<?> pass(Order order) throws IOException {
      if (planned == null) {
        planned = plan(order);
      }
      SharedPass<?> pass = passes.get(order.number());
      if (pass == null) {
        pass = order.pass(planned.plan());
        passes.put(order.number(), pass);
        while (passes.size() > KEPT) {
          passes.pollFirstEntry().getValue().close();
        }
      }
      return pass;
    }

    private static Again plan(Order order) throws IOException {
      Again again = Again.of(order.asked());
      if (PlanDigest.of(again.plan()).equals(order.digest())) {
        return again;
      }
      again.close();
      throw new IOException(
          "an executor plans something else than the driver: models of the same names must be the"
              + " same there, and lines of the same version");
    }

    @Override
    public synchronized void close() throws IOException {
      for (SharedPass<?> pass : passes.values()) {
        pass.close();
      }
      if (planned != null) {
        planned.close();
      }
    }
  }

  @FunctionalInterface
  private interface Units {
    byte[] run() throws IOException;
  }

  /// Works on a thread of its own. Spark interrupts a task that it no longer needs, and Java closes
  /// the file that an interrupted thread reads or writes, which other tasks read and write, too.
  private static byte[] apart(Units units, Batch batch) throws IOException {
    FutureTask<byte[]> work = new FutureTask<>(units::run);
    Thread.ofPlatform().daemon().name("lines-" + batch.from()).start(work);
    boolean isInterrupted = false;
    while (true) {
      try {
        byte[] result = work.get();
        if (isInterrupted) {
          throw new InterruptedIOException("no longer needed");
        }
        return result;
      } catch (InterruptedException e) {
        isInterrupted = true; // the work looks for it itself
      } catch (ExecutionException e) {
        switch (e.getCause()) {
          case IOException cause -> throw cause;
          case RuntimeException cause -> throw cause;
          case Error cause -> throw cause;
          case null, default -> throw new IllegalStateException(e);
        }
      }
    }
  }
}

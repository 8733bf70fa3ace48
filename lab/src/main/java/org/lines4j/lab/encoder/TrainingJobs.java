package org.lines4j.lab.encoder;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/// Runs trainings side by side, each on one core.
public final class TrainingJobs {
  private final ImagePool pool = new ImagePool();
  private final Queue<Job> waiting;
  private final Consumer<TrainingEvent> listener;
  private final Queue<TrainingException> failures = new ConcurrentLinkedQueue<>();

  private TrainingJobs(List<? extends Job> jobs, Consumer<TrainingEvent> listener) {
    this.waiting = new ConcurrentLinkedQueue<>(jobs);
    this.listener = listener;
  }

  /// Runs the jobs that are not done yet, in the order given, and returns when all are done. A job
  /// that needs another's output belongs in a later call.
  ///
  /// @param parallel how many at a time
  /// @param listener is called by one thread at a time
  /// @throws TrainingException if jobs failed, after the others are done; further failures are
  ///   suppressed in it
  /// @throws org.lines4j.error.RequestException if a job's folder holds something else
  /// @throws InterruptedException if the calling thread is interrupted; what was being trained is
  ///   given up
  public static void run(List<? extends Job> jobs, int parallel, Consumer<TrainingEvent> listener)
      throws IOException, InterruptedException {
    Set<Path> folders = new HashSet<>();
    for (Job job : jobs) {
      if (!folders.add(job.out().toAbsolutePath().normalize())) {
        throw new IllegalArgumentException("two jobs have one folder: " + job.out());
      }
    }
    Object lock = new Object();
    Consumer<TrainingEvent> oneAtATime =
        event -> {
          synchronized (lock) {
            listener.accept(event);
          }
        };
    List<Job> left = new java.util.ArrayList<>();
    for (Job job : jobs) {
      if (TrainingRecord.isDone(job)) {
        oneAtATime.accept(new TrainingEvent.Skipped(job));
      } else {
        left.add(job);
      }
    }
    new TrainingJobs(left, oneAtATime).run(Math.min(parallel, left.size()));
  }

  private void run(int threads) throws IOException, InterruptedException {
    if (threads == 0) {
      return;
    }
    ExecutorService workers = Executors.newFixedThreadPool(threads);
    try {
      List<Future<?>> running =
          IntStream.range(0, threads).<Future<?>>mapToObj(_ -> workers.submit(this::work)).toList();
      for (Future<?> worker : running) {
        await(worker);
      }
    } finally {
      workers.shutdownNow();
      workers.close();
    }
    TrainingException first = failures.poll();
    if (first != null) {
      failures.forEach(first::addSuppressed);
      throw first;
    }
  }

  private static void await(Future<?> worker) throws InterruptedException {
    try {
      worker.get();
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    }
  }

  private Void work() throws InterruptedException {
    for (Job job = waiting.poll(); job != null; job = waiting.poll()) {
      try {
        switch (job) {
          case TrainingJob images -> Trainer.of(images, pool, listener).run();
          case ImageJob images -> Trainer.of(images, listener).run();
          case TextJob texts -> new TextTrainer(texts, listener).run();
        }
      } catch (IOException | RuntimeException e) {
        failures.add(new TrainingException(job.out() + ": training failed: " + e.getMessage(), e));
        listener.accept(new TrainingEvent.Failed(job, e));
      }
    }
    return null;
  }
}

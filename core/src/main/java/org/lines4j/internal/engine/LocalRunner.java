package org.lines4j.internal.engine;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.lines4j.plan.Progress;
import org.lines4j.plan.RunOptions;
import org.lines4j.run.Desk;
import org.lines4j.run.Partial;
import org.lines4j.run.Pass;
import org.lines4j.run.Runner;

/// Carries passes out on threads of this JVM, which take the units in their order, and waits for
/// all. The first failure asks the others to stop and is thrown when they have.
public final class LocalRunner implements Runner {
  /// What the buffers of all threads may take together: memory stays bounded whatever the number of
  /// threads.
  private static final long BUFFERS_MOST = 1 << 28;

  private final RunOptions options;

  /// As many threads as are asked for, unless their buffers would take too much memory.
  public LocalRunner(RunOptions options) {
    this.options = options;
  }

  @Override
  public boolean isLocal() {
    return true;
  }

  @Override
  public <R extends Partial<R>> R run(Pass<R> pass) throws IOException {
    options.progress().start(pass.title(), pass.bytes());
    Work<R> work = new Work<>(pass, options.progress());
    List<Thread> others = new ArrayList<>();
    for (int i = 1; i < Math.min(threads(pass), pass.units()); i++) {
      others.add(Thread.ofPlatform().name("lines-" + i).daemon().start(work));
    }
    if (pass.units() > 0) {
      work.run();
    }
    others.forEach(LocalRunner::join);
    return work.result();
  }

  private long threads(Pass<?> pass) {
    return Math.clamp(options.threads(), 1, Math.max(1, BUFFERS_MOST / pass.deskBytes()));
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

  /// What the threads share, and each of them does.
  private static final class Work<R extends Partial<R>> implements Runnable {
    private final Pass<R> pass;
    private final Progress progress;
    private final R total;
    private final AtomicInteger next = new AtomicInteger();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

    Work(Pass<R> pass, Progress progress) {
      this.pass = pass;
      this.progress = progress;
      this.total = pass.nothing();
    }

    @Override
    public void run() {
      try {
        runUnits();
      } catch (IOException | RuntimeException | Error e) {
        failure.compareAndSet(null, e);
      }
    }

    private void runUnits() throws IOException {
      R own = pass.nothing();
      try (Arena arena = Arena.ofConfined()) {
        Desk<R> desk = pass.desk(arena);
        for (int unit = next(); unit < pass.units(); unit = next()) {
          desk.run(unit, own);
          progress.advance(pass.bytes(unit));
        }
      }
      synchronized (total) {
        total.add(own);
      }
    }

    private int next() {
      return failure.get() == null ? next.getAndIncrement() : pass.units();
    }

    R result() throws IOException {
      Throwable thrown = failure.get();
      if (thrown == null) {
        return total;
      }
      switch (thrown) {
        case IOException e -> throw e;
        case RuntimeException e -> throw e;
        case Error e -> throw e;
        default -> throw new IllegalStateException(thrown);
      }
    }
  }
}

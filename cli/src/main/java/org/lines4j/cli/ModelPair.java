package org.lines4j.cli;

import java.io.Closeable;
import java.io.IOException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.lines4j.format.Checkpoint;
import org.lines4j.format.Formats;
import org.lines4j.storage.Location;

/// A base and its fine-tuned model, opened at the same time: the headers of large models take
/// seconds.
record ModelPair(Checkpoint base, Checkpoint tuned) implements Closeable {
  /// Opens both; an adapter on its base, once that is open.
  static ModelPair open(Location base, Location tuned) throws IOException {
    if (Formats.isAdapter(tuned)) {
      return with(Checkpoint.open(base), tuned);
    }
    FutureTask<Checkpoint> second = new FutureTask<>(() -> Checkpoint.open(tuned));
    Thread.ofPlatform().name("lines-open").daemon().start(second);
    Checkpoint first;
    try {
      first = Checkpoint.open(base);
    } catch (IOException | RuntimeException e) {
      close(second);
      throw e;
    }
    try {
      return new ModelPair(first, result(second));
    } catch (IOException | RuntimeException e) {
      first.close();
      throw e;
    }
  }

  private static ModelPair with(Checkpoint base, Location adapter) throws IOException {
    try {
      return new ModelPair(base, Checkpoint.openOn(base, adapter));
    } catch (IOException | RuntimeException e) {
      base.close();
      throw e;
    }
  }

  private static Checkpoint result(FutureTask<Checkpoint> opening) throws IOException {
    try {
      return opening.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while models were opened", e);
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case IOException failure -> throw failure;
        case RuntimeException failure -> throw failure;
        case Error failure -> throw failure;
        case null, default -> throw new IllegalStateException(e);
      }
    }
  }

  /// Closes what is not needed, if it can be opened at all.
  private static void close(FutureTask<Checkpoint> opening) throws IOException {
    try (Checkpoint _ = result(opening)) {
      return;
    } catch (IOException | RuntimeException _) {
      return; // the first failure is told
    }
  }

  @Override
  public void close() throws IOException {
    try (base) {
      tuned.close();
    }
  }
}

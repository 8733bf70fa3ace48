package org.lines4j.cli;

import java.io.Console;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import org.jspecify.annotations.Nullable;
import org.lines4j.files.AtExit;
import org.lines4j.plan.Progress;

/// Progress with throughput and time left: a bar on a terminal, else a line every ten seconds.
public abstract sealed class ProgressDisplay implements Progress, AutoCloseable {
  private ProgressDisplay() {}

  /// Set by the launcher: whether standard error is a terminal. Java itself can only tell for
  /// standard input and output together.
  private static final String TERMINAL_PROPERTY = "lines4j.terminal";

  /// Set by the launcher: how wide that terminal is.
  private static final String COLUMNS_PROPERTY = "lines4j.columns";

  private static final int MOST_COLUMNS = 78;

  /// What a display counts in.
  ///
  /// @param name such as `MB`
  /// @param size how many of what is handled make one
  public record Unit(String name, long size) {
    /// Bytes, by the million.
    public static final Unit MEGABYTES = new Unit("MB", 1_000_000);
  }

  static ProgressDisplay none() {
    return new None();
  }

  static ProgressDisplay on(PrintWriter err, Unit unit) {
    return isTerminal() ? new Bar(unit) : new Lines(err, unit);
  }

  /// For a program that reads lines.
  static ProgressDisplay json(PrintWriter err) {
    return new JsonLines(err);
  }

  /// Whether standard error is one, on which a bar can be drawn.
  static boolean isTerminal() {
    String known = System.getProperty(TERMINAL_PROPERTY);
    Console console = known == null ? System.console() : null;
    return known == null ? console != null && console.isTerminal() : Boolean.parseBoolean(known);
  }

  @Override
  public void close() {}

  /// Whether a bar is, or was, at the end of what the terminal shows.
  boolean drawsBar() {
    return false;
  }

  private static final class None extends ProgressDisplay {
    @Override
    public void start(String phase, long totalBytes) {}

    @Override
    public void advance(long bytes) {}
  }

  private static final class Bar extends ProgressDisplay {
    private final Unit unit;
    private volatile @Nullable ProgressBar bar;

    /// So that the prompt stands on a line of its own.
    private final AtExit onExit = new AtExit("lines-bar", this::end);

    /// The terminal's, less a column for the cursor.
    private static int width() {
      return Math.min(MOST_COLUMNS, Integer.getInteger(COLUMNS_PROPERTY, MOST_COLUMNS + 1) - 1);
    }

    Bar(Unit unit) {
      this.unit = unit;
      onExit.arm();
    }

    @Override
    public synchronized void start(String phase, long totalBytes) {
      end();
      bar =
          new ProgressBarBuilder()
              .setTaskName(phase)
              .setInitialMax(totalBytes)
              .setUpdateIntervalMillis(100)
              .setRenderer(new BarText(unit))
              .setConsumer(new ConsoleProgressBarConsumer(System.err, width()))
              .build();
    }

    @Override
    public void advance(long bytes) {
      ProgressBar shown = bar;
      if (shown != null) {
        shown.stepBy(bytes);
      }
    }

    private synchronized void end() {
      ProgressBar shown = bar;
      if (shown != null) {
        shown.close();
        bar = null;
      }
    }

    @Override
    boolean drawsBar() {
      return true;
    }

    @Override
    public void close() {
      onExit.disarm();
      end();
    }
  }

  /// A line ten times a second at most, and one when a phase ends.
  private static final class JsonLines extends ProgressDisplay {
    private static final long INTERVAL = Duration.ofMillis(100).toNanos();
    private final PrintWriter err;
    private final AtomicLong done = new AtomicLong();
    private final AtomicLong nextLine = new AtomicLong();
    private volatile String phase = "";
    private volatile long total;

    JsonLines(PrintWriter err) {
      this.err = err;
    }

    @Override
    public void start(String newPhase, long totalBytes) {
      phase = newPhase;
      total = totalBytes;
      done.set(0);
      nextLine.set(System.nanoTime() + INTERVAL);
      print(0);
    }

    @Override
    public void advance(long bytes) {
      long handled = done.addAndGet(bytes);
      long now = System.nanoTime();
      long due = nextLine.get();
      boolean isDue = now - due >= 0 && nextLine.compareAndSet(due, now + INTERVAL);
      if (isDue || (bytes > 0 && handled == total)) {
        print(handled);
      }
    }

    private void print(long handled) {
      Json.print(
          err,
          json -> {
            json.writeObjectPropertyStart("progress");
            json.writeStringProperty("phase", phase);
            json.writeNumberProperty("done", handled);
            json.writeNumberProperty("total", total);
            json.writeEndObject();
          });
    }
  }

  private static final class Lines extends ProgressDisplay {
    private static final long INTERVAL = Duration.ofSeconds(10).toNanos();
    private final PrintWriter err;
    private final Unit unit;
    private final AtomicLong done = new AtomicLong();
    private final AtomicLong nextLine = new AtomicLong(System.nanoTime() + INTERVAL);
    private volatile String phase = "";
    private volatile long total;
    private volatile long begin;

    Lines(PrintWriter err, Unit unit) {
      this.err = err;
      this.unit = unit;
    }

    @Override
    public void start(String newPhase, long totalBytes) {
      phase = newPhase;
      total = totalBytes;
      begin = System.nanoTime();
      done.set(0);
    }

    @Override
    public void advance(long bytes) {
      long handled = done.addAndGet(bytes);
      long now = System.nanoTime();
      long due = nextLine.get();
      if (now - due >= 0 && nextLine.compareAndSet(due, now + INTERVAL)) {
        double seconds = (now - begin) / 1e9;
        double perSecond = handled / seconds;
        err.printf(
            "%s: %d%% of %,d %s, %,.0f %s/s, %s left%n",
            phase,
            100 * handled / total,
            total / unit.size(),
            unit.name(),
            perSecond / unit.size(),
            unit.name(),
            duration((total - handled) / perSecond));
        err.flush();
      }
    }

    private static String duration(double seconds) {
      return seconds < 120 ? "%.0f s".formatted(seconds) : "%.0f min".formatted(seconds / 60);
    }
  }
}

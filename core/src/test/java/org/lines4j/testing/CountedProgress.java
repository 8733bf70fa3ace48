package org.lines4j.testing;

import java.util.ArrayList;
import java.util.List;
import org.lines4j.plan.Progress;

/// Remembers what each phase announced, and what was handled of it.
public final class CountedProgress implements Progress {
  private final List<String> phases = new ArrayList<>();
  private final List<Long> announced = new ArrayList<>();
  private final List<Long> handled = new ArrayList<>();

  @Override
  public synchronized void start(String phase, long totalBytes) {
    phases.add(phase);
    announced.add(totalBytes);
    handled.add(0L);
  }

  @Override
  public synchronized void advance(long bytes) {
    handled.set(handled.size() - 1, handled.getLast() + bytes);
  }

  /// The names of the phases, in their order.
  public synchronized List<String> phases() {
    return List.copyOf(phases);
  }

  /// What each phase announced, in bytes.
  public synchronized List<Long> announced() {
    return List.copyOf(announced);
  }

  /// What was handled in each phase, in bytes.
  public synchronized List<Long> handled() {
    return List.copyOf(handled);
  }
}

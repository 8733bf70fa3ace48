package org.lines4j.tune.program;

import java.util.LinkedHashSet;
import java.util.Set;

/// A program and all that it has started, so that none of it stays behind.
final class ProcessFamily implements AutoCloseable {
  private final Process process;
  private final Set<ProcessHandle> seen = new LinkedHashSet<>();
  private final Thread onExit = new Thread(this::kill, "lines-kill");

  /// @throws IllegalStateException if the JVM is ending; the program is killed then
  ProcessFamily(Process process) {
    this.process = process;
    try {
      Runtime.getRuntime().addShutdownHook(onExit);
    } catch (IllegalStateException e) {
      kill();
      throw e;
    }
  }

  Process process() {
    return process;
  }

  /// Remembers who is there: a child whose parent ends is not found any more later.
  synchronized void look() {
    process.descendants().forEach(seen::add);
  }

  @Override
  public void close() {
    kill();
    try {
      Runtime.getRuntime().removeShutdownHook(onExit);
    } catch (IllegalStateException e) {
      // shutting down: the hook does the same
    }
  }

  /// Kills what is left of it.
  synchronized void kill() {
    look();
    process.toHandle().destroyForcibly(); // Process would also throw away its output
    Set<ProcessHandle> all = new LinkedHashSet<>(seen);
    for (ProcessHandle known : seen) {
      known.descendants().forEach(all::add); // of those whose parent had ended
    }
    all.forEach(ProcessHandle::destroyForcibly);
  }
}

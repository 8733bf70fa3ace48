package org.lines4j.tune.program;

import java.util.LinkedHashSet;
import java.util.Set;
import org.lines4j.files.AtExit;

/// A program and all that it has started, so that none of it stays behind.
final class ProcessFamily implements AutoCloseable {
  private final Process process;
  private final Set<ProcessHandle> seen = new LinkedHashSet<>();
  private final AtExit onExit = new AtExit("lines-kill", this::kill);

  /// @throws IllegalStateException if the JVM is ending; the program is killed then
  ProcessFamily(Process process) {
    this.process = process;
    try {
      onExit.arm();
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
    onExit.disarm();
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

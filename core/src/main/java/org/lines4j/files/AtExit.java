package org.lines4j.files;

/// What is done when the JVM ends while it is armed, as after Ctrl-C.
public final class AtExit {
  private final Thread hook;

  /// For a task that does no harm when it is run twice.
  ///
  /// @param name of the thread that runs it
  public AtExit(String name, Runnable task) {
    this.hook = new Thread(task, name);
  }

  /// From now on.
  ///
  /// @throws IllegalStateException if the JVM is ending already
  public void arm() {
    Runtime.getRuntime().addShutdownHook(hook);
  }

  /// Not any more. Where the JVM is ending, the task is being run.
  public void disarm() {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException _) {
      // it has nothing left to do, or does what is wanted
    }
  }

  /// Whether the JVM is ending, so that what fails now fails for that.
  public static boolean isUnderWay() {
    AtExit probe = new AtExit("lines-probe", () -> {});
    try {
      probe.arm();
      probe.disarm();
      return false;
    } catch (IllegalStateException _) {
      return true;
    }
  }
}

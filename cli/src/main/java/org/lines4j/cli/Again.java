package org.lines4j.cli;

import java.io.Closeable;
import java.io.IOException;
import java.util.List;
import org.lines4j.plan.Plan;

/// An output that is planned again in another JVM, to do some of its units, and its models, which
/// are open.
///
/// @param models closed with it, the last first
public record Again(Plan plan, List<Closeable> models) implements Closeable {
  /// Copies its list.
  public Again {
    models = List.copyOf(models);
  }

  /// What can be planned again.
  interface Command {
    /// Plans what was asked for, with the output elsewhere.
    Again planAgain(Asked asked) throws IOException;
  }

  /// Plans what was asked for in another JVM, which alone makes the output.
  ///
  /// @throws IOException if reading the models fails
  public static Again of(Asked asked) throws IOException {
    return Main.again(asked).planAgain(asked);
  }

  @Override
  public void close() throws IOException {
    for (Closeable model : models.reversed()) {
      model.close();
    }
  }
}

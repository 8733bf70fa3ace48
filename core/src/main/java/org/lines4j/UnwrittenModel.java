package org.lines4j;

import java.io.Closeable;
import java.io.IOException;
import org.lines4j.internal.engine.ComputedBytes;
import org.lines4j.internal.memory.MemoryRoom;
import org.lines4j.internal.output.Preview;
import org.lines4j.internal.work.PlannedRun;
import org.lines4j.plan.Plan;
import org.lines4j.storage.Location;

/// What a plan would write, as a model that can be read at once: its values are computed whenever
/// they are read, to the byte as they would be written, and kept nowhere.
///
/// ```java
/// Plan plan = edit.plan(Path.of("any-name")).measure(options);
/// try (UnwrittenModel unwritten = UnwrittenModel.of(plan);
///     Checkpoint model = Checkpoint.open(unwritten.location())) {
///   …
/// }
/// ```
public final class UnwrittenModel implements Closeable {
  private final MemoryRoom room = MemoryRoom.open("computed");
  private final ComputedBytes bytes = new ComputedBytes();
  private final Location location;

  private UnwrittenModel(String name) {
    location = room.location().child(name);
  }

  /// Whether this can be done for `plan`: nothing is left to measure ([Plan#measure]), and each
  /// element is merged by itself.
  public static boolean isPossible(Plan plan) {
    PlannedRun run = PlannedRun.of(plan);
    boolean isMeasured = run.survey().map(survey -> survey.passes().isEmpty()).orElse(true);
    return isMeasured && run.shards().stream().allMatch(ComputedBytes::areOf);
  }

  /// The model that `plan` would write.
  ///
  /// @param plan whose inputs must stay open as long as this
  /// @throws IllegalArgumentException unless it [#isPossible]
  public static UnwrittenModel of(Plan plan) throws IOException {
    if (!isPossible(plan)) {
      throw new IllegalArgumentException("must be written to be read: " + plan.out());
    }
    UnwrittenModel model = new UnwrittenModel(plan.out().name());
    try {
      Preview.writeComputed(PlannedRun.of(plan).at(model.location), model.room, model.bytes);
      return model;
    } catch (IOException | RuntimeException e) {
      model.close();
      throw e;
    }
  }

  /// Where it is found for as long as this is open.
  public Location location() {
    return location;
  }

  /// Nobody may be reading it.
  @Override
  public void close() {
    room.close();
    bytes.close();
  }
}

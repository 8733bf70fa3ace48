package org.lines4j.internal.planner;

import java.io.Closeable;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.lines4j.files.FreeMemory;
import org.lines4j.format.Checkpoint;
import org.lines4j.format.Formats;
import org.lines4j.format.OutputFormat;
import org.lines4j.format.TensorSource;
import org.lines4j.internal.stage.StagePlaces;
import org.lines4j.internal.work.Lineage;
import org.lines4j.internal.work.OutputShard;
import org.lines4j.internal.work.PlannedRun;
import org.lines4j.internal.work.PlannedTensor;
import org.lines4j.internal.work.SidecarChanges;
import org.lines4j.plan.PlannedPass;
import org.lines4j.plan.Progress;
import org.lines4j.plan.RunOptions;
import org.lines4j.storage.Location;

/// Some tensors of a merge, computed and kept in float32, as long as this is open: in memory where
/// half of what is free holds them, else in a folder beside the output.
final class MergedValues implements Closeable {
  private static final String FILE = "values.safetensors";

  /// Its header, and what a file system adds.
  private static final long SLACK = 64L << 20;

  private final StagePlaces places;
  private final Checkpoint values;

  private MergedValues(StagePlaces places, Checkpoint values) {
    this.places = places;
    this.values = values;
  }

  /// Computes `tensors` of `merge`, which was measured.
  static MergedValues of(PlannedRun merge, List<PlannedTensor> tensors, RunOptions options)
      throws IOException {
    List<PlannedTensor> wanted = tensors.stream().map(PlannedTensor::asValues).toList();
    OutputFormat format = Formats.ofFile(FILE).orElseThrow();
    OutputShard file = new OutputShard(FILE, format, Map.of(), wanted);
    long bytes = Math.addExact(file.size(), SLACK);
    StagePlaces places =
        StagePlaces.of(
            List.of(new StagePlaces.Need(bytes, 1)), FreeMemory.bytes() / 2, merge.out());
    try {
      places.checkRoom(0);
      places.clear();
      Location place = places.take(0, FILE);
      PlannedRun plan =
          new PlannedRun(
              place,
              List.of(file),
              wanted,
              merge.stacks(),
              merge.inputs(),
              merge.settings(),
              List.of(),
              Optional.empty(),
              SidecarChanges.none(),
              false,
              merge.description(),
              merge.survey(),
              new Lineage(Map.of(), true));
      plan.run(options.withProgress(new Merging(options.progress())));
      return new MergedValues(places, Checkpoint.open(place));
    } catch (IOException | RuntimeException e) {
      places.close();
      throw e;
    }
  }

  /// Calls the pass that computes the values by what it does: the output is written later.
  private record Merging(Progress told) implements Progress {
    @Override
    public void start(String phase, long totalBytes) {
      boolean isLast = phase.equals(PlannedPass.Kind.WRITE.title());
      told.start(isLast ? "merge" : phase, totalBytes);
    }

    @Override
    public void advance(long bytes) {
      told.advance(bytes);
    }
  }

  /// The values of one of the tensors.
  TensorSource source(PlannedTensor tensor) {
    return values.source(values.find(tensor.name()).orElseThrow());
  }

  @Override
  public void close() throws IOException {
    try {
      values.close();
    } finally {
      places.close();
    }
  }
}

package org.lines4j.internal.output;

import java.io.IOException;
import java.util.function.Function;
import org.lines4j.internal.engine.ComputedBytes;
import org.lines4j.internal.memory.Content;
import org.lines4j.internal.memory.MemoryDraft;
import org.lines4j.internal.memory.MemoryRoom;
import org.lines4j.internal.work.OutputShard;
import org.lines4j.internal.work.PlannedRun;
import org.lines4j.storage.Draft;

/// A plan's output without its computed values, made in memory: with it the plans of what comes
/// after can be checked before anything runs.
///
/// Headers, configuration and tokenizer are those of the output, and so are tensors that are
/// copied. In place of the others stand values that are alike where theirs will be: of tied
/// parameters.
public final class Preview {
  private Preview() {}

  /// Makes the preview of a plan whose output is to lie in `room`.
  public static void write(PlannedRun plan, MemoryRoom room) throws IOException {
    write(plan, room, PreviewFile::new);
  }

  /// The same with all values as they will be, computed whenever they are read.
  ///
  /// @param plan with nothing left to measure
  public static void writeComputed(PlannedRun plan, MemoryRoom room, ComputedBytes bytes)
      throws IOException {
    write(plan, room, shard -> new ComputedFile(shard, bytes));
  }

  private static void write(
      PlannedRun plan, MemoryRoom room, Function<OutputShard, Content> contents)
      throws IOException {
    try (MemoryDraft draft = room.draft(plan.out(), !Destination.of(plan.out()).isFile())) {
      for (OutputShard shard : plan.shards()) {
        draft.add(shard.fileName(), contents.apply(shard));
      }
      if (!Destination.of(plan.out()).isFile()) {
        writeBeside(plan, draft);
      }
      draft.publish();
    }
  }

  private static void writeBeside(PlannedRun plan, Draft draft) throws IOException {
    var _ = Publisher.writeBeside(plan, draft);
  }
}

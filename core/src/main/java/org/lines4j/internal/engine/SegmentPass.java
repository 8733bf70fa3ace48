package org.lines4j.internal.engine;

import java.io.DataOutput;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.util.List;
import java.util.function.Supplier;
import org.lines4j.internal.engine.Segments.Segment;
import org.lines4j.internal.kernel.KernelChoice;
import org.lines4j.run.Desk;
import org.lines4j.run.Partial;
import org.lines4j.run.Pass;

/// A pass that measures parts of tensors.
///
/// @param segments its units
/// @param empty makes partial results with nothing in them
/// @param measure what is done with a segment
/// @param description what another JVM makes the pass from
/// @param budget of what is held of whole tensors
record SegmentPass<R extends Partial<R>>(
    String title,
    List<Segment> segments,
    Supplier<R> empty,
    Measure<R> measure,
    Description description,
    MemoryBudget budget)
    implements Pass<R> {
  /// What is done with a segment.
  @FunctionalInterface
  interface Measure<R> {
    /// Handles a segment.
    void run(Segment segment, TensorMerger merger, R into) throws IOException;
  }

  /// What another JVM makes a pass from.
  @FunctionalInterface
  interface Description {
    /// Writes it.
    void writeTo(DataOutput out) throws IOException;
  }

  /// A pass of this JVM.
  SegmentPass(String title, List<Segment> segments, Supplier<R> empty, Measure<R> measure) {
    this(
        title,
        segments,
        empty,
        measure,
        _ -> {
          throw new UnsupportedOperationException("'" + title + "' is done in one JVM");
        });
  }

  SegmentPass(
      String title,
      List<Segment> segments,
      Supplier<R> empty,
      Measure<R> measure,
      Description description) {
    this(title, segments, empty, measure, description, new MemoryBudget());
  }

  @Override
  public int units() {
    return segments.size();
  }

  @Override
  public long bytes(int unit) {
    return segments.get(unit).inputBytes();
  }

  @Override
  public R nothing() {
    return empty.get();
  }

  @Override
  public long deskBytes() {
    return TensorMerger.BUFFER_BYTES;
  }

  @Override
  public Desk<R> desk(Arena arena) {
    TensorMerger merger = new TensorMerger(arena, KernelChoice.kernels(), budget);
    return (unit, into) -> measure.run(segments.get(unit), merger, into);
  }

  @Override
  public void writeTo(DataOutput out) throws IOException {
    description.writeTo(out);
  }
}

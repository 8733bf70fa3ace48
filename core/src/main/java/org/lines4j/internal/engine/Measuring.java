package org.lines4j.internal.engine;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import org.lines4j.error.MethodException;
import org.lines4j.internal.engine.Segments.Segment;
import org.lines4j.internal.kernel.KernelChoice;
import org.lines4j.internal.work.PlannedTensor;
import org.lines4j.internal.work.Survey;
import org.lines4j.internal.work.Work;
import org.lines4j.method.TensorMerge;
import org.lines4j.method.TensorScan;
import org.lines4j.plan.PlannedPass;
import org.lines4j.plan.Progress;
import org.lines4j.plan.RunOptions;
import org.lines4j.run.Desk;
import org.lines4j.run.Pass;
import org.lines4j.tensor.Shape;

/// Measures tensors, each by itself, so that their merges become elementwise: large ones by all
/// threads, one after the other, small ones by one thread each.
final class Measuring {
  /// From how many blocks on a tensor is large.
  private static final long LARGE = 4;

  /// How many threads may measure tensors on their own at a time.
  private static final int MOST_AT_ONCE = 16;

  private Measuring() {}

  /// Tensors that were measured.
  ///
  /// @param bytesRead to do so
  record Known(List<PlannedTensor> tensors, long bytesRead) {}

  /// These tensors with nothing left to measure.
  static Known measure(List<PlannedTensor> tensors, RunOptions options) throws IOException {
    List<PlannedTensor> known = new ArrayList<>(tensors);
    List<Task> small = new ArrayList<>();
    LongAdder bytesRead = new LongAdder();
    for (int i = 0; i < tensors.size(); i++) {
      if (tensors.get(i).work() instanceof Work.Merge work
          && work.merge() instanceof TensorMerge.Measured merge) {
        Task task =
            new Task(i, work, merge, new Announced(tensors.get(i), options.progress(), bytesRead));
        if (work.elements() < LARGE * TensorScan.BLOCK) {
          small.add(task);
        } else {
          task.measure(known, new Shared(work, options.withProgress(task.progress)));
        }
      }
    }
    Nothing _ =
        new LocalRunner(options.withProgress(Progress.SILENT))
            .run(new Small(small, known, options));
    return new Known(known, bytesRead.sum());
  }

  /// How a tensor is merged, found out by the thread that asks.
  static TensorMerge alone(Work.Merge work, TensorMerge.Measured merge, TensorMerger merger)
      throws IOException {
    return given(work, merge, new Alone(work, merger, Progress.SILENT, MOST_AT_ONCE));
  }

  private static TensorMerge given(Work.Merge work, TensorMerge.Measured merge, TensorScan scan)
      throws IOException {
    try {
      return merge.given(scan);
    } catch (RuntimeException | Error e) {
      throw MethodException.of(merge.getClass(), work.tensor(), e);
    }
  }

  /// A tensor that must be measured.
  private record Task(int index, Work.Merge work, TensorMerge.Measured merge, Announced progress) {
    /// Measures it in its place, which no other thread touches.
    void measure(List<PlannedTensor> tensors, TensorScan scan) throws IOException {
      tensors.set(index, tensors.get(index).with(work.with(given(work, merge, scan))));
      progress.finish();
    }
  }

  /// Empty: what is found out stays in the plan.
  private static final class Nothing implements org.lines4j.run.Partial<Nothing> {
    @Override
    public void add(Nothing other) {}

    @Override
    public void writeTo(DataOutput out) {}

    @Override
    public void readFrom(DataInput in) {}
  }

  /// A pass over small tensors, one a unit.
  private record Small(
      List<Task> tasks, List<PlannedTensor> known, RunOptions options, MemoryBudget budget)
      implements Pass<Nothing> {
    Small(List<Task> tasks, List<PlannedTensor> known, RunOptions options) {
      this(tasks, known, options, new MemoryBudget());
    }

    @Override
    public String title() {
      return PlannedPass.Kind.TENSORS.title();
    }

    @Override
    public int units() {
      return tasks.size();
    }

    /// None: each tensor reports its own progress.
    @Override
    public long bytes(int unit) {
      return 0;
    }

    @Override
    public Nothing nothing() {
      return new Nothing();
    }

    @Override
    public long deskBytes() {
      return TensorMerger.BUFFER_BYTES;
    }

    @Override
    public Desk<Nothing> desk(Arena arena) {
      TensorMerger merger = new TensorMerger(arena, KernelChoice.kernels(), budget);
      return (unit, _) -> {
        Task task = tasks.get(unit);
        task.measure(known, new Alone(task.work, merger, task.progress, options.threads()));
      };
    }
  }

  /// How a tensor's measuring goes on, in all as many bytes as were announced: what is read once
  /// more than expected, or once less, is known only when it is.
  private static final class Announced implements Progress {
    private final Progress progress;
    private final LongAdder bytesRead;
    private final AtomicLong left;

    Announced(PlannedTensor tensor, Progress progress, LongAdder bytesRead) {
      this.progress = progress;
      this.bytesRead = bytesRead;
      this.left = new AtomicLong(tensor.bytesToMeasure());
    }

    @Override
    public void start(String phase, long totalBytes) {}

    @Override
    public void advance(long bytes) {
      bytesRead.add(bytes);
      handle(bytes);
    }

    private void handle(long bytes) {
      long before = left.getAndUpdate(value -> Math.max(0, value - bytes));
      progress.advance(Math.min(before, bytes));
    }

    /// Nothing more will be read.
    void finish() {
      handle(Long.MAX_VALUE);
    }
  }

  private sealed interface Scan extends TensorScan {
    Work.Merge work();

    /// How many threads measure tensors, each its own or all the same.
    int threads();

    <P extends org.lines4j.run.Partial<P>> P run(SegmentPass<P> pass) throws IOException;

    @Override
    default Shape shape() {
      return work().models().getFirst().info().shape();
    }

    @Override
    default int models() {
      return work().models().size();
    }

    @Override
    default boolean hasBase() {
      return work().base().isPresent();
    }

    @Override
    default <P extends TensorScan.Partial<P>> P measure(Supplier<P> empty) throws IOException {
      return tiles(Segments.of(List.of(work())), empty);
    }

    @Override
    default <P extends TensorScan.Partial<P>> P sample(Supplier<P> empty) throws IOException {
      int run = Survey.SAMPLE_RUN;
      return tiles(Segments.sample(List.of(work()), SAMPLE / run, run), empty);
    }

    @Override
    default <P extends TensorScan.Partial<P>> P measure(long from, long count, Supplier<P> empty)
        throws IOException {
      return tiles(List.of(new Segment(0, work(), from, count)), empty);
    }

    @Override
    default int partials() {
      return threads() + 1;
    }

    private <P extends TensorScan.Partial<P>> P tiles(List<Segment> segments, Supplier<P> empty)
        throws IOException {
      return run(
          new SegmentPass<>(
              PlannedPass.Kind.TENSORS.title(),
              segments,
              empty,
              (segment, merger, into) ->
                  merger
                      .tiles()
                      .read(segment.work(), segment.first(), segment.elements(), into::tile)));
    }
  }

  /// By all threads.
  private record Shared(Work.Merge work, RunOptions options) implements Scan {
    @Override
    public int threads() {
      return options.threads();
    }

    @Override
    public <P extends org.lines4j.run.Partial<P>> P run(SegmentPass<P> pass) throws IOException {
      return new LocalRunner(options).run(pass);
    }
  }

  /// By one thread.
  private record Alone(Work.Merge work, TensorMerger merger, Progress progress, int threads)
      implements Scan {
    @Override
    public <P extends org.lines4j.run.Partial<P>> P run(SegmentPass<P> pass) throws IOException {
      P partial = pass.nothing();
      for (Segment segment : pass.segments()) {
        pass.measure().run(segment, merger, partial);
        progress.advance(segment.inputBytes());
      }
      return partial;
    }
  }
}

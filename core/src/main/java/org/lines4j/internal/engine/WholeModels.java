package org.lines4j.internal.engine;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;
import org.lines4j.error.MethodException;
import org.lines4j.internal.engine.Segments.Segment;
import org.lines4j.internal.work.Facts;
import org.lines4j.internal.work.Survey;
import org.lines4j.internal.work.Work;
import org.lines4j.method.ModelMeasure;
import org.lines4j.method.ModelScan;
import org.lines4j.method.TensorMerge;
import org.lines4j.plan.PlannedPass.Kind;
import org.lines4j.plan.RunOptions;
import org.lines4j.plan.SharedPass;
import org.lines4j.run.Pass;
import org.lines4j.run.Runner;
import org.lines4j.tensor.Shape;

/// Whole models, read as often as a merge method asks for ([TensorMerge.MeasuredModel]).
final class WholeModels implements ModelScan {
  private static final Kind KIND = Kind.MODELS;
  private static final ModelTiles.Task NO_TILES = (_, _, _, _) -> {};
  private static final TensorMerger.Sink NO_RESULT = (_, _, _, _) -> {};

  private final List<Work.Merge> merges;
  private final Runner runner;
  private final int partials;
  private long bytesRead;

  /// @param merges all of [TensorMerge.MeasuredModel], which ask the same
  WholeModels(List<Work.Merge> merges, RunOptions options, Runner runner) {
    this.merges = List.copyOf(merges);
    this.runner = runner;
    this.partials = options.threads() + 1;
  }

  /// What their method must know of them.
  List<Double> known() throws IOException {
    ModelMeasure measure = measure(merges);
    try {
      return List.copyOf(measure.of(this));
    } catch (RuntimeException | Error e) {
      throw MethodException.of(measure.getClass(), merges.getFirst().tensor(), e);
    }
  }

  /// Of tensors, so far.
  long bytesRead() {
    return bytesRead;
  }

  private static ModelMeasure measure(List<Work.Merge> merges) {
    if (merges.getFirst().merge() instanceof TensorMerge.MeasuredModel merge) {
      return merge.measure();
    }
    throw new IllegalArgumentException("nothing to measure for " + merges.getFirst().merge());
  }

  @Override
  public long elements() {
    return merges.stream().mapToLong(Work.Merge::elements).sum();
  }

  @Override
  public int partials() {
    return partials;
  }

  @Override
  public <P extends Partial<P>> P measure(Question<P> question) throws IOException {
    return run(segments(merges, question), 0, question);
  }

  @Override
  public long sampled() {
    long runs = Survey.sampleRuns(elements());
    return runs == 0 ? 0 : sample(merges, runs).stream().mapToLong(Segment::elements).sum();
  }

  @Override
  public <P extends Partial<P>> P sample(Question<P> question) throws IOException {
    long runs = Math.max(1, Survey.sampleRuns(elements()));
    return run(sample(merges, runs), runs, question);
  }

  private static List<Segment> sample(List<Work.Merge> merges, long runs) {
    return Segments.sample(merges, runs, Survey.SAMPLE_RUN);
  }

  private <P extends Partial<P>> P run(List<Segment> segments, long runs, Question<P> question)
      throws IOException {
    bytesRead += segments.stream().mapToLong(Segment::inputBytes).sum();
    return runner.run(pass(segments, runs, question));
  }

  /// @param runs how many a sample has; 0 for all of the models
  private static <P extends Partial<P>> Pass<P> pass(
      List<Segment> segments, long runs, Question<P> question) {
    return new SegmentPass<>(
        KIND.title(),
        segments,
        question::nothing,
        (segment, merger, into) -> {
          if (segment.work().merge() instanceof AsAWhole) {
            merger.whole(segment, new AsAWhole(question, Optional.of(into)), NO_TILES, NO_RESULT);
          } else {
            merger
                .tiles()
                .read(
                    segment.work(),
                    segment.first(),
                    segment.elements(),
                    (_, base, models, count) -> into.tile(segment.index(), base, models, count));
          }
        },
        out -> write(runs, question, out));
  }

  /// The parts of the models that a question is asked of: whole tensors, if it wants them.
  private static List<Segment> segments(List<Work.Merge> merges, Question<?> question) {
    return Segments.of(
        merges.stream()
            .map(
                work ->
                    question.scratch(work.models().getFirst().info().shape()).isPresent()
                        ? work.with(new AsAWhole(question, Optional.empty()))
                        : work)
            .toList());
  }

  private static void write(long runs, Question<?> question, DataOutput out) throws IOException {
    WrittenPass.write(KIND, Facts.none(), out);
    out.writeLong(runs);
    question.writeTo(out);
  }

  /// A pass that another JVM has written.
  ///
  /// @param merges all of [TensorMerge.MeasuredModel]
  static SharedPass<?> read(List<Work.Merge> merges, DataInput in) throws IOException {
    long runs = in.readLong();
    return shared(merges, runs, measure(merges).read(in));
  }

  private static <P extends Partial<P>> SharedPass<P> shared(
      List<Work.Merge> merges, long runs, Question<P> question) {
    List<Segment> segments = runs == 0 ? segments(merges, question) : sample(merges, runs);
    return new SharedPass<>(pass(segments, runs, question), List.of());
  }

  /// Hands a tensor on where it would be merged.
  ///
  /// @param into empty for a tensor that only says what it takes
  private record AsAWhole(Question<?> question, Optional<? extends Partial<?>> into)
      implements TensorMerge.WholeTensor {
    @Override
    public boolean givesTaskVector() {
      return true;
    }

    @Override
    public boolean takesLong() {
      return true;
    }

    @Override
    public long scratch(Shape shape) {
      return question.scratch(shape).orElse(0);
    }

    @Override
    public void merge(
        Shape shape, long first, MemorySegment base, MemorySegment[] models, MemorySegment out) {
      into.orElseThrow().tensor(shape, base, models);
    }
  }
}

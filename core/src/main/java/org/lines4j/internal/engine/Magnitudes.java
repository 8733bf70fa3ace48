package org.lines4j.internal.engine;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.lines4j.internal.engine.Segments.Segment;
import org.lines4j.internal.kernel.KernelChoice;
import org.lines4j.internal.kernel.Kernels;
import org.lines4j.internal.kernel.MagnitudeCounts;
import org.lines4j.internal.rank.Interval;
import org.lines4j.internal.rank.RankSearch;
import org.lines4j.internal.work.Facts;
import org.lines4j.internal.work.Survey;
import org.lines4j.internal.work.Work;
import org.lines4j.method.Ballot;
import org.lines4j.method.TensorMerge;
import org.lines4j.plan.PlannedPass.Kind;
import org.lines4j.plan.RunOptions;
import org.lines4j.run.Partial;
import org.lines4j.run.Pass;
import org.lines4j.run.Runner;

/// The exact k-th largest |τ| of models of any size, in constant memory.
///
/// A pass counts each model's magnitudes in the bins of an interval, and those below it, which
/// tells the bin that holds the wanted one, or that it lies outside. The next pass has that for its
/// interval. From all numbers, with 2¹⁷ bins, it takes two passes; where a sample of the model has
/// told about where to look, most often one. A bad sample costs passes, it cannot change what is
/// found.
///
/// Votes for signs are counted along the way with the middles of the intervals for thresholds,
/// which gives the majority unless it is narrow.
final class Magnitudes {
  /// What was found.
  ///
  /// @param thresholds for each model, the least |τ| that is kept
  /// @param majority the sign that most elements have, most likely
  /// @param passes how often the models were read for it
  record Found(List<Float> thresholds, int majority, int passes) {}

  private final List<Work.Merge> merges;
  private final Runner runner;
  private final long elements;
  private final RankSearch search;

  /// @param merges all of [TensorMerge.WholeModel]
  Magnitudes(List<Work.Merge> merges, RunOptions options) {
    this(merges, options, new LocalRunner(options));
  }

  /// @param merges all of [TensorMerge.WholeModel]
  Magnitudes(List<Work.Merge> merges, RunOptions options, Runner runner) {
    KernelChoice.prepareTies();
    this.merges = merges;
    this.runner = runner;
    List<Double> densities = wholeModel(merges.getFirst()).densities();
    this.elements = merges.stream().mapToLong(Work.Merge::elements).sum();
    this.search = new RankSearch(elements, ranks(densities, elements), options.threads() + 1);
  }

  /// With d elements and k = ⌊d·density⌋, the (d − k)-th smallest is the least that is kept (SPEC
  /// §2); rank −1 where all are.
  private static long[] ranks(List<Double> densities, long elements) {
    return densities.stream()
        .mapToLong(density -> elements - (long) (elements * density) - 1)
        .toArray();
  }

  private static TensorMerge.WholeModel wholeModel(Work.Merge work) {
    if (work.merge() instanceof TensorMerge.WholeModel merge) {
      return merge;
    }
    throw new IllegalArgumentException("no thresholds for " + work.merge());
  }

  /// Looks at a part of the models, so that [#find] knows where to begin. They must be worth it
  /// ([Survey#sampleRuns]).
  void sample() throws IOException {
    sample(Survey.sampleRuns(elements));
  }

  /// Looks at a part of the models.
  ///
  /// @param runs how many runs of elements
  void sample(long runs) throws IOException {
    List<Segment> sample = runs(merges, runs);
    long sampled = sample.stream().mapToLong(Segment::elements).sum();
    search.sample(intervals -> runner.run(sampled(sample, runs, count(intervals))).models, sampled);
  }

  /// Reads the models once, and again as long as anything is open.
  Found find() throws IOException {
    AtomicInteger majority = new AtomicInteger();
    List<RankSearch.Found> found =
        search.find(
            intervals -> {
              Counts counts = runner.run(all(merges, count(intervals)));
              majority.set(counts.ballot.majority());
              return counts.models;
            });
    List<Float> thresholds = found.stream().map(Magnitudes::threshold).toList();
    return new Found(thresholds, majority.get(), search.passes());
  }

  /// Where so many updates are NaN that the threshold is: NaN alone reaches it, and nothing finite.
  private static float threshold(RankSearch.Found found) {
    return Float.isNaN(found.value()) ? Float.POSITIVE_INFINITY : found.value();
  }

  private Count count(List<Interval> intervals) {
    return new Count(intervals, search.guesses());
  }

  /// What a pass counts.
  ///
  /// @param intervals for each model, where its magnitudes are counted
  /// @param about the thresholds as far as they are known, under which signs are counted
  record Count(List<Interval> intervals, List<Float> about) {
    /// Copies its lists.
    Count {
      intervals = List.copyOf(intervals);
      about = List.copyOf(about);
    }

    private void writeTo(DataOutput out) throws IOException {
      out.writeInt(intervals.size());
      for (int m = 0; m < intervals.size(); m++) {
        intervals.get(m).writeTo(out);
        out.writeFloat(about.get(m));
      }
    }

    private static Count readFrom(DataInput in) throws IOException {
      List<Interval> intervals = new ArrayList<>();
      List<Float> about = new ArrayList<>();
      for (int left = in.readInt(); left > 0; left--) {
        intervals.add(Interval.readFrom(in));
        about.add(in.readFloat());
      }
      return new Count(intervals, about);
    }
  }

  /// The pass over the models, with votes.
  static Pass<Counts> all(List<Work.Merge> merges, Count count) {
    return pass(
        Kind.MAGNITUDES,
        Segments.of(merges),
        count,
        true,
        out -> {
          WrittenPass.write(Kind.MAGNITUDES, Facts.none(), out);
          count.writeTo(out);
        });
  }

  /// The pass over a part of them.
  static Pass<Counts> sample(List<Work.Merge> merges, long runs, Count count) {
    return sampled(runs(merges, runs), runs, count);
  }

  private static Pass<Counts> sampled(List<Segment> sample, long runs, Count count) {
    return pass(
        Kind.SAMPLE,
        sample,
        count,
        false,
        out -> {
          WrittenPass.write(Kind.SAMPLE, Facts.none(), out);
          out.writeLong(runs);
          count.writeTo(out);
        });
  }

  private static List<Segment> runs(List<Work.Merge> merges, long runs) {
    return Segments.sample(merges, runs, Survey.SAMPLE_RUN);
  }

  private static Pass<Counts> pass(
      Kind kind,
      List<Segment> segments,
      Count count,
      boolean votes,
      SegmentPass.Description description) {
    return new SegmentPass<>(
        kind.title(),
        segments,
        () -> new Counts(count, votes),
        (segment, merger, into) -> into.measure(segment, merger),
        description);
  }

  /// A pass that another JVM has written.
  static Pass<Counts> read(Kind kind, List<Work.Merge> merges, DataInput in) throws IOException {
    KernelChoice.prepareTies();
    if (kind == Kind.SAMPLE) {
      long runs = in.readLong();
      return sample(merges, runs, Count.readFrom(in));
    }
    return all(merges, Count.readFrom(in));
  }

  /// What was counted of some segments: of a size that neither they nor the models change.
  static final class Counts implements Partial<Counts> {
    private final Count count;
    private final boolean votes;
    private final List<MagnitudeCounts> models;
    private final Ballot ballot = new Ballot();
    private final float[] scratch = new float[Kernels.TILE];

    private Counts(Count count, boolean votes) {
      this.count = count;
      this.votes = votes;
      this.models = count.intervals.stream().map(Interval::counts).toList();
    }

    @Override
    public void add(Counts other) {
      for (int m = 0; m < models.size(); m++) {
        models.get(m).add(other.models.get(m));
      }
      ballot.add(other.ballot);
    }

    @Override
    public void writeTo(DataOutput out) throws IOException {
      for (MagnitudeCounts model : models) {
        model.writeTo(out);
      }
      ballot.writeTo(out);
    }

    @Override
    public void readFrom(DataInput in) throws IOException {
      for (MagnitudeCounts model : models) {
        model.readFrom(in);
      }
      ballot.readFrom(in);
    }

    private void measure(Segment segment, TensorMerger merger) throws IOException {
      ModelTiles.Task task = votes ? voting(segment.work()) : this::count;
      merger.tiles().read(segment.work(), segment.first(), segment.elements(), task);
    }

    private ModelTiles.Task voting(Work.Merge work) {
      TensorMerge.Electing election = Facts.given(work, wholeModel(work), count.about, 0);
      return (first, base, inputs, length) -> {
        count(first, base, inputs, length);
        TensorMerger.vote(work, election, base, inputs, scratch, length, ballot);
      };
    }

    private void count(long first, float[] base, float[][] inputs, int length) {
      for (int m = 0; m < inputs.length; m++) {
        count(m, base, inputs[m], length);
      }
    }

    private void count(int m, float[] base, float[] model, int length) {
      if (!count.intervals.get(m).isFound()) {
        KernelChoice.taskVectors().countMagnitudes(base, model, models.get(m), length);
      }
    }
  }
}

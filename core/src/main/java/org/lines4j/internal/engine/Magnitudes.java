package org.lines4j.internal.engine;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.lines4j.internal.engine.Segments.Segment;
import org.lines4j.internal.kernel.KernelChoice;
import org.lines4j.internal.kernel.Kernels;
import org.lines4j.internal.kernel.MagnitudeCounts;
import org.lines4j.internal.rank.Interval;
import org.lines4j.internal.rank.RankSearch;
import org.lines4j.method.Ballot;
import org.lines4j.method.TensorMerge;
import org.lines4j.plan.Pass;
import org.lines4j.plan.RunOptions;
import org.lines4j.plan.Survey;
import org.lines4j.plan.Work;

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
  private final RunOptions options;
  private final long elements;
  private final RankSearch search;

  /// @param merges all of [TensorMerge.WholeModel]
  Magnitudes(List<Work.Merge> merges, RunOptions options) {
    KernelChoice.prepareTies();
    this.merges = merges;
    this.options = options;
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
    List<Segment> sample = Segments.sample(merges, runs, Survey.SAMPLE_RUN);
    long sampled = sample.stream().mapToLong(Segment::elements).sum();
    search.sample(intervals -> count(Pass.Kind.SAMPLE, sample, intervals).models, sampled);
  }

  /// Reads the models once, and again as long as anything is open.
  Found find() throws IOException {
    List<Segment> segments = Segments.of(merges);
    AtomicInteger majority = new AtomicInteger();
    List<RankSearch.Found> found =
        search.find(
            intervals -> {
              Counts counts = count(Pass.Kind.MAGNITUDES, segments, intervals);
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

  private Counts count(Pass.Kind kind, List<Segment> segments, List<Interval> intervals)
      throws IOException {
    List<Float> about = search.guesses();
    boolean votes = kind == Pass.Kind.MAGNITUDES;
    return Segments.pass(kind, segments, () -> new Counts(intervals, about, votes), options);
  }

  private static final class Counts implements Segments.Partial<Counts> {
    private final List<Interval> intervals;
    private final List<Float> thresholds;
    private final boolean votes;
    private final List<MagnitudeCounts> models;
    private final Ballot ballot = new Ballot();
    private final float[] scratch = new float[Kernels.TILE];

    Counts(List<Interval> intervals, List<Float> thresholds, boolean votes) {
      this.intervals = intervals;
      this.votes = votes;
      this.thresholds = thresholds;
      this.models = intervals.stream().map(Interval::counts).toList();
    }

    @Override
    public void add(Counts other) {
      for (int m = 0; m < models.size(); m++) {
        models.get(m).add(other.models.get(m));
      }
      ballot.add(other.ballot);
    }

    @Override
    public void measure(Segment segment, TensorMerger merger) throws IOException {
      TensorMerge.Electing election =
          TensorMerger.given(segment.work(), wholeModel(segment.work()), thresholds, 0);
      merger
          .tiles()
          .read(
              segment.work(),
              segment.first(),
              segment.elements(),
              (_, base, inputs, count) -> {
                for (int m = 0; m < inputs.length; m++) {
                  count(m, base, inputs[m], count);
                }
                if (votes) {
                  TensorMerger.vote(segment.work(), election, base, inputs, scratch, count, ballot);
                }
              });
    }

    private void count(int m, float[] base, float[] model, int count) {
      if (!intervals.get(m).isSettled()) {
        KernelChoice.taskVectors().countMagnitudes(base, model, models.get(m), count);
      }
    }
  }
}

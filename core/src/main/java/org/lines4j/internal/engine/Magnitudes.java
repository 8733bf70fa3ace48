package org.lines4j.internal.engine;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.lines4j.internal.engine.Segments.Segment;
import org.lines4j.internal.kernel.KernelChoice;
import org.lines4j.plan.RunOptions;
import org.lines4j.plan.Work;

/// The exact k-th largest |τ| of a model of any size, in two passes and constant memory: float32
/// magnitudes sort as their bits do, so the first pass counts them by their upper bits, which tells
/// those of the k-th, and the second by the lower bits of those that share them.
///
/// ```
///   0 eeeeeeee mmmmmmm m|mmm mmmm mmmm mmmm
///     └── 16 upper bits ┘ └ 15 lower bits ┘
/// ```
final class Magnitudes {
  private static final int LOWER_BITS = 15;
  private static final int UPPER = 1 << 16;
  private static final int LOWER = 1 << LOWER_BITS;

  private final long[] counts;
  private final int low;
  private final int shift;

  /// @param bins how many counts there are
  /// @param low the least magnitude that is counted, as bits
  /// @param shift how many of the bits do not tell the bin
  private Magnitudes(int bins, int low, int shift) {
    this.counts = new long[bins];
    this.low = low;
    this.shift = shift;
  }

  private static Magnitudes upper() {
    return new Magnitudes(UPPER, 0, LOWER_BITS);
  }

  /// @param half the upper bits of what is counted
  private static Magnitudes lower(int half) {
    return new Magnitudes(LOWER, half << LOWER_BITS, 0);
  }

  /// The counts of each model's upper bits.
  static List<Magnitudes> upper(List<Work.Merge> merges, RunOptions options) throws IOException {
    int models = merges.getFirst().models().size();
    return Segments.run(
            Segments.of(merges),
            () -> new Counts(Stream.generate(Magnitudes::upper).limit(models).toList()),
            options)
        .models;
  }

  /// For each model, the least |τ| that is kept: with d elements and k = ⌊d·density⌋, the (d −
  /// k)-th smallest (SPEC §2).
  static List<Float> thresholds(
      List<Work.Merge> merges, List<Magnitudes> upper, List<Double> densities, RunOptions options)
      throws IOException {
    long elements = merges.stream().mapToLong(Work.Merge::elements).sum();
    List<Integer> wanted = new ArrayList<>();
    List<Long> ranks = new ArrayList<>();
    for (int m = 0; m < densities.size(); m++) {
      long rank = elements - (long) (elements * densities.get(m)) - 1;
      int half = rank < 0 ? 0 : upper.get(m).bin(rank);
      wanted.add(half);
      ranks.add(rank < 0 ? rank : rank - upper.get(m).below(half));
    }
    List<Magnitudes> lower =
        Segments.run(
                Segments.of(merges),
                () -> new Counts(wanted.stream().map(Magnitudes::lower).toList()),
                options)
            .models;
    List<Float> thresholds = new ArrayList<>();
    for (int m = 0; m < densities.size(); m++) {
      long rank = ranks.get(m);
      int bits = rank < 0 ? 0 : wanted.get(m) << LOWER_BITS | lower.get(m).bin(rank);
      thresholds.add(Float.intBitsToFloat(bits));
    }
    return List.copyOf(thresholds);
  }

  private int bin(long rank) {
    int bin = 0;
    for (long before = counts[0]; before <= rank; before += counts[bin]) {
      bin++;
    }
    return bin;
  }

  private long below(int bin) {
    long below = 0;
    for (int i = 0; i < bin; i++) {
      below += counts[i];
    }
    return below;
  }

  private void count(float[] base, float[] model, int count) {
    long _ = KernelChoice.taskVectors().countMagnitudes(base, model, low, shift, counts, count);
  }

  private static final class Counts implements Segments.Partial<Counts> {
    private final List<Magnitudes> models;

    Counts(List<Magnitudes> models) {
      this.models = models;
    }

    @Override
    public void add(Counts other) {
      for (int m = 0; m < models.size(); m++) {
        long[] own = models.get(m).counts;
        long[] more = other.models.get(m).counts;
        java.util.Arrays.setAll(own, i -> own[i] + more[i]);
      }
    }

    @Override
    public void measure(Segment segment, TensorMerger merger) throws IOException {
      merger
          .tiles()
          .read(
              segment.work(),
              segment.first(),
              segment.elements(),
              (_, base, inputs, count) -> {
                for (int m = 0; m < inputs.length; m++) {
                  models.get(m).count(base, inputs[m], count);
                }
              });
    }
  }
}

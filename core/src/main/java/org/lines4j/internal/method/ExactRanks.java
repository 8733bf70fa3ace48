package org.lines4j.internal.method;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.lines4j.internal.kernel.KernelChoice;
import org.lines4j.internal.kernel.Kernels;
import org.lines4j.internal.kernel.MagnitudeCounts;
import org.lines4j.internal.rank.Interval;
import org.lines4j.internal.rank.RankSearch;
import org.lines4j.method.ModelScan;
import org.lines4j.run.Partial;

/// Order statistics, in double, of what is computed of each element of whole models: first the
/// float32 that each one rounds to, then the one itself among those that round alike.
final class ExactRanks {
  /// So many different numbers that round alike are told apart; where there are more, as where
  /// models have some 10¹² elements, the float32 stands for them.
  private static final int MOST = 1 << 14;

  private ExactRanks() {}

  /// What is ranked.
  interface Values {
    /// How many kinds of values there are.
    int kinds();

    /// Computes a value ≥ 0 of each kind for each element.
    ///
    /// @param models one array for each model but the base
    void compute(float[] base, float[][] models, double[][] into, int count);

    /// Writes what they are, for another JVM.
    void writeTo(DataOutput out) throws IOException;
  }

  /// The values of some ranks in ascending order.
  ///
  /// @param ranks of each kind, the rank that is sought, from 0
  static double[] find(ModelScan scan, Values values, long... ranks) throws IOException {
    RankSearch search = new RankSearch(scan.elements(), ranks, scan.partials());
    if (scan.sampled() > 0) {
      search.sample(
          intervals -> scan.sample(new Counting(values, intervals)).counts, scan.sampled());
    }
    List<RankSearch.Found> found =
        search.find(intervals -> scan.measure(new Counting(values, intervals)).counts);
    int[] bits = found.stream().mapToInt(RankSearch.Found::bits).toArray();
    List<Map<Double, Long>> alike = scan.measure(new Telling(values, bits)).alike;
    double[] exact = new double[ranks.length];
    for (int i = 0; i < exact.length; i++) {
      exact[i] = exact(found.get(i), ranks[i], alike.get(i));
    }
    return exact;
  }

  private static double exact(RankSearch.Found found, long rank, Map<Double, Long> alike) {
    if (alike.size() > MOST) {
      return found.value();
    }
    long before = found.less();
    for (Map.Entry<Double, Long> entry : alike.entrySet()) {
      before += entry.getValue();
      if (rank < before) {
        return entry.getKey();
      }
    }
    return found.value();
  }

  /// A question that another JVM has written.
  static ModelScan.Question<?> read(Values values, DataInput in) throws IOException {
    boolean counts = in.readBoolean();
    int size = in.readInt();
    if (!counts) {
      int[] bits = new int[size];
      for (int i = 0; i < size; i++) {
        bits[i] = in.readInt();
      }
      return new Telling(values, bits);
    }
    List<Interval> intervals = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      intervals.add(Interval.readFrom(in));
    }
    return new Counting(values, intervals);
  }

  private record Counting(Values values, List<Interval> intervals)
      implements ModelScan.Question<Counts> {
    @Override
    public Counts nothing() {
      return new Counts(this);
    }

    @Override
    public void writeTo(DataOutput out) throws IOException {
      values.writeTo(out);
      out.writeBoolean(true);
      out.writeInt(intervals.size());
      for (Interval interval : intervals) {
        interval.writeTo(out);
      }
    }
  }

  /// The values of a tile.
  private abstract static class Computed<P extends Computed<P>> implements ModelScan.Partial<P> {
    private final Values values;
    private final double[][] tile;

    Computed(Values values) {
      this.values = values;
      this.tile = new double[values.kinds()][Kernels.TILE];
    }

    @Override
    public final void tile(int piece, float[] base, float[][] models, int count) {
      values.compute(base, models, tile, count);
      for (int kind = 0; kind < tile.length; kind++) {
        take(kind, tile[kind], count);
      }
    }

    abstract void take(int kind, double[] numbers, int count);

    static <T extends Partial<T>> void addAll(List<T> mine, List<T> others) {
      for (int i = 0; i < mine.size(); i++) {
        mine.get(i).add(others.get(i));
      }
    }
  }

  private static final class Counts extends Computed<Counts> {
    private static final float[] ZERO = new float[Kernels.TILE];

    private final List<Interval> intervals;
    private final List<MagnitudeCounts> counts;
    private final float[] rounded = new float[Kernels.TILE];

    Counts(Counting question) {
      super(question.values);
      this.intervals = question.intervals;
      this.counts = intervals.stream().map(Interval::counts).toList();
    }

    @Override
    void take(int kind, double[] numbers, int count) {
      if (intervals.get(kind).isFound()) {
        return;
      }
      for (int i = 0; i < count; i++) {
        rounded[i] = (float) numbers[i];
      }
      KernelChoice.taskVectors().countMagnitudes(ZERO, rounded, counts.get(kind), count);
    }

    @Override
    public void add(Counts other) {
      addAll(counts, other.counts);
    }

    @Override
    public void writeTo(DataOutput out) throws IOException {
      for (MagnitudeCounts one : counts) {
        one.writeTo(out);
      }
    }

    @Override
    public void readFrom(DataInput in) throws IOException {
      for (MagnitudeCounts one : counts) {
        one.readFrom(in);
      }
    }
  }

  /// @param bits of the float32 that the wanted value of each kind rounds to
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Telling(Values values, int[] bits) implements ModelScan.Question<Alike> {
    @Override
    public Alike nothing() {
      return new Alike(this);
    }

    @Override
    public void writeTo(DataOutput out) throws IOException {
      values.writeTo(out);
      out.writeBoolean(false);
      out.writeInt(bits.length);
      for (int one : bits) {
        out.writeInt(one);
      }
    }
  }

  /// How often there is each of the values that round to the same float32, up to one more than are
  /// told apart.
  private static final class Alike extends Computed<Alike> {
    private final float[] wanted;
    private final List<Map<Double, Long>> alike = new ArrayList<>();

    Alike(Telling question) {
      super(question.values);
      this.wanted = new float[question.bits.length];
      for (int i = 0; i < wanted.length; i++) {
        wanted[i] = Float.intBitsToFloat(question.bits[i]);
        alike.add(new TreeMap<>());
      }
    }

    @Override
    void take(int kind, double[] numbers, int count) {
      Map<Double, Long> found = alike.get(kind);
      double last = Double.NaN;
      long times = 0;
      for (int i = 0; i < count; i++) {
        if ((float) numbers[i] == wanted[kind]) {
          if (numbers[i] != last) {
            add(found, last, times);
            last = numbers[i];
            times = 0;
          }
          times++;
        }
      }
      add(found, last, times);
    }

    private static void add(Map<Double, Long> found, double value, long times) {
      if (times > 0 && found.size() <= MOST) {
        found.merge(value, times, Long::sum);
      }
    }

    @Override
    public void add(Alike other) {
      for (int i = 0; i < alike.size(); i++) {
        Map<Double, Long> mine = alike.get(i);
        other.alike.get(i).forEach((value, times) -> add(mine, value, times));
      }
    }

    @Override
    public void writeTo(DataOutput out) throws IOException {
      for (Map<Double, Long> one : alike) {
        out.writeInt(one.size());
        for (Map.Entry<Double, Long> entry : one.entrySet()) {
          out.writeDouble(entry.getKey());
          out.writeLong(entry.getValue());
        }
      }
    }

    @Override
    public void readFrom(DataInput in) throws IOException {
      for (Map<Double, Long> one : alike) {
        for (int left = in.readInt(); left > 0; left--) {
          one.put(in.readDouble(), in.readLong());
        }
      }
    }
  }
}

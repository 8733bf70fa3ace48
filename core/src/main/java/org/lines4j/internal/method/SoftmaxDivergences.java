package org.lines4j.internal.method;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.lines4j.method.TensorScan;

/// KL(softmax(m) ‖ softmax(b)) for each row m of a model's tensor and b of the base's.
///
/// A row is computed as soon as all of it was read, by the thread that reads its last part. Memory
/// is a few rows for each thread, and a number for each row.
final class SoftmaxDivergences {
  /// Added to each probability.
  private static final double EPSILON = 1e-8;

  private final int length;
  private final float[] divergences;

  /// The rows whose divergences were found since the last time that they were written.
  private final BitSet computed = new BitSet();

  /// The parts of rows that are not complete, by row.
  private final Map<Long, List<Run>> open = new HashMap<>();

  private SoftmaxDivergences(Rows rows) {
    this.length = Math.toIntExact(rows.length());
    this.divergences = new float[Math.toIntExact(rows.count())];
  }

  /// Those of a tensor's rows along its last extent; it has elements, a base and one model.
  static float[] measure(TensorScan scan) throws IOException {
    SoftmaxDivergences all = new SoftmaxDivergences(Rows.last(scan.shape()));
    scan.measure(() -> new Reader(all)).handOver();
    return all.divergences;
  }

  private void compute(Run row, double[] p, double[] q) {
    exponentials(row.model, p);
    exponentials(row.base, q);
    double sumP = sum(p);
    double sumQ = sum(q);
    double divergence = 0;
    for (int i = 0; i < length; i++) {
      double a = p[i] / sumP + EPSILON;
      double b = q[i] / sumQ + EPSILON;
      divergence += a * Math.log(a / b);
    }
    set(Math.toIntExact(row.first / length), (float) divergence);
  }

  /// Of the differences from the largest value, so that none overflows.
  private void exponentials(float[] values, double[] out) {
    double largest = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < length; i++) {
      largest = Math.max(largest, values[i]);
    }
    for (int i = 0; i < length; i++) {
      out[i] = Math.exp(values[i] - largest);
    }
  }

  private static double sum(double[] values) {
    double sum = 0;
    for (double value : values) {
      sum += value;
    }
    return sum;
  }

  /// Adds a part of a row.
  ///
  /// @return all parts, in order, if none is missing any more; else nothing
  private synchronized List<Run> join(Run part) {
    long row = part.first / length;
    List<Run> parts = open.computeIfAbsent(row, _ -> new ArrayList<>());
    parts.add(part);
    if (parts.stream().mapToInt(run -> run.count).sum() < length) {
      return List.of();
    }
    open.remove(row);
    parts.sort(Comparator.comparingLong(run -> run.first));
    return parts;
  }

  private synchronized void set(int row, float divergence) {
    divergences[row] = divergence;
    computed.set(row);
  }

  private synchronized void writeTo(DataOutput out) throws IOException {
    for (int row = computed.nextSetBit(0); row >= 0; row = computed.nextSetBit(row + 1)) {
      out.writeInt(row);
      out.writeFloat(divergences[row]);
    }
    out.writeInt(-1);
    computed.clear();
    for (List<Run> parts : open.values()) {
      for (Run part : parts) {
        part.writeTo(out);
      }
    }
    out.writeInt(0);
    open.clear();
  }

  private static float[] floats(DataInput in, int count) throws IOException {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = in.readFloat();
    }
    return values;
  }

  /// Consecutive elements of a row.
  private static final class Run {
    private final long first;
    private int count;
    private float[] base = {};
    private float[] model = {};

    Run(long first) {
      this.first = first;
    }

    void append(float[] moreBase, float[] moreModel, int from, int length) {
      if (count + length > base.length) {
        int room = Math.max(count + length, 2 * count);
        base = Arrays.copyOf(base, room);
        model = Arrays.copyOf(model, room);
      }
      System.arraycopy(moreBase, from, base, count, length);
      System.arraycopy(moreModel, from, model, count, length);
      count += length;
    }

    void writeTo(DataOutput out) throws IOException {
      out.writeInt(count);
      out.writeLong(first);
      for (int i = 0; i < count; i++) {
        out.writeFloat(base[i]);
      }
      for (int i = 0; i < count; i++) {
        out.writeFloat(model[i]);
      }
    }
  }

  /// Puts rows together from tiles.
  private static final class Reader implements TensorScan.Partial<Reader> {
    private final SoftmaxDivergences all;
    private final double[] p;
    private final double[] q;
    private Run run = new Run(0);

    Reader(SoftmaxDivergences all) {
      this.all = all;
      this.p = new double[all.length];
      this.q = new double[all.length];
    }

    @Override
    public void tile(long first, float[] base, float[][] models, int count) {
      for (int from = 0; from < count; ) {
        long index = first + from;
        if (index != run.first + run.count) { // another block
          handOver();
          run = new Run(index);
        }
        int part = (int) Math.min(count - from, all.length - index % all.length);
        run.append(base, models[0], from, part);
        from += part;
        if ((index + part) % all.length == 0) {
          handOver();
        }
      }
    }

    /// Has the row computed, or what there is of it joined with what others have.
    void handOver() {
      if (run.count == all.length) {
        all.compute(run, p, q);
      } else if (run.count > 0) {
        List<Run> parts = all.join(run);
        if (!parts.isEmpty()) {
          Run row = new Run(parts.getFirst().first);
          parts.forEach(part -> row.append(part.base, part.model, 0, part.count));
          all.compute(row, p, q);
        }
      }
      run = new Run(run.first + run.count);
    }

    @Override
    public void add(Reader other) {
      other.handOver();
    }

    /// Writes what all threads have found since the last time, and the parts of rows that they
    /// could not join.
    @Override
    public void writeTo(DataOutput out) throws IOException {
      handOver();
      all.writeTo(out);
    }

    @Override
    public void readFrom(DataInput in) throws IOException {
      for (int row = in.readInt(); row >= 0; row = in.readInt()) {
        all.set(row, in.readFloat());
      }
      for (int count = in.readInt(); count > 0; count = in.readInt()) {
        run = new Run(in.readLong());
        run.base = floats(in, count);
        run.model = floats(in, count);
        run.count = count;
        handOver();
      }
    }
  }
}

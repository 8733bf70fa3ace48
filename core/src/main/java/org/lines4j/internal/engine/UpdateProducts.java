package org.lines4j.internal.engine;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.lines4j.internal.engine.Segments.Segment;
import org.lines4j.internal.work.Source;
import org.lines4j.internal.work.Work;
import org.lines4j.method.TensorMerge;
import org.lines4j.plan.RunOptions;
import org.lines4j.run.Partial;

/// Products of the updates that models make of a base, and the ends of their values, tensor by
/// tensor: of each segment by itself, added in their order, so that threads change no bit.
public final class UpdateProducts implements Partial<UpdateProducts> {
  /// What is known of a tensor.
  ///
  /// @param products Σ τᵢ·τⱼ in double, of each two models
  /// @param base Σ θ0², one number
  /// @param least of the base's values, then of each model's; NaN left out
  /// @param most alike
  @SuppressWarnings("ArrayRecordComponent") // never compared
  public record OfTensor(double[][] products, double[] base, float[] least, float[] most) {
    private static OfTensor none(int models) {
      float[] least = new float[models + 1];
      float[] most = new float[models + 1];
      Arrays.fill(least, Float.POSITIVE_INFINITY);
      Arrays.fill(most, Float.NEGATIVE_INFINITY);
      return new OfTensor(new double[models][models], new double[1], least, most);
    }

    private void add(OfTensor other) {
      for (int i = 0; i < products.length; i++) {
        for (int j = 0; j < products.length; j++) {
          products[i][j] += other.products[i][j];
        }
      }
      base[0] += other.base[0];
      for (int i = 0; i < least.length; i++) {
        least[i] = Math.min(least[i], other.least[i]);
        most[i] = Math.max(most[i], other.most[i]);
      }
    }

    /// Σ θ0².
    public double baseSquares() {
      return base[0];
    }

    /// Whether all values of the base (0) or of a model (from 1) are the same.
    public boolean isConstant(int model) {
      return least[model] == most[model];
    }

    /// Whether the base and all updates are finite.
    public boolean isFinite() {
      return Double.isFinite(base[0])
          && Arrays.stream(products).flatMapToDouble(Arrays::stream).allMatch(Double::isFinite);
    }
  }

  /// Elements of a model that are read before their sums are added up.
  private static final long WINDOW = 1L << 32;

  private final int models;
  private final SortedMap<Integer, OfTensor> bySegment = new TreeMap<>();

  private UpdateProducts(int models) {
    this.models = models;
  }

  /// Reads tensors of all models once.
  ///
  /// @param tensors of each, the base's and then the models', of one shape and floating
  public static List<OfTensor> of(List<List<Source>> tensors, RunOptions options)
      throws IOException {
    List<OfTensor> found = new ArrayList<>();
    List<Work.Merge> window = new ArrayList<>();
    long elements = 0;
    for (List<Source> tensor : tensors) {
      Work.Merge reading = reading(tensor);
      window.add(reading);
      elements += reading.elements();
      if (elements >= WINDOW) {
        found.addAll(ofWindow(window, options));
        window.clear();
        elements = 0;
      }
    }
    if (!window.isEmpty()) {
      found.addAll(ofWindow(window, options));
    }
    return found;
  }

  /// Of some tensors, so that what is kept of each segment follows no model's size.
  private static List<OfTensor> ofWindow(List<Work.Merge> tensors, RunOptions options)
      throws IOException {
    int models = tensors.getFirst().models().size();
    SegmentPass<UpdateProducts> pass = pass(tensors);
    List<Segment> segments = pass.segments();
    UpdateProducts all = new LocalRunner(options).run(pass);
    List<OfTensor> found = new ArrayList<>();
    String last = "";
    for (Segment segment : segments) {
      if (found.isEmpty() || !segment.work().tensor().equals(last)) {
        found.add(OfTensor.none(models));
        last = segment.work().tensor();
      }
      found.getLast().add(all.bySegment.getOrDefault(segment.index(), OfTensor.none(models)));
    }
    return found;
  }

  /// The sums of each segment of `tensors`.
  static SegmentPass<UpdateProducts> pass(List<Work.Merge> tensors) {
    int models = tensors.getFirst().models().size();
    return new SegmentPass<>(
        "compare updates",
        Segments.of(tensors),
        () -> new UpdateProducts(models),
        (segment, merger, into) -> into.measure(segment, merger));
  }

  private static Work.Merge reading(List<Source> tensor) {
    return new Work.Merge(
        tensor.getFirst().name(),
        Optional.of(tensor.getFirst()),
        tensor.subList(1, tensor.size()),
        new NoMerge(),
        Optional.empty());
  }

  /// Nothing is merged.
  private record NoMerge() implements TensorMerge.Elementwise {
    @Override
    public boolean givesTaskVector() {
      return true;
    }

    @Override
    public void merge(long first, float[] base, float[][] models, float[] out, int count) {
      Arrays.fill(out, 0, count, 0);
    }
  }

  private void measure(Segment segment, TensorMerger merger) throws IOException {
    OfTensor sums = OfTensor.none(models);
    bySegment.put(segment.index(), sums);
    merger
        .tiles()
        .read(
            segment.work(),
            segment.first(),
            segment.elements(),
            (_, base, inputs, count) -> {
              ends(sums, 0, base, count);
              sums.base[0] += product(base, base, count);
              for (int m = 0; m < models; m++) {
                ends(sums, m + 1, inputs[m], count);
                for (int i = 0; i < count; i++) {
                  inputs[m][i] -= base[i];
                }
              }
              for (int m = 0; m < models; m++) {
                for (int other = 0; other <= m; other++) {
                  double product = product(inputs[m], inputs[other], count);
                  sums.products[m][other] += product;
                  sums.products[other][m] = sums.products[m][other];
                }
              }
            });
  }

  private static void ends(OfTensor sums, int model, float[] values, int count) {
    float least = sums.least[model];
    float most = sums.most[model];
    for (int i = 0; i < count; i++) {
      least = values[i] < least ? values[i] : least;
      most = values[i] > most ? values[i] : most;
    }
    sums.least[model] = least;
    sums.most[model] = most;
  }

  private static double product(float[] one, float[] other, int count) {
    double sum = 0;
    for (int i = 0; i < count; i++) {
      sum += (double) one[i] * other[i];
    }
    return sum;
  }

  @Override
  public void add(UpdateProducts other) {
    bySegment.putAll(other.bySegment);
  }

  @Override
  public void writeTo(DataOutput out) throws IOException {
    out.writeInt(bySegment.size());
    for (Map.Entry<Integer, OfTensor> entry : bySegment.entrySet()) {
      out.writeInt(entry.getKey());
      OfTensor sums = entry.getValue();
      for (double[] row : sums.products) {
        for (double product : row) {
          out.writeDouble(product);
        }
      }
      out.writeDouble(sums.base[0]);
      for (int i = 0; i < sums.least.length; i++) {
        out.writeFloat(sums.least[i]);
        out.writeFloat(sums.most[i]);
      }
    }
  }

  @Override
  public void readFrom(DataInput in) throws IOException {
    for (int left = in.readInt(); left > 0; left--) {
      OfTensor sums = OfTensor.none(models);
      bySegment.put(in.readInt(), sums);
      for (double[] row : sums.products) {
        for (int j = 0; j < row.length; j++) {
          row[j] = in.readDouble();
        }
      }
      sums.base[0] = in.readDouble();
      for (int i = 0; i < sums.least.length; i++) {
        sums.least[i] = in.readFloat();
        sums.most[i] = in.readFloat();
      }
    }
  }
}

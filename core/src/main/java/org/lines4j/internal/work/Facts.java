package org.lines4j.internal.work;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.lines4j.error.MethodException;
import org.lines4j.internal.work.Survey.AutoAlpha;
import org.lines4j.method.TensorMerge;
import org.lines4j.method.TensorMerge.Electing;
import org.lines4j.method.TensorMerge.MeasuredModel;
import org.lines4j.method.TensorMerge.WholeModel;

/// What passes have measured over whole models: with it, whoever plans the same run again knows
/// what each unit of writing it comes to.
///
/// What is measured of one tensor is no part of it: whoever merges a tensor measures it as well.
///
/// @param thresholds for each model but the base, the least |τ| that is kept; empty where none are
///   needed or known
/// @param majority the sign that most elements have, as far as it is known
/// @param known what else was measured of whole models; empty where nothing is needed or known
/// @param alpha that was measured
public record Facts(
    List<Float> thresholds, OptionalInt majority, List<Double> known, OptionalDouble alpha) {
  /// Nothing is known.
  private static final Facts NONE =
      new Facts(List.of(), OptionalInt.empty(), List.of(), OptionalDouble.empty());

  /// Copies its lists.
  public Facts {
    thresholds = List.copyOf(thresholds);
    known = List.copyOf(known);
  }

  /// Nothing is known.
  public static Facts none() {
    return NONE;
  }

  /// These, with thresholds.
  public Facts withThresholds(List<Float> values) {
    return new Facts(values, majority, known, alpha);
  }

  /// These, with a majority.
  public Facts withMajority(int sign) {
    return new Facts(thresholds, OptionalInt.of(sign), known, alpha);
  }

  /// These, with what a method had to know of whole models.
  public Facts withKnown(List<Double> values) {
    return new Facts(thresholds, majority, values, alpha);
  }

  /// These, with α.
  public Facts withAlpha(double value) {
    return new Facts(thresholds, majority, known, OptionalDouble.of(value));
  }

  /// A tensor with what is known of it.
  ///
  /// @param auto where α is measured
  /// @throws MethodException if its merge method fails
  PlannedTensor applyTo(PlannedTensor tensor, Optional<AutoAlpha> auto) {
    PlannedTensor elected = applyTo(tensor);
    return auto.isPresent() && alpha.isPresent()
        ? auto.get().scale(elected, alpha.getAsDouble())
        : elected;
  }

  /// A tensor with what is known of thresholds and votes.
  ///
  /// @throws MethodException if its merge method fails
  public PlannedTensor applyTo(PlannedTensor tensor) {
    if (!(tensor.work() instanceof Work.Merge work)) {
      return tensor;
    }
    TensorMerge merge = work.merge();
    if (merge instanceof WholeModel whole && !thresholds.isEmpty()) {
      return tensor.with(work.with(given(work, whole, thresholds, majority.orElse(0))));
    }
    if (merge instanceof Electing electing
        && majority.isPresent()
        && electing.majority() != majority.getAsInt()) {
      return tensor.with(work.with(electing.under(majority.getAsInt())));
    }
    if (merge instanceof MeasuredModel measured && !known.isEmpty()) {
      Work.Merge merged = work.with(given(work, measured));
      return tensor.with(tensor.isWithoutUpdate() ? merged.withoutUpdate() : merged);
    }
    return tensor;
  }

  private TensorMerge given(Work.Merge work, MeasuredModel merge) {
    try {
      return merge.given(known);
    } catch (RuntimeException | Error e) {
      throw MethodException.of(merge.getClass(), work.tensor(), e);
    }
  }

  /// A merge under thresholds that are perhaps not the last ones.
  ///
  /// @throws MethodException if the method fails
  public static Electing given(
      Work.Merge work, WholeModel merge, List<Float> thresholds, int majority) {
    try {
      return merge.given(thresholds, majority);
    } catch (RuntimeException | Error e) {
      throw MethodException.of(merge.getClass(), work.tensor(), e);
    }
  }

  /// Writes them, for another JVM.
  public void writeTo(DataOutput out) throws IOException {
    out.writeInt(thresholds.size());
    for (float threshold : thresholds) {
      out.writeFloat(threshold);
    }
    out.writeBoolean(majority.isPresent());
    out.writeInt(majority.orElse(0));
    out.writeInt(known.size());
    for (double number : known) {
      out.writeDouble(number);
    }
    out.writeBoolean(alpha.isPresent());
    out.writeDouble(alpha.orElse(0));
  }

  /// Reads what [#writeTo] has written.
  public static Facts readFrom(DataInput in) throws IOException {
    List<Float> thresholds = new ArrayList<>();
    for (int left = in.readInt(); left > 0; left--) {
      thresholds.add(in.readFloat());
    }
    boolean isElected = in.readBoolean();
    int majority = in.readInt();
    List<Double> known = new ArrayList<>();
    for (int left = in.readInt(); left > 0; left--) {
      known.add(in.readDouble());
    }
    boolean isMeasured = in.readBoolean();
    double alpha = in.readDouble();
    return new Facts(
        thresholds,
        isElected ? OptionalInt.of(majority) : OptionalInt.empty(),
        known,
        isMeasured ? OptionalDouble.of(alpha) : OptionalDouble.empty());
  }
}

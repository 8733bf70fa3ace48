package org.lines4j.internal.kernel;

import java.util.List;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/// On the Vector API, and as [VectorKernels] are. Loops without a condition are left to the
/// compiler, which makes the same code of them; so are the elements behind the last full vector.
final class VectorTaskVectors implements TaskVectorKernels {
  private static final VectorSpecies<Float> FLOATS = VectorKernels.FLOATS;
  private static final VectorSpecies<Double> DOUBLES = VectorKernels.DOUBLES;

  /// Whether processors of this kind can move some lanes of a vector together.
  private static final boolean COMPRESSES =
      List.of("amd64", "x86_64").contains(System.getProperty("os.arch"));

  private static final int MAGNITUDE = 0x7fff_ffff;
  private static final int INFINITY = 0x7f80_0000;

  /// An operation's NaN is quiet, so its magnitude has this bit pattern or a higher one.
  private static final int NAN = 0x7fc0_0000;

  private final ScalarTaskVectors scalar = new ScalarTaskVectors();

  @Override
  public void addWeighted(float[] base, float[] model, float weight, float[] sum, int count) {
    scalar.addWeighted(base, model, weight, sum, count);
  }

  @Override
  public void addScaled(float[] base, float[] values, float lambda, int count) {
    scalar.addScaled(base, values, lambda, count);
  }

  @Override
  public void trim(
      float[] base, float[] model, float weight, float threshold, float[] sum, int count) {
    int end = FLOATS.loopBound(count);
    for (int i = 0; i < end; i += FLOATS.length()) {
      FloatVector tau = VectorKernels.tau(base, model, i);
      VectorMask<Float> small = tau.abs().compare(VectorOperators.LT, threshold);
      FloatVector kept = tau.mul(weight).blend(0, small);
      kept.intoArray(model, i);
      FloatVector.fromArray(FLOATS, sum, i).add(kept).intoArray(sum, i);
    }
    ScalarTaskVectors.trim(base, model, weight, threshold, sum, end, count);
  }

  @Override
  public long votes(float[] sum, int count) {
    return scalar.votes(sum, count);
  }

  @Override
  public boolean elect(float[] sum, float[][] models, float tie, float[] shares, int count) {
    int end = FLOATS.loopBound(count);
    FloatVector zero = FloatVector.zero(FLOATS);
    FloatVector one = FloatVector.broadcast(FLOATS, 1);
    VectorMask<Float> tied = FLOATS.maskAll(false);
    for (int i = 0; i < end; i += FLOATS.length()) {
      FloatVector all = FloatVector.fromArray(FLOATS, sum, i);
      VectorMask<Float> cancelled = all.compare(VectorOperators.EQ, 0);
      FloatVector sign = all.blend(tie, cancelled);
      VectorMask<Float> positive = sign.compare(VectorOperators.GT, 0);
      FloatVector agreed = zero;
      FloatVector divisor = zero;
      VectorMask<Float> filled = FLOATS.maskAll(false);
      for (int m = 0; m < models.length; m++) {
        FloatVector x = FloatVector.fromArray(FLOATS, models[m], i);
        VectorMask<Float> up = x.compare(VectorOperators.GT, 0).and(positive);
        VectorMask<Float> agrees = x.compare(VectorOperators.LT, 0).andNot(positive).or(up);
        filled = x.compare(VectorOperators.NE, 0).or(filled);
        agreed = zero.blend(x, agrees).add(agreed);
        divisor = zero.blend(shares[m], agrees).add(divisor);
      }
      tied = cancelled.and(filled).or(tied);
      // not div, inside of which the compiler may not know the class: see VectorKernels
      FloatVector safe = one.blend(divisor, zero.compare(VectorOperators.NE, divisor));
      FloatVector elected = agreed.lanewise(VectorOperators.DIV, safe);
      VectorMask<Float> undefined = all.compare(VectorOperators.NE, all);
      elected.blend(Float.NaN, undefined).intoArray(sum, i);
    }
    boolean tiedBehind = ScalarTaskVectors.elect(sum, models, tie, shares, end, count);
    return tied.anyTrue() || tiedBehind;
  }

  @Override
  public void keepMagnitudes(float[] values, int low, int high, int from, int to) {
    int end = from + FLOATS.loopBound(to - from);
    for (int i = from; i < end; i += FLOATS.length()) {
      FloatVector x = FloatVector.fromArray(FLOATS, values, i);
      IntVector bits = x.reinterpretAsInts().and(MAGNITUDE);
      IntVector magnitude = bits.blend(NAN, bits.compare(VectorOperators.GT, INFINITY));
      VectorMask<Integer> under = magnitude.compare(VectorOperators.LT, low);
      VectorMask<Integer> outside = magnitude.compare(VectorOperators.GT, high).or(under);
      x.blend(0, outside.cast(FLOATS)).intoArray(values, i);
    }
    ScalarTaskVectors.keep(values, low, high, end, to);
  }

  /// Few magnitudes are meant to lie in narrow bins. They are taken down, and counted when the tile
  /// is through: the bins are many, and to wait for each where it is found would hold up all. Many
  /// lie in wide bins, where vectors do not help.
  @Override
  public void countMagnitudes(float[] base, float[] model, MagnitudeCounts counts, int count) {
    int end = counts.shift == 0 ? FLOATS.loopBound(count) : 0;
    int[] distances = new int[FLOATS.length()];
    int[] found = counts.found;
    int below = 0;
    int size = 0;
    for (int i = 0; i < end; i += FLOATS.length()) {
      IntVector magnitude =
          VectorKernels.tau(base, model, i).reinterpretAsInts().and(MAGNITUDE).min(NAN);
      IntVector distance = magnitude.sub(counts.low);
      below += distance.compare(VectorOperators.LT, 0).trueCount();
      VectorMask<Integer> within = distance.compare(VectorOperators.ULT, counts.bins.length);
      if (COMPRESSES) {
        distance.compress(within).intoArray(found, size);
        size += within.trueCount();
      } else if (within.anyTrue()) {
        distance.intoArray(distances, 0);
        size = takeDown(within.toLong(), distances, found, size);
      }
    }
    countAll(found, size, counts.bins);
    counts.below += below;
    ScalarTaskVectors.countMagnitudes(base, model, counts, end, count);
  }

  private static int takeDown(long lanes, int[] distances, int[] found, int size) {
    int next = size;
    for (long left = lanes; left != 0; left &= left - 1) {
      found[next++] = distances[Long.numberOfTrailingZeros(left)];
    }
    return next;
  }

  private static void countAll(int[] found, int size, long[] bins) {
    for (int i = 0; i < size; i++) {
      bins[found[i]]++;
    }
  }

  /// The lanes are taken as many at a time as one vector of doubles holds.
  @Override
  public double sumOfMagnitudes(float[] values, int count) {
    int end = count - count % DifferenceSums.LANES;
    double[] lanes = new double[DifferenceSums.LANES];
    for (int lane = 0; lane < DifferenceSums.LANES; lane += DOUBLES.length()) {
      DoubleVector sum = DoubleVector.zero(DOUBLES);
      for (int i = lane; i < end; i += DifferenceSums.LANES) {
        FloatVector few = FloatVector.fromArray(VectorKernels.FEW_FLOATS, values, i);
        sum = VectorKernels.widen(few.abs()).add(sum);
      }
      sum.intoArray(lanes, lane);
    }
    return ScalarTaskVectors.sumOfMagnitudes(lanes, values, end, count);
  }
}

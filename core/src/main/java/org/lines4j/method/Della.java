package org.lines4j.method;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.lines4j.internal.kernel.Kernels;
import org.lines4j.method.Dare.RescaleBy;
import org.lines4j.method.MethodType.Settings;
import org.lines4j.tensor.Shape;

/// DELLA: drop updates at random, the smaller ones of each row more often.
final class Della {
  static final MethodType TYPE =
      type(
          "della",
          "a random part of each model's updates, larger ones likelier, that agree in sign",
          "τ = Σ cᵢ·wᵢ·mᵢ·τᵢ/p, divided by Σ cᵢ·wᵢ if normalize, where mᵢ and p are as in"
              + " della_linear and cᵢ = [sign(wᵢ·mᵢ·τᵢ/p) = sign(Σ wⱼ·mⱼ·τⱼ/p)]",
          true);
  static final MethodType LINEAR_TYPE =
      type(
          "della_linear",
          "a random part of each model's updates, larger ones likelier, rescaled, summed",
          "τ = Σ wᵢ·mᵢ·τᵢ/p, where p = density − epsilon + 2·epsilon·(r − 1)/(n − 1) for the"
              + " element of rank r of its row of n by magnitude",
          false);

  private Della() {}

  private static MethodType type(String name, String summary, String equation, boolean elects) {
    return new BuiltIn(
        name,
        summary,
        "Deep, Bhardwaj and Poria, DELLA-Merging, 2024, arXiv 2406.11617",
        equation,
        List.of(
            Parameters.WEIGHT,
            Parameters.DENSITY,
            Parameters.model(
                "epsilon",
                0.15,
                "how far the probability of being kept spreads about density; both density ±"
                    + " epsilon lie in 0 … 1"),
            Parameters.LAMBDA,
            Parameters.normalize(elects),
            Dare.RESCALE,
            Dare.RESCALE_BY,
            Parameters.INT8_MASK),
        settings -> create(settings, elects));
  }

  private static TensorMerge create(Settings settings, boolean elects) {
    List<Double> densities = Parameters.densities(settings);
    List<Double> epsilons = settings.numbers("epsilon");
    boolean byNorm = Parameters.choice(settings, "rescale_by", RescaleBy.class) == RescaleBy.NORM;
    boolean rescales = settings.flag("rescale");
    List<RowPruner> pruners = new ArrayList<>();
    for (int m = 0; m < densities.size(); m++) {
      double density = densities.get(m);
      if (density > 0 && density < 1) {
        Parameters.check("density − epsilon", density - epsilons.get(m), Double.MIN_VALUE, 1);
        Parameters.check("density + epsilon", density + epsilons.get(m), 0, Math.nextDown(1.0));
      }
      CounterRandom random = new CounterRandom(settings.seed(), settings.tensor(), m);
      pruners.add(new RowPruner(density, epsilons.get(m), rescales && !byNorm, random));
    }
    return new ByRow(
        List.copyOf(pruners),
        rescales && byNorm,
        new Mixture(settings.numbers("weight"), elects, settings.flag("normalize")));
  }

  /// A row is what shares the first index; a vector is one row.
  private record RowPruner(double density, double epsilon, boolean rescales, CounterRandom random) {
    /// @param start the index in the tensor of the first element
    void prune(Shape shape, long start, MemorySegment delta) {
      if (density >= 1 || shape.elements() == 0) {
        return;
      }
      if (density <= 0) {
        delta.fill((byte) 0);
        return;
      }
      long rows = shape.rank() < 2 ? 1 : shape.dims().getFirst();
      int length = Math.toIntExact(shape.elements() / rows);
      long[] order = new long[length];
      for (long row = 0; row < rows; row++) {
        pruneRow(delta, row * length, start, order);
      }
    }

    /// `order` holds magnitude bits above and indices below, so that sorting ranks the elements.
    private void pruneRow(MemorySegment delta, long first, long start, long[] order) {
      for (int i = 0; i < order.length; i++) {
        float magnitude = Math.abs(NativeFloats.get(delta, first + i));
        order[i] = (long) Float.floatToIntBits(magnitude) << 32 | i;
      }
      Arrays.sort(order);
      for (int rank = 0; rank < order.length; rank++) {
        long index = first + (int) order[rank];
        double place = order.length == 1 ? 0.5 : rank / (order.length - 1.0);
        float probability = (float) (density - epsilon + 2 * epsilon * place);
        float tau = NativeFloats.get(delta, index);
        float kept = rescales ? tau / probability : tau;
        NativeFloats.set(delta, index, random.at(start + index) < probability ? kept : 0);
      }
    }
  }

  /// @param preservesNorm whether each is scaled afterwards to the ‖·‖₁ it had before
  private record ByRow(List<RowPruner> pruners, boolean preservesNorm, Mixture mixture)
      implements TensorMerge.WholeTensor {

    @Override
    public boolean givesTaskVector() {
      return true;
    }

    @Override
    public boolean isByRow() {
      return !preservesNorm;
    }

    @Override
    public void merge(
        Shape shape, long start, MemorySegment base, MemorySegment[] models, MemorySegment out) {
      for (int m = 0; m < models.length; m++) {
        NativeFloats.subtract(models[m], base);
        double before = preservesNorm ? NativeFloats.sumOfMagnitudes(models[m]) : 0;
        pruners.get(m).prune(shape, start, models[m]);
        if (preservesNorm) {
          double after = NativeFloats.sumOfMagnitudes(models[m]);
          NativeFloats.multiply(models[m], SparseTaskVectors.restoring(before, after));
        }
      }
      float[][] deltas = new float[models.length][Kernels.TILE];
      float[] mixed = new float[Kernels.TILE];
      long total = NativeFloats.count(out);
      for (long first = 0; first < total; first += Kernels.TILE) {
        int count = (int) Math.min(Kernels.TILE, total - first);
        for (int m = 0; m < models.length; m++) {
          MemorySegment.copy(
              models[m], ValueLayout.JAVA_FLOAT, first * Float.BYTES, deltas[m], 0, count);
        }
        mixture.mix(deltas, mixed, count);
        MemorySegment.copy(mixed, 0, out, ValueLayout.JAVA_FLOAT, first * Float.BYTES, count);
      }
    }
  }
}

package org.lines4j.internal.method;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.lines4j.internal.kernel.Kernels;
import org.lines4j.internal.kernel.NativeFloats;
import org.lines4j.internal.method.Dare.RescaleBy;
import org.lines4j.method.MethodType;
import org.lines4j.method.MethodType.Settings;
import org.lines4j.method.TensorMerge;
import org.lines4j.tensor.Shape;

/// DELLA: drop updates at random, the smaller ones of each row more often.
public final class Della {
  public static final MethodType TYPE =
      type(
          "della",
          "a random part of each model's updates, larger ones likelier, that agree in sign",
          "τ = Σ cᵢ·wᵢ·mᵢ·τᵢ/p, divided by Σ cᵢ·wᵢ if normalize, where mᵢ and p are as in"
              + " della_linear and cᵢ = [sign(wᵢ·mᵢ·τᵢ/p) = sign(Σ wⱼ·mⱼ·τⱼ/p)]",
          true);
  public static final MethodType LINEAR_TYPE =
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
                Parameters.NOT_NEGATIVE,
                0.15,
                "how far the probability of being kept spreads about density; where"
                    + " density lies between 0 and 1, so do density ± epsilon"),
            Parameters.LAMBDA,
            Parameters.normalize(elects),
            Dare.RESCALE,
            Dare.RESCALE_BY,
            Parameters.INT8_MASK),
        settings -> create(settings, elects));
  }

  private static TensorMerge create(Settings settings, boolean elects) {
    List<Double> densities = settings.numbers("density");
    List<Double> epsilons = settings.numbers("epsilon");
    boolean byNorm = Parameters.choice(settings, "rescale_by", RescaleBy.class) == RescaleBy.NORM;
    boolean rescales = settings.flag("rescale");
    List<RowPruner> pruners = new ArrayList<>();
    for (int m = 0; m < densities.size(); m++) {
      double density = densities.get(m);
      if (density > 0 && density < 1) {
        checkEpsilon(density, epsilons.get(m));
      }
      CounterRandom random = new CounterRandom(settings.seed(), settings.tensor(), m);
      pruners.add(new RowPruner(density, epsilons.get(m), rescales && !byNorm, random));
    }
    return new ByRow(
        List.copyOf(pruners),
        rescales && byNorm,
        new Mixture(settings.numbers("weight"), elects, settings.flag("normalize")));
  }

  private static void checkEpsilon(double density, double epsilon) {
    if (density - epsilon <= 0 || density + epsilon >= 1) {
      throw new IllegalArgumentException(
          "epsilon should be so small that density ± epsilon lie between 0 and 1, found density %s"
                  .formatted(density)
              + " and epsilon "
              + epsilon);
    }
  }

  /// A row is what shares the first index; a vector is one row.
  private record RowPruner(double density, double epsilon, boolean rescales, CounterRandom random) {
    /// The row, its probabilities and its order.
    static final long BYTES_PER_ELEMENT = 2 * Float.BYTES + MagnitudeOrder.BYTES_PER_ELEMENT;

    /// @param start the index in the tensor of the first element
    void prune(Shape shape, long start, MemorySegment delta) {
      if (density >= 1 || shape.elements() == 0) {
        return;
      }
      if (density <= 0) {
        delta.fill((byte) 0);
        return;
      }
      float[] row = new float[Math.toIntExact(length(shape))];
      float[] probabilities = probabilities(row.length);
      MagnitudeOrder order = new MagnitudeOrder(row.length);
      for (long first = 0; first < shape.elements(); first += row.length) {
        NativeFloats.load(delta, first, row, row.length);
        order.sort(row);
        for (int rank = 0; rank < row.length; rank++) {
          int i = order.index(rank);
          float probability = probabilities[rank];
          float kept = rescales ? row[i] / probability : row[i];
          row[i] = random.kept(probability, start + first + i, kept);
        }
        NativeFloats.store(row, delta, first, row.length);
      }
    }

    static long length(Shape shape) {
      return shape.rank() < 2 || shape.elements() == 0
          ? shape.elements()
          : shape.elements() / shape.dims().getFirst();
    }

    /// Of being kept, for each rank.
    private float[] probabilities(int length) {
      float[] probabilities = new float[length];
      for (int rank = 0; rank < length; rank++) {
        double place = length == 1 ? 0.5 : rank / (length - 1.0);
        probabilities[rank] = (float) (density - epsilon + 2 * epsilon * place);
      }
      return probabilities;
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
    public long scratch(Shape shape) {
      return RowPruner.length(shape) * RowPruner.BYTES_PER_ELEMENT;
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
          NativeFloats.load(models[m], first, deltas[m], count);
        }
        mixture.mix(deltas, mixed, count);
        NativeFloats.store(mixed, out, first, count);
      }
    }
  }
}

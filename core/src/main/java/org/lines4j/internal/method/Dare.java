package org.lines4j.internal.method;

import java.io.IOException;
import java.util.List;
import org.lines4j.method.MethodType;
import org.lines4j.method.MethodType.Settings;
import org.lines4j.method.Parameter;
import org.lines4j.method.TensorMerge;
import org.lines4j.method.TensorScan;

/// DARE: drop updates at random, and rescale those that are kept.
public final class Dare {
  static final Parameter RESCALE =
      Parameters.flag("rescale", true, "whether kept updates make up for dropped ones");
  static final Parameter RESCALE_BY =
      Parameters.word(
              "rescale_by",
              RescaleBy.PROBABILITY,
              "how: by 1/probability of being kept (the paper), or to the former norm (mergekit's"
                  + " ‖·‖₁, over each tensor)")
          .onlyWhere(RESCALE.name(), true);

  public static final MethodType LINEAR_TYPE =
      type(
          "dare_linear",
          "a random part of each model's updates, rescaled, summed",
          "τ = Σ wᵢ·mᵢ·τᵢ/density, where each element of mᵢ is 1 with probability density, else 0",
          false);
  public static final MethodType TIES_TYPE =
      type(
          "dare_ties",
          "a random part of each model's updates, and of those the ones that agree in sign",
          "τ = Σ cᵢ·wᵢ·mᵢ·τᵢ/density, where mᵢ is as in dare_linear and"
              + " cᵢ = [sign(wᵢ·mᵢ·τᵢ) = sign(Σ wⱼ·mⱼ·τⱼ)]",
          true);

  /// How updates make up for those that were dropped.
  enum RescaleBy {
    /// By 1/p, p the probability of being kept, as the papers say: the expectation stays.
    PROBABILITY,
    /// To the ‖·‖₁ before, as mergekit does.
    NORM
  }

  private Dare() {}

  private static MethodType type(String name, String summary, String equation, boolean elects) {
    return new BuiltIn(
        name,
        summary,
        "Yu et al., Language Models are Super Mario, ICML 2024, arXiv 2311.03099",
        equation,
        List.of(
            Parameters.WEIGHT,
            Parameters.DENSITY,
            Parameters.LAMBDA,
            Parameters.normalize(false),
            RESCALE,
            RESCALE_BY,
            Parameters.INT8_MASK),
        settings -> create(settings, elects));
  }

  private static TensorMerge create(Settings settings, boolean elects) {
    List<Double> densities = settings.numbers("density");
    Mixture mixture = new Mixture(settings.numbers("weight"), elects, settings.flag("normalize"));
    boolean byNorm = Parameters.choice(settings, "rescale_by", RescaleBy.class) == RescaleBy.NORM;
    boolean rescales = settings.flag("rescale");
    List<Drop> drops =
        java.util.stream.IntStream.range(0, densities.size())
            .mapToObj(
                m ->
                    Drop.of(
                        densities.get(m),
                        rescales && !byNorm,
                        new CounterRandom(settings.seed(), settings.tensor(), m)))
            .toList();
    return rescales && byNorm ? new ByNorm(drops, mixture) : SparseTaskVectors.of(drops, mixture);
  }

  /// Which elements of a model's update are dropped.
  private record Drop(float density, float factor, CounterRandom random)
      implements SparseTaskVectors.Pruner {
    static Drop of(double density, boolean rescales, CounterRandom random) {
      return new Drop((float) density, rescales && density > 0 ? (float) (1 / density) : 1, random);
    }

    @Override
    public void prune(long first, float[] delta, int count) {
      random.drop(density, factor, first, delta, count);
    }
  }

  private record ByNorm(List<Drop> drops, Mixture mixture) implements TensorMerge.Measured {
    @Override
    public boolean givesTaskVector() {
      return true;
    }

    @Override
    public int scans() {
      return 1;
    }

    @Override
    public Elementwise given(TensorScan scan) throws IOException {
      return SparseTaskVectors.preservingNorm(scan, drops, mixture);
    }
  }
}

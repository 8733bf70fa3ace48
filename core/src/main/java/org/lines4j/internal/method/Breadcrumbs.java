package org.lines4j.internal.method;

import java.util.ArrayList;
import java.util.List;
import org.lines4j.internal.method.MagnitudeBand.Ranks;
import org.lines4j.internal.method.TrimmedTaskVectors.Trim;
import org.lines4j.method.MethodType;
import org.lines4j.method.MethodType.Settings;
import org.lines4j.method.TensorMerge;
import org.lines4j.method.Values;

/// Model Breadcrumbs: neither the largest updates nor the smallest.
public final class Breadcrumbs {
  public static final MethodType TYPE =
      type(
          "breadcrumbs",
          "the updates of middling size: neither outliers nor noise",
          "τ = Σ wᵢ·keep(τᵢ), where keep drops the fraction gamma of the largest magnitudes and as"
              + " many of the smallest as leaves the fraction density",
          false);
  public static final MethodType TIES_TYPE =
      type(
          "breadcrumbs_ties",
          "the updates of middling size, and of those the ones that agree in sign",
          "τ = Σ cᵢ·wᵢ·keep(τᵢ), where keep is as in breadcrumbs and"
              + " cᵢ = [sign(wᵢ·keep(τᵢ)) = sign(Σ wⱼ·keep(τⱼ))]",
          true);

  private Breadcrumbs() {}

  private static MethodType type(String name, String summary, String equation, boolean elects) {
    return new BuiltIn(
        name,
        summary,
        "Davari and Belilovsky, Model Breadcrumbs, ECCV 2024, arXiv 2312.06795",
        equation,
        List.of(
            Parameters.WEIGHT,
            Parameters.DENSITY,
            Parameters.model(
                "gamma",
                Values.FRACTION,
                0.01,
                "the fraction of the largest magnitudes that is dropped"),
            Parameters.LAMBDA,
            Parameters.normalize(false),
            Parameters.flag(
                "rescale", false, "whether pruned updates are scaled to their former ‖·‖₁"),
            Parameters.INT8_MASK),
        settings -> create(settings, elects));
  }

  private static TensorMerge create(Settings settings, boolean elects) {
    List<Double> densities = settings.numbers("density");
    List<Double> gammas = settings.numbers("gamma");
    List<Trim> trims = new ArrayList<>();
    for (int m = 0; m < densities.size(); m++) {
      trims.add(trim(densities.get(m), gammas.get(m)));
    }
    return new TrimmedTaskVectors(
        trims,
        settings.flag("rescale"),
        new Mixture(settings.numbers("weight"), elects, settings.flag("normalize")));
  }

  private static Trim trim(double density, double gamma) {
    return count -> {
      if (density >= 1) {
        return Ranks.largest(count, count);
      }
      long kept = (long) (density * count);
      long largest = Math.min((long) (gamma * count), count - kept);
      return new Ranks(count - kept - largest, count - largest);
    };
  }
}

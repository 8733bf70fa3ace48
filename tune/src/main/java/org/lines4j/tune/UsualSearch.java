package org.lines4j.tune;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.lines4j.error.RequestException;
import org.lines4j.layers.DepthProfile;
import org.lines4j.layers.LayerScaling.Outside;
import org.lines4j.merge.Lines;
import org.lines4j.merge.Recipe;

/// The paper's searches, by what is tuned.
public final class UsualSearch {
  private static final Set<String> TIES = Set.of("ties", "dare_ties", "della", "breadcrumbs_ties");
  private static final Set<String> SOUPS =
      Set.of("linear", "slerp", "nuslerp", "multislerp", "karcher", "model_stock");
  private static final double TIES_MOST = 1.5;

  private UsualSearch() {}

  /// Of a recipe as it stands:
  ///
  /// - one model: γ from 1 down to 0, so that ties keep the larger one;
  /// - several: β over 0.1 … 1, of TIES and its kin 0.1 … 1.5, with α as the recipe has it or else
  ///   measured; soups, which average whole models: β over 0 … 1 with α = 1.
  ///
  /// The recipe's own profile is one of those that are compared.
  public static SearchPlan of(Subject subject) {
    Recipe recipe = subject.recipe();
    Outside outside = recipe.lines().map(Lines::outside).orElse(Outside.ALPHA);
    if (recipe.lines().isEmpty() && subject.isEdit()) {
      return plan(new Space.Gamma(outside), "1, 0.9, ..., 0");
    }
    boolean isSoup = SOUPS.contains(recipe.method());
    Optional<Double> alpha =
        recipe.lines().map(Lines::alpha).orElse(isSoup ? Optional.of(1.0) : Optional.empty());
    String grid =
        TIES.contains(recipe.method())
            ? "0.1, 0.2, ..., 1.5"
            : isSoup ? "0, 0.1, ..., 1" : "0.1, 0.2, ..., 1";
    return plan(new Space.Beta(alpha, outside), grid)
        .withProfiles(recipe.lines().map(Lines::profile).stream().toList());
  }

  /// Of a recipe whose path goes through values of α and β. Its profile is one of those that are
  /// compared.
  ///
  /// @param variants the recipe with each value
  /// @throws RequestException if the path changes anything else, or α and β in a way that is none
  ///   of the [Space]s
  public static SearchPlan ofPath(List<Recipe> variants) {
    Recipe first = variants.getFirst();
    List<Lines> path = new ArrayList<>();
    for (Recipe variant : variants) {
      Lines lines = variant.lines().orElse(first.lines().orElse(null));
      if (lines == null || !variant.withLines(lines).equals(first.withLines(lines))) {
        throw new RequestException(
                first.name(),
                "a search goes through alpha and beta, but path changes other parameters")
            .withRemedy("leave path out, or merge each of its values");
      }
      path.add(lines);
    }
    Outside outside = path.getFirst().outside();
    List<DepthProfile> profile = List.of(path.getFirst().profile());
    Set<Optional<Double>> alphas = path.stream().map(Lines::alpha).collect(Collectors.toSet());
    if (alphas.size() == 1) {
      List<Double> betas = path.stream().map(Lines::beta).toList();
      Space space = new Space.Beta(path.getFirst().alpha(), outside);
      return SearchPlan.of(space, new Effort.Grid(betas)).withProfiles(profile);
    }
    if (path.stream().allMatch(UsualSearch::isGamma)) {
      List<Double> gammas =
          path.stream().map(lines -> lines.alpha().orElse(0.0)).sorted().toList().reversed();
      return SearchPlan.of(new Space.Gamma(outside), new Effort.Grid(gammas)).withProfiles(profile);
    }
    throw new RequestException(
            first.name(),
            "path should go through beta with one alpha, or through alpha with beta = 1 - alpha")
        .withRemedy("leave it out to search both, with a budget");
  }

  private static boolean isGamma(Lines lines) {
    return lines.alpha().isPresent() && Math.abs(lines.alpha().get() + lines.beta() - 1) < 1e-9;
  }

  private static SearchPlan plan(Space space, String grid) {
    return SearchPlan.of(space, new Effort.Grid(NumberList.parse(grid)));
  }

  /// A budgeted search: from 0 to 1, of TIES and its kin to 1.5.
  public static Effort.Budget budget(Subject subject, int evaluations) {
    boolean isTies = TIES.contains(subject.recipe().method());
    return new Effort.Budget(evaluations, 0, isTies ? TIES_MOST : 1);
  }
}

package org.lines4j.cli;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.lines4j.error.RequestException;
import org.lines4j.layers.DepthProfile;
import org.lines4j.layers.LayerScaling.Outside;
import org.lines4j.merge.Lines;
import org.lines4j.merge.Recipe;
import org.lines4j.tune.Effort;
import org.lines4j.tune.Goals;
import org.lines4j.tune.Metric;
import org.lines4j.tune.NumberList;
import org.lines4j.tune.Objective;
import org.lines4j.tune.SearchPlan;
import org.lines4j.tune.Space;
import org.lines4j.tune.Subject;
import org.lines4j.tune.UsualSearch;
import picocli.CommandLine.Option;

/// What a search measures, and which numbers it searches.
@SuppressWarnings("NullAway.Init") // picocli sets the required options
final class SearchMixin {
  @Option(
      names = "--target",
      paramLabel = "METRIC[,..]",
      required = true,
      description = {"What the models were tuned for. NAME:min where lower is better."})
  private String targets;

  @Option(
      names = "--control",
      paramLabel = "METRIC[,..]",
      defaultValue = "",
      description = "What they knew before and should keep; the same.")
  private String controls;

  @Option(
      names = "--objective",
      paramLabel = "WHAT",
      description = {
        "What to make large. paper: 2 * target + control, normalised (paper:W for another weight)."
            + " mean, minimum: of all metrics, normalised. Or a sum, such as '2*acc + norm(other) -"
            + " 0.1*loss'; a metric alone is made as good as it gets (default: paper for one model"
            + " with controls, else mean)."
      })
  private @Nullable String objective;

  @Option(
      names = "--search",
      paramLabel = "NUMBERS",
      converter = Choice.Searches.class,
      completionCandidates = Choice.Searches.class,
      description = {
        "gamma: alpha = gamma, beta = 1 - gamma. beta: with alpha as the recipe has it, or"
            + " measured. alpha-beta: both, with --budget (default: gamma for one model, else"
            + " beta)."
      })
  private @Nullable Searched searched;

  @Option(
      names = "--grid",
      paramLabel = "LIST",
      description = {
        "The numbers to try, such as '0, 0.1, ..., 1' (default: the recipe's path, or the paper's"
            + " grid)."
      })
  private @Nullable String grid;

  @Option(
      names = "--budget",
      paramLabel = "N",
      description = "Search with N evaluations of each profile instead, coarse to fine.")
  private @Nullable Integer budget;

  @Option(
      names = "--range",
      paramLabel = "LOW,HIGH",
      description = "Where --budget searches (default 0,1; of TIES 0,1.5).")
  private @Nullable String range;

  @Option(
      names = "--profiles",
      paramLabel = "SHAPE[,..]",
      defaultValue = "",
      description = {
        "More shapes of lambda over depth than lines and uniform: reverse, quadratic, sqrt, step."
      })
  private String profiles;

  @Option(
      names = "--outside",
      paramLabel = "WHERE",
      converter = Choice.Outsides.class,
      completionCandidates = Choice.Outsides.class,
      description = "Lambda of tensors outside the layers: alpha (default), or depth.")
  private @Nullable Outside outside;

  /// What is searched over.
  enum Searched {
    GAMMA,
    BETA,
    ALPHA_BETA
  }

  /// What is measured.
  Goals goals(int models) {
    List<Metric> target = Metric.parseAll(targets);
    List<Metric> control = Metric.parseAll(controls);
    return objective == null
        ? Goals.usual(target, control, models)
        : new Goals(target, control, Objective.parse(objective));
  }

  /// What is searched.
  ///
  /// @param variants the recipe with each value of its path; one where it has none
  SearchPlan plan(Subject subject, List<Recipe> variants, long seed) {
    SearchPlan usual = variants.size() > 1 ? UsualSearch.ofPath(variants) : UsualSearch.of(subject);
    Space space = space(subject, usual.space());
    return new SearchPlan(space, effort(subject, usual), shapes(), seed);
  }

  private Space space(Subject subject, Space usual) {
    Outside where = outside == null ? usual.outside() : outside;
    Optional<Double> alpha = subject.recipe().lines().flatMap(Lines::alpha);
    return switch (searched) {
      case GAMMA -> new Space.Gamma(where);
      case BETA -> new Space.Beta(alpha, where);
      case ALPHA_BETA -> new Space.AlphaBeta(where);
      case null ->
          switch (usual) {
            case Space.Gamma _ -> new Space.Gamma(where);
            case Space.Beta(Optional<Double> known, Outside _) -> new Space.Beta(known, where);
            case Space.AlphaBeta _ -> new Space.AlphaBeta(where);
          };
    };
  }

  private Effort effort(Subject subject, SearchPlan usual) {
    if (grid != null && budget != null) {
      throw new RequestException("--grid lists what to try, --budget searches")
          .withRemedy("give one of them");
    }
    if (range != null && budget == null) {
      throw new RequestException("--range is where --budget searches").withRemedy("give both");
    }
    if (budget == null) {
      return grid == null ? usual.effort() : new Effort.Grid(NumberList.parse(grid));
    }
    if (range == null) {
      return UsualSearch.budget(subject, budget);
    }
    List<Double> ends = NumberList.parse(range);
    if (ends.size() != 2) {
      throw RequestException.expected("--range", "two numbers such as 0,1", range);
    }
    return new Effort.Budget(budget, ends.getFirst(), ends.getLast());
  }

  private List<DepthProfile> shapes() {
    if (profiles.isBlank()) {
      return List.of();
    }
    return Arrays.stream(profiles.split(",", -1))
        .map(
            name ->
                DepthProfile.ofTitle(name.strip())
                    .orElseThrow(
                        () ->
                            RequestException.expected(
                                "--profiles",
                                "some of "
                                    + Choice.listed(
                                        List.of(DepthProfile.values()), DepthProfile::title),
                                "'" + name + "'")))
        .toList();
  }
}

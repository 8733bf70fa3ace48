package org.lines4j.tune.search;

import java.io.Serial;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.hipparchus.optim.InitialGuess;
import org.hipparchus.optim.MaxEval;
import org.hipparchus.optim.SimpleBounds;
import org.hipparchus.optim.nonlinear.scalar.GoalType;
import org.hipparchus.optim.nonlinear.scalar.ObjectiveFunction;
import org.hipparchus.optim.nonlinear.scalar.noderiv.CMAESOptimizer;
import org.hipparchus.random.MersenneTwister;
import org.lines4j.tune.Effort;

/// Several numbers within a budget, by CMA-ES (Hansen, The CMA Evolution Strategy: A Tutorial,
/// arXiv 1604.00772) from Hipparchus.
///
/// The library asks for values one by one; here they come from another program, a generation at a
/// time. So each call runs the optimiser anew, with the same seed: it is told what is known
/// already, up to the first generation that is not, whose points are the proposals.
///
/// @param scalings how many of the numbers, the first, are between the budget's ends; the others
///   are shares from 0 to 1
record EvolutionSearch(Effort.Budget budget, int scalings, int dimensions, long seed)
    implements Strategy {
  /// Of the range: the middle is where the search starts.
  private static final double STEP = 0.3;

  @Override
  public List<List<Double>> next(List<Outcome> outcomes) {
    if (outcomes.size() >= budget.evaluations()) {
      return List.of();
    }
    Replay replay = new Replay(outcomes, population(), budget.evaluations());
    try {
      run(replay);
    } catch (Enough e) {
      // the optimiser waits for the proposals' outcomes
    }
    return replay.proposals;
  }

  /// Hansen's default.
  private int population() {
    return 4 + (int) (3 * Math.log(dimensions));
  }

  private void run(Replay replay) {
    CMAESOptimizer optimizer =
        new CMAESOptimizer(
            budget.evaluations(),
            Double.NEGATIVE_INFINITY,
            true,
            0,
            0,
            new MersenneTwister(seed),
            false,
            (_, _, _) -> false);
    optimizer.optimize(
        new ObjectiveFunction(replay::value),
        GoalType.MINIMIZE,
        new MaxEval(2 * budget.evaluations() + population()),
        new CMAESOptimizer.PopulationSize(population()),
        new CMAESOptimizer.Sigma(filled(STEP * (budget.high() - budget.low()), STEP)),
        new InitialGuess(filled((budget.low() + budget.high()) / 2, 0.5)),
        new SimpleBounds(filled(budget.low(), 0), filled(budget.high(), 1)));
  }

  private double[] filled(double scaling, double share) {
    double[] numbers = new double[dimensions];
    Arrays.fill(numbers, share);
    Arrays.fill(numbers, 0, scalings, scaling);
    return numbers;
  }

  /// Thrown through the optimiser to leave it.
  private static final class Enough extends RuntimeException {
    @Serial private static final long serialVersionUID = 1L;

    Enough() {
      super("the outcomes are not known yet", null, false, false);
    }
  }

  /// The first call is the starting point, the rest are generations.
  private static final class Replay {
    private final List<Outcome> outcomes;
    private final int population;
    private final int most;
    private final double worst;
    private final List<List<Double>> proposals = new ArrayList<>();
    private int calls;

    Replay(List<Outcome> outcomes, int population, int most) {
      this.outcomes = outcomes;
      this.population = population;
      this.most = most;
      this.worst =
          outcomes.stream().mapToDouble(Outcome::score).filter(Double::isFinite).min().orElse(0);
    }

    double value(double[] point) {
      if (calls >= most) {
        throw new Enough();
      }
      int call = calls++;
      if (call < outcomes.size()) {
        double score = outcomes.get(call).score();
        return Double.isFinite(score) ? -score : 1 - worst;
      }
      proposals.add(Arrays.stream(point).map(CoarseToFine::rounded).boxed().toList());
      boolean isGenerationFull = call > 0 && call % population == 0;
      if (isGenerationFull) {
        throw new Enough();
      }
      return 0;
    }
  }
}

package org.lines4j.tune.search;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.lines4j.tune.Effort;
import org.lines4j.tune.search.Strategy.Outcome;

class StrategyTest {
  private static List<Outcome> run(Strategy strategy, ToDoubleFunction<List<Double>> score) {
    List<Outcome> outcomes = new ArrayList<>();
    List<List<Double>> proposals = strategy.next(outcomes);
    while (!proposals.isEmpty()) {
      for (List<Double> numbers : proposals) {
        outcomes.add(new Outcome(numbers, score.applyAsDouble(numbers)));
      }
      proposals = strategy.next(outcomes);
    }
    return outcomes;
  }

  private static List<Double> best(List<Outcome> outcomes) {
    return outcomes.stream()
        .max(Comparator.comparingDouble(Outcome::score))
        .orElseThrow()
        .numbers();
  }

  @Test
  void aGridIsTriedOnce() {
    assertEquals(3, run(new GridSearch(List.of(1.0, 0.5, 0.0)), _ -> 0).size());
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 0.07, 0.318, 0.5, 0.77, 1})
  void coarseToFineFindsTheTopOfAHump(double top) {
    List<Outcome> outcomes =
        run(
            new CoarseToFine(new Effort.Budget(20, 0, 1)),
            numbers -> -Math.pow(numbers.getFirst() - top, 2));
    assertTrue(outcomes.size() <= 20);
    assertEquals(top, best(outcomes).getFirst(), 0.01);
    assertEquals(outcomes.size(), outcomes.stream().map(Outcome::numbers).distinct().count());
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 4, 7, 30})
  void aBudgetIsSpentToTheLast(int budget) {
    assertEquals(
        budget,
        run(new CoarseToFine(new Effort.Budget(budget, 0, 1.5)), n -> -n.getFirst()).size());
    assertEquals(
        budget,
        run(new EvolutionSearch(new Effort.Budget(budget, 0, 1.5), 2, 2, 1), n -> -n.getFirst())
            .size());
  }

  @Test
  void whatFailsIsAvoided() {
    List<Outcome> outcomes =
        run(
            new CoarseToFine(new Effort.Budget(15, 0, 1)),
            n -> n.getFirst() > 0.6 ? Double.NEGATIVE_INFINITY : n.getFirst());
    assertEquals(0.6, best(outcomes).getFirst(), 0.02);
  }

  @Test
  void evolutionFindsTheTopOfAHillInItsBounds() {
    Effort.Budget budget = new Effort.Budget(90, 0, 1);
    List<Outcome> outcomes =
        run(
            new EvolutionSearch(budget, 2, 2, 7),
            n ->
                n.get(0) > 0.9
                    ? Double.NEGATIVE_INFINITY
                    : -Math.pow(n.get(0) - 0.2, 2) - 3 * Math.pow(n.get(1) - 0.9, 2));
    assertEquals(0.2, best(outcomes).get(0), 0.05);
    assertEquals(0.9, best(outcomes).get(1), 0.05);
    assertTrue(
        outcomes.stream().flatMap(o -> o.numbers().stream()).allMatch(n -> n >= 0 && n <= 1));
  }

  @Test
  void evolutionProposesTheSameFromTheSameOutcomes() {
    Effort.Budget budget = new Effort.Budget(30, 0, 1);
    ToDoubleFunction<List<Double>> score = n -> n.get(0) - n.get(1) * n.get(1);
    List<Outcome> once = run(new EvolutionSearch(budget, 2, 2, 3), score);

    for (int known = 0; known < once.size(); known++) {
      List<List<Double>> next = new EvolutionSearch(budget, 2, 2, 3).next(once.subList(0, known));
      assertEquals(once.get(known).numbers(), next.getFirst());
    }
    assertNotEquals(once, run(new EvolutionSearch(budget, 2, 2, 4), score));
  }
}

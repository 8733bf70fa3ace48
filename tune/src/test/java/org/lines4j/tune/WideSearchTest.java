package org.lines4j.tune;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.lines4j.Merge;
import org.lines4j.Methods;
import org.lines4j.RecipeResolver;
import org.lines4j.error.RequestException;
import org.lines4j.layers.DepthProfile;
import org.lines4j.layers.LayerOptions;
import org.lines4j.layers.LayerScaling.Outside;
import org.lines4j.merge.ModelSet;
import org.lines4j.merge.Recipe;
import org.lines4j.method.MethodType;
import org.lines4j.recipe.RecipeFile;
import org.lines4j.tune.Hyperparameter.Range;
import org.lines4j.tune.Results.ProfileResult;
import org.lines4j.tune.record.ContestJson;
import org.lines4j.tune.record.ResultsJson;

/// Searches over more than α and β.
class WideSearchTest {
  private static final Space BETA = new Space.Beta(Optional.of(0.2), Outside.ALPHA);

  @TempDir private Path folder;

  /// Counts measurements, and keeps candidates.
  private final class Counting implements Evaluator {
    private final Synthetic evaluator = new Synthetic(false);
    private final Map<Double, Integer> byFraction = new ConcurrentHashMap<>();
    private final List<String> models = new ArrayList<>();
    private final boolean takesFraction;
    private final double noise;
    private int kept;

    Counting(boolean takesFraction, double noise) {
      this.takesFraction = takesFraction;
      this.noise = noise;
    }

    @Override
    public boolean takesFraction() {
      return takesFraction;
    }

    @Override
    public Map<String, Double> evaluate(Path model, Path scratch)
        throws IOException, EvaluationException, InterruptedException {
      return evaluate(model, scratch, Sample.WHOLE);
    }

    @Override
    public synchronized Map<String, Double> evaluate(Path model, Path scratch, Sample sample)
        throws IOException, EvaluationException, InterruptedException {
      byFraction.merge(sample.fraction(), 1, Integer::sum);
      models.add(String.valueOf(model.getFileName()));
      if (models.getLast().startsWith("candidate")) {
        Files.copy(model, folder.resolve("kept-" + kept++), StandardCopyOption.REPLACE_EXISTING);
      }
      Map<String, Double> metrics = new HashMap<>(evaluator.evaluate(model, scratch));
      metrics.replaceAll((_, value) -> value + noise * (sample.repeat() % 3 - 1));
      return metrics;
    }

    int count() {
      return byFraction.values().stream().mapToInt(n -> n).sum();
    }

    @Override
    public String identity() {
      return "counting";
    }
  }

  private static MethodType method(String name) {
    return Methods.all().stream().filter(m -> m.name().equals(name)).findFirst().orElseThrow();
  }

  private static SearchPlan wide(Subject subject, String method, int budget, String... words) {
    List<Hyperparameter> parameters = new ArrayList<>();
    for (String word : words) {
      parameters.addAll(Hyperparameter.of(word, Optional.empty(), method(method), subject));
    }
    Space space = parameters.isEmpty() ? BETA : new Space.Wide(BETA, parameters);
    return SearchPlan.of(space, new Effort.Budget(budget, 0, 1));
  }

  @Test
  void weightsAndDensityAreSearchedWithTheScaling() throws IOException, InterruptedException {
    Counting evaluator = new Counting(false, 0);
    Tuning ties = new Searches(folder).merge("ties", evaluator);
    SearchPlan plan = wide(ties.subject(), "ties", 12, "weights", "density");
    assertEquals(
        List.of("β", "weight of one.safetensors", "weight of two.safetensors", "density"),
        plan.space().symbols());

    Results results = Searches.with(ties, plan).run(folder.resolve("out"), TuneListener.SILENT);

    Candidate winner = results.winner().candidate().orElseThrow();
    assertEquals(3, winner.values().size());
    winner
        .values()
        .forEach((p, value) -> assertTrue(value >= p.range().low() && value <= p.range().high()));
    assertEquals(12, results.of(DepthProfile.LINES).orElseThrow().points().size());
    String text = Files.readString(folder.resolve("out/results.json"));
    assertTrue(text.contains("\"density\" :"), text);

    int before = evaluator.count();
    Results again = Searches.with(ties, plan).run(folder.resolve("out"), TuneListener.SILENT);
    assertEquals(ResultsJson.of(results), ResultsJson.of(again));
    assertEquals(before, evaluator.count(), "all is in the journal");
  }

  @Test
  void theWinnersRecipeMakesTheModelThatWasMeasured() throws IOException, InterruptedException {
    Counting evaluator = new Counting(false, 0);
    Tuning ties = new Searches(folder).merge("ties", evaluator);
    SearchPlan plan = wide(ties.subject(), "ties", 5, "weights", "density");
    Results results = Searches.with(ties, plan).run(folder.resolve("out"), TuneListener.SILENT);

    RecipeFile file = RecipeFile.read(folder.resolve("out/best.yml"));
    Recipe recipe = file.variants().getFirst().recipe();
    Path made = folder.resolve("made.safetensors");
    RecipeResolver resolver = RecipeResolver.of(recipe, Methods.all());
    try (ModelSet models = ModelSet.open(resolver.modelNames(), file.folder())) {
      Merge.of(resolver.resolve(models, LayerOptions.defaults())).plan(made).run();
    }
    List<String> keys =
        Files.readAllLines(folder.resolve("out/trials.jsonl")).stream()
            .filter(line -> !line.contains("\"key\":\"model "))
            .toList();
    String key = results.winner().candidate().orElseThrow().key().text();
    int index = -1;
    for (int i = 0; i < keys.size(); i++) {
      index = keys.get(i).contains("\"" + key + "\"") ? i : index;
    }
    assertEquals(-1, Files.mismatch(folder.resolve("kept-" + index), made));
  }

  @Test
  void rangesFollowFromWhatMethodsDeclare() {
    Subject subject =
        Subject.of(
            Recipe.of("r", "ties", List.of(Recipe.ModelUse.of("m", Map.of()))).withBase("b"),
            folder);
    Range density =
        Hyperparameter.of("density", Optional.empty(), method("ties"), subject).getFirst().range();
    assertEquals(new Range(0.02, 1, false), density);
    assertEquals(1, density.at(1));
    assertEquals(0.02, density.at(0));
    assertEquals(List.of(), Hyperparameter.of("t", Optional.empty(), method("ties"), subject));
    Range tooFar = new Range(0.5, 1.5, false);
    assertThrows(
        RequestException.class,
        () -> Hyperparameter.of("density", Optional.of(tooFar), method("ties"), subject));
    assertThrows(
        RequestException.class,
        () -> Hyperparameter.of("trim_scope", Optional.empty(), method("ties"), subject));
    assertEquals(10, new Range(1, 100, true).at(0.5), 1e-9);
  }

  @Test
  void partsOfTheDataScreenTheCandidates() throws IOException, InterruptedException {
    Counting evaluator = new Counting(true, 0);
    Tuning merge = new Searches(folder).merge("task_arithmetic", evaluator);
    SearchPlan plan =
        wide(merge.subject(), "task_arithmetic", 9).withFractions(List.of(0.1, 0.3, 1.0));
    assertEquals(List.of(9, 3, 1), plan.survivors());

    Results results = Searches.with(merge, plan).run(folder.resolve("out"), TuneListener.SILENT);

    ProfileResult lines = results.of(DepthProfile.LINES).orElseThrow();
    assertEquals(1, lines.points().size());
    assertEquals(8, lines.screened());
    // three models each time, then two profiles; β = 0 and λ = 0 may be one model
    assertEquals(5, evaluator.byFraction.get(1.0));
    assertEquals(9, evaluator.byFraction.get(0.3));
    assertTrue(evaluator.byFraction.getOrDefault(0.1, 0) >= 3 + 16);
    assertTrue(
        results.verdict().sentences().stream().anyMatch(s -> s.contains("16 of 18 candidates")),
        results.verdict().sentences().toString());
  }

  @Test
  void repeatedMeasurementsTellTheSpread() throws IOException, InterruptedException {
    Tuning noisy = new Searches(folder).merge("task_arithmetic", new Counting(false, 0.5));
    SearchPlan plan = wide(noisy.subject(), "task_arithmetic", 5);
    Tuning tuning = Searches.with(Searches.with(noisy, plan), noisy.conduct().withRepeats(3));

    Results results = tuning.run(folder.resolve("out"), TuneListener.SILENT);

    Results.Spread spread = results.of(DepthProfile.LINES).orElseThrow().spread().orElseThrow();
    assertEquals(3, spread.measurements());
    assertTrue(spread.deviation() > 0.1, spread.toString());
    assertFalse(results.verdict().pays(), "the gain is smaller than the spread");
    assertTrue(results.verdict().error().orElseThrow() > 0.1);
    assertTrue(
        results.verdict().sentences().stream()
            .anyMatch(s -> s.contains("no more than the evaluator's spread may explain")),
        results.verdict().sentences().toString());
    Results again = tuning.run(folder.resolve("out"), TuneListener.SILENT);
    assertEquals(ResultsJson.of(results), ResultsJson.of(again));

    Counting exact = new Counting(false, 0);
    Tuning calm = new Searches(folder).merge("task_arithmetic", exact);
    Results sure =
        Searches.with(Searches.with(calm, plan), calm.conduct().withRepeats(3))
            .run(folder.resolve("calm"), TuneListener.SILENT);
    assertEquals(0, sure.verdict().error().orElseThrow());
  }

  private Contest contest(Tuning tuning, boolean isAsked, String... names) throws IOException {
    List<MethodType> methods = new ArrayList<>();
    for (String name : names) {
      methods.add(method(name));
    }
    return Contest.of(
        tuning.subject(),
        methods,
        isAsked,
        (subject, method) ->
            new Tuning(
                subject,
                tuning.evaluator(),
                tuning.goals(),
                wide(subject, method.name(), 5, "density"),
                tuning.conduct()),
        folder.resolve("out"),
        TuneListener.SILENT);
  }

  @Test
  void methodsAreComparedAtEqualBudget() throws IOException, InterruptedException {
    Counting evaluator = new Counting(false, 0);
    Tuning tuning = new Searches(folder).merge("task_arithmetic", evaluator);
    Contest contest = contest(tuning, false, "task_arithmetic", "passthrough", "ties");
    assertEquals(
        List.of("task_arithmetic", "ties"),
        contest.searches().stream().map(s -> s.subject().recipe().method()).toList(),
        "the other takes one model");

    ContestResults results = contest.run(folder.resolve("out"), TuneListener.SILENT);

    assertEquals(2, results.entries().size());
    assertTrue(results.entries().getFirst().score() >= results.entries().getLast().score());
    assertEquals(
        3,
        evaluator.models.stream().filter(name -> !name.startsWith("candidate")).count(),
        "models that are there are measured once");
    assertTrue(
        results.sentences().getFirst().startsWith("The best method is "),
        results.sentences().toString());
    RecipeFile best = RecipeFile.read(folder.resolve("out/best.yml"));
    assertEquals(results.winner().method(), best.variants().getFirst().recipe().method());
    String json = Files.readString(folder.resolve("out/contest.json"));
    assertTrue(json.contains("\"lines-contest-1\""), json);
    assertTrue(Files.exists(folder.resolve("out/ties/trials.jsonl")));

    int before = evaluator.count();
    ContestResults again = contest.run(folder.resolve("out"), TuneListener.SILENT);
    assertEquals(ContestJson.of(results), ContestJson.of(again));
    assertEquals(before, evaluator.count(), "it goes on from its journals");
  }

  /// A merge that is worse than one of its models is no reason to merge.
  @ParameterizedTest
  @ValueSource(doubles = {0, 10})
  void aModelThatIsBetterThanTheBestMergeIsTold(double lost)
      throws IOException, InterruptedException {
    Synthetic synthetic = new Synthetic(false);
    Evaluator evaluator =
        new Evaluator() {
          @Override
          public Map<String, Double> evaluate(Path model, Path scratch) throws IOException {
            Map<String, Double> metrics = new LinkedHashMap<>(synthetic.metrics(model));
            if (String.valueOf(model.getFileName()).startsWith("candidate")) {
              metrics.replaceAll((_, value) -> value - lost);
            }
            return metrics;
          }

          @Override
          public String identity() {
            return "lost " + lost;
          }
        };
    Tuning tuning = new Searches(folder).merge("task_arithmetic", evaluator);
    ContestResults results =
        contest(tuning, true, "task_arithmetic", "ties")
            .run(folder.resolve("out"), TuneListener.SILENT);
    String told =
        results.sentences().stream().filter(s -> s.contains(" as it is has ")).findFirst().get();
    assertEquals(lost > 0, told.endsWith(": no merge is better."), told);
    List<String> own = results.winner().results().verdict().sentences();
    assertEquals(
        lost > 0,
        own.stream().anyMatch(s -> s.endsWith(": no candidate is better.")),
        own.toString());
  }

  @Test
  void aMethodThatWasAskedForMustBeAbleTo() throws IOException {
    Tuning tuning = new Searches(folder).merge("task_arithmetic", new Synthetic(false));
    RequestException refusal =
        assertThrows(RequestException.class, () -> contest(tuning, true, "ties", "passthrough"));
    assertTrue(String.valueOf(refusal.getMessage()).contains("passthrough"), refusal.getMessage());
    assertThrows(RequestException.class, () -> contest(tuning, false, "passthrough"));
  }
}

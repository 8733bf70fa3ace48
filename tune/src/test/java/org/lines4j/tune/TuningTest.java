package org.lines4j.tune;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.lines4j.Convert;
import org.lines4j.Edit;
import org.lines4j.Merge;
import org.lines4j.Methods;
import org.lines4j.RecipeResolver;
import org.lines4j.error.RequestException;
import org.lines4j.format.Checkpoint;
import org.lines4j.layers.DepthProfile;
import org.lines4j.layers.LayerScaling;
import org.lines4j.layers.LayerScaling.Outside;
import org.lines4j.merge.ModelSet;
import org.lines4j.merge.Recipe;
import org.lines4j.merge.Recipe.ModelUse;
import org.lines4j.merge.Setting;
import org.lines4j.merge.Stage;
import org.lines4j.recipe.RecipeFile;
import org.lines4j.tune.Results.Point;
import org.lines4j.tune.Results.ProfileResult;
import org.lines4j.tune.record.ResultsJson;

class TuningTest {
  @TempDir private Path folder;

  private Results run(Tuning tuning, String dir) throws IOException, InterruptedException {
    return tuning.run(folder.resolve(dir), TuneListener.SILENT);
  }

  private static ProfileResult lines(Results results) {
    return results.of(DepthProfile.LINES).orElseThrow();
  }

  /// The paper's protocol, written out: every γ, 2 · target + control, ties keep the larger γ.
  private double exhaustiveChoice(Synthetic evaluator) throws IOException {
    Path base = folder.resolve("base.safetensors");
    Path tuned = folder.resolve("tuned.safetensors");
    double bestGamma = Double.NaN;
    double bestScore = Double.NEGATIVE_INFINITY;
    for (int tenths = 10; tenths >= 0; tenths--) {
      double gamma = tenths / 10.0;
      Path out = folder.resolve("by-hand-" + tenths + ".safetensors");
      try (Checkpoint from = Checkpoint.open(base);
          Checkpoint to = Checkpoint.open(tuned)) {
        Edit.of(from, to)
            .withScaling(LayerScaling.lines(gamma, 1 - gamma, Outside.ALPHA))
            .plan(out)
            .run();
      }
      double target = metric(evaluator, out, "target") / metric(evaluator, tuned, "target");
      double control = metric(evaluator, out, "control") / metric(evaluator, base, "control");
      double score = 2 * target + control;
      if (score > bestScore) {
        bestScore = score;
        bestGamma = gamma;
      }
    }
    return bestGamma;
  }

  private static double metric(Synthetic evaluator, Path model, String name) throws IOException {
    return evaluator.metrics(model).getOrDefault(name, Double.NaN);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void thePapersProtocolChoosesAsAnExhaustiveLoop(boolean isEven)
      throws IOException, InterruptedException {
    Synthetic evaluator = new Synthetic(isEven);
    Results results = run(new Searches(folder).edit(evaluator), "out");

    Point best = lines(results).bestPoint().orElseThrow();
    assertEquals(exhaustiveChoice(evaluator), best.candidate().orElseThrow().numbers().getFirst());
    assertEquals(11, lines(results).points().size());
    assertEquals(11, results.of(DepthProfile.UNIFORM).orElseThrow().points().size());
    // base, tuned, 11 each, of which γ = 1 and λ = 1 are the same model
    assertEquals(2 + 21, Files.readAllLines(folder.resolve("out/trials.jsonl")).size());
  }

  @Test
  void equalScoresKeepTheLargerGamma() throws IOException, InterruptedException {
    Tuning tuning = new Searches(folder).edit(new Constant());
    Results results = run(tuning, "out");
    assertEquals("lines γ 1", lines(results).bestPoint().orElseThrow().label());
    assertFalse(results.verdict().pays());
  }

  /// What measures the models reads one form of them.
  @Test
  void candidatesAreFilesOfPyTorchWhereTheModelsAre() throws IOException, InterruptedException {
    Synthetic evaluator = new Synthetic(false);
    Tuning usual = new Searches(folder).edit(evaluator);
    Results expected = run(usual, "usual");
    Subject subject = Subject.edit(converted("base"), converted("tuned"), Optional.empty());
    evaluator.models.clear();
    Results results =
        run(new Tuning(subject, evaluator, usual.goals(), usual.plan(), usual.conduct()), "out");
    assertTrue(
        evaluator.models.stream().allMatch(model -> model.toString().endsWith(".pt")),
        evaluator.models.toString());
    assertEquals(expected.verdict(), results.verdict());
  }

  private Path converted(String name) throws IOException {
    Path out = folder.resolve(name + ".pt");
    try (Checkpoint model = Checkpoint.open(folder.resolve(name + ".safetensors"))) {
      Convert.of(model).plan(out).run();
    }
    return out;
  }

  private record Constant() implements Evaluator {
    @Override
    public Map<String, Double> evaluate(Path model, Path scratch) {
      return Map.of("target", 0.5, "control", 0.5);
    }

    @Override
    public String identity() {
      return "constant";
    }
  }

  @Test
  void theVerdictSaysThatLinesPays() throws IOException, InterruptedException {
    Results results = run(new Searches(folder).edit(new Synthetic(false)), "out");

    assertTrue(results.verdict().pays());
    assertTrue(results.verdict().gain().orElseThrow() > 0);
    String words = String.join("\n", results.verdict().sentences());
    assertTrue(words.contains("LiNeS pays here, by"), words);
    assertTrue(words.contains("with 11 evaluations each"), words);
    assertEquals(DepthProfile.LINES, results.winner().candidate().orElseThrow().profile());
    assertTrue(results.winner().isOnFront());
  }

  @Test
  void theVerdictSaysPlainlyThatLinesDoesNotPay() throws IOException, InterruptedException {
    Results results = run(new Searches(folder).edit(new Synthetic(true)), "out");

    assertFalse(results.verdict().pays());
    String words = String.join("\n", results.verdict().sentences());
    assertTrue(words.contains("LiNeS does not pay here"), words);
    assertEquals(DepthProfile.UNIFORM, results.winner().candidate().orElseThrow().profile());
  }

  @Test
  void theFrontHoldsWhatNothingBeats() throws IOException, InterruptedException {
    Results results = run(new Searches(folder).edit(new Synthetic(false)), "out");

    List<Point> all =
        java.util.stream.Stream.concat(
                results.models().stream(),
                results.profiles().stream().flatMap(p -> p.points().stream()))
            .toList();
    for (Point point : all) {
      boolean isBeaten =
          all.stream()
              .anyMatch(
                  other ->
                      other.x().orElseThrow() >= point.x().orElseThrow()
                          && other.y().orElseThrow() >= point.y().orElseThrow()
                          && (other.x().orElseThrow() > point.x().orElseThrow()
                              || other.y().orElseThrow() > point.y().orElseThrow()));
      assertEquals(!isBeaten, point.isOnFront(), point.label());
    }
    assertTrue(results.models().getFirst().isOnFront(), "nothing beats the base in control");
  }

  @Test
  void allProfilesAreMeasuredAtTheSameNumberOfEvaluations()
      throws IOException, InterruptedException {
    Tuning tuning = new Searches(folder).edit(new Synthetic(false));
    SearchPlan all = tuning.plan().withProfiles(Arrays.asList(DepthProfile.values()));
    Results results = run(Searches.with(tuning, all), "out");

    assertEquals(6, results.profiles().size());
    for (ProfileResult profile : results.profiles()) {
      assertEquals(11, profile.points().size(), profile.profile().title());
    }
    assertTrue(Files.readString(folder.resolve("out/best.yml")).contains("profile:"));
  }

  /// Knows what the head's λ is.
  private static final class HeadCounts implements Evaluator {
    private final Synthetic layers = new Synthetic(true);

    @Override
    public Map<String, Double> evaluate(Path model, Path scratch) throws IOException {
      Map<String, Double> metrics = new java.util.LinkedHashMap<>(layers.metrics(model));
      metrics.merge("target", Models.headLambda(model, 0), Double::sum);
      return metrics;
    }

    @Override
    public String identity() {
      return "the head counts";
    }
  }

  @Test
  void bothWaysOutsideTheLayersAreTriedAtTheSameNumberOfEvaluations()
      throws IOException, InterruptedException {
    Tuning tuning = new Searches(folder).edit(new HeadCounts());
    SearchPlan both = tuning.plan().withBothWaysOutside(true);
    Results results = run(tuning.withPlan(both), "out");

    assertEquals(
        List.of("lines", "uniform", "lines outside:depth"),
        results.profiles().stream().map(profile -> profile.grading().title()).toList());
    assertTrue(results.profiles().stream().allMatch(profile -> profile.tried() == 11));
    assertTrue(
        results.winner().label().startsWith("lines outside:depth γ "), results.winner().label());
    String words = String.join("\n", results.verdict().sentences());
    assertTrue(words.contains("with 11 evaluations each (LiNeS both ways outside"), words);
    assertTrue(Files.readString(folder.resolve("out/best.yml")).contains("outside: depth"));
  }

  @Test
  void whereNothingLiesBehindTheLayersOneWayIsTried() throws IOException, InterruptedException {
    Tuning tuning = new Searches(folder).edit(new Synthetic(false));
    Models.withoutHead(folder.resolve("base.safetensors"), 0, 0);
    Models.withoutHead(folder.resolve("tuned.safetensors"), 0, 2);
    Results results = run(tuning.withPlan(tuning.plan().withBothWaysOutside(true)), "out");

    assertEquals(
        List.of("lines", "uniform"),
        results.profiles().stream().map(profile -> profile.grading().title()).toList());
  }

  @ParameterizedTest
  @ValueSource(strings = {"task_arithmetic", "ties", "consensus"})
  void mergesSearchBetaOnTheMethodsGridWithAlphaMeasured(String method)
      throws IOException, InterruptedException {
    Results results = run(new Searches(folder).merge(method, new Synthetic(false)), "out");

    int grid = method.equals("ties") ? 15 : 10;
    assertEquals(grid, lines(results).points().size());
    List<Double> betas =
        lines(results).points().stream()
            .map(point -> point.candidate().orElseThrow().numbers().getFirst())
            .toList();
    assertEquals(0.1, betas.getFirst());
    assertEquals(grid / 10.0, betas.getLast());
    double alpha = lines(results).points().getFirst().alpha().orElseThrow();
    assertTrue(lines(results).points().stream().allMatch(p -> p.alpha().orElseThrow() == alpha));
    assertEquals(List.of("base", "one.safetensors", "two.safetensors"), labels(results.models()));
    Point uniform = results.of(DepthProfile.UNIFORM).orElseThrow().points().getLast();
    assertEquals(
        "uniform λ " + (grid / 10.0 == 1 ? "1" : String.valueOf(grid / 10.0)), uniform.label());
  }

  private static List<String> labels(List<Point> points) {
    return points.stream().map(Point::label).toList();
  }

  /// What `lines merge best.yml` would write.
  private Path mergeBest(Path dir, String name) throws IOException {
    RecipeFile file = RecipeFile.read(dir.resolve("best.yml"));
    Recipe recipe = file.variants().getFirst().recipe();
    RecipeResolver resolver = RecipeResolver.of(recipe, Methods.all());
    try (ModelSet models = ModelSet.open(resolver.modelNames(), file.folder())) {
      Merge merge = Merge.of(resolver.resolve(models, org.lines4j.layers.LayerOptions.defaults()));
      return merge.plan(folder.resolve(name + ".safetensors")).run().out().path();
    }
  }

  /// Keeps what it measured.
  private final class Keeping implements Evaluator {
    private final Synthetic evaluator = new Synthetic(false);
    private int count;

    @Override
    public Map<String, Double> evaluate(Path model, Path scratch)
        throws IOException, EvaluationException, InterruptedException {
      if (model.getFileName().toString().startsWith("candidate")) {
        Files.copy(model, folder.resolve("kept-" + count++));
      }
      return evaluator.evaluate(model, scratch);
    }

    @Override
    public String identity() {
      return "keeping";
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"edit", "task_arithmetic", "ties"})
  void theWinnersBytesAreThoseThatMergeWrites(String kind)
      throws IOException, InterruptedException {
    Searches searches = new Searches(folder);
    Keeping keeping = new Keeping();
    Tuning tuning = kind.equals("edit") ? searches.edit(keeping) : searches.merge(kind, keeping);
    Results results = run(tuning, "out");

    Path merged = mergeBest(folder.resolve("out"), "merged");

    List<String> measured =
        Files.readAllLines(folder.resolve("out/trials.jsonl")).stream()
            .filter(line -> !line.contains("\"key\":\"model "))
            .toList();
    String key = results.winner().candidate().orElseThrow().key().text();
    int index = -1;
    for (int i = 0; i < measured.size(); i++) {
      index = measured.get(i).contains("\"" + key + "\"") ? i : index;
    }
    assertEquals(-1, Files.mismatch(folder.resolve("kept-" + index), merged));
  }

  @Test
  void whatEarlierStagesMakeIsComputedOnceAndLeftNowhere()
      throws IOException, InterruptedException {
    Tuning plain = new Searches(folder).merge("task_arithmetic", new Synthetic(false));
    Recipe both =
        Recipe.of(
            "r#both",
            "linear",
            List.of(
                ModelUse.of("one.safetensors", Map.of("weight", Setting.of(0.25))),
                ModelUse.of("two.safetensors", Map.of("weight", Setting.of(0.75)))));
    Recipe last =
        Recipe.of("r", "task_arithmetic", List.of(ModelUse.of("both", Map.of())))
            .withBase("base.safetensors");
    Subject staged = Subject.of(last, folder).withEarlier(List.of(new Stage("both", both)));
    Tuning tuning =
        new Tuning(staged, plain.evaluator(), plain.goals(), plain.plan(), plain.conduct());

    assertEquals(2, tuning.preview(folder.resolve("out")).candidates().size() / 10);
    Results results = run(tuning, "out");

    assertEquals("both", Objects.requireNonNull(results.inputs().get("tuned")).path());
    RecipeFile best = RecipeFile.read(folder.resolve("out/best.yml"));
    assertEquals(List.of("both", ""), best.stages().stream().map(Stage::name).toList());
    assertEquals(
        results.winner().candidate().orElseThrow().lines().beta(),
        best.variants().getFirst().recipe().lines().orElseThrow().beta());
    assertFalse(Files.exists(folder.resolve(".out.lines-stages")));
    assertEquals(ResultsJson.of(results), ResultsJson.of(run(tuning, "out")));
  }

  @Test
  void aBudgetOfTwoNumbersIsSearchedByEvolution() throws IOException, InterruptedException {
    Tuning tuning = new Searches(folder).edit(new Synthetic(false));
    SearchPlan plan =
        SearchPlan.of(new Space.AlphaBeta(Outside.ALPHA), new Effort.Budget(20, 0, 1));
    Results results = run(Searches.with(tuning, plan), "out");
    Results grid = run(tuning, "grid");

    assertEquals(20, lines(results).points().size());
    assertEquals(20, results.of(DepthProfile.UNIFORM).orElseThrow().points().size());
    assertTrue(results.winner().score().orElseThrow() > grid.winner().score().orElseThrow() - 0.05);
  }

  @Test
  void pathsOfRecipesAreGrids() {
    Recipe recipe =
        Recipe.of("r", "ties", List.of(Recipe.ModelUse.of("m", Map.of()))).withBase("b");
    List<Recipe> betas =
        variants("lines: {alpha: auto, beta: x, profile: step}", "path: {x: [0.2, 0.4 … 1]}");
    SearchPlan plan = UsualSearch.ofPath(betas);
    assertEquals(new Space.Beta(Optional.empty(), Outside.ALPHA), plan.space());
    assertEquals(new Effort.Grid(List.of(0.2, 0.4, 0.6, 0.8, 1.0)), plan.effort());
    assertEquals(
        List.of(DepthProfile.LINES, DepthProfile.UNIFORM, DepthProfile.STEP), plan.profiles());
    assertThrows(
        RequestException.class,
        () -> UsualSearch.ofPath(List.of(recipe, recipe.withParameters(Map.of()))));
  }

  @Test
  void theRecipesOwnProfileIsCompared() {
    List<Recipe> recipe = variants("lines: {alpha: 0.3, beta: 0.7, profile: sqrt}");
    assertEquals(
        List.of(DepthProfile.LINES, DepthProfile.UNIFORM, DepthProfile.SQRT),
        UsualSearch.of(Subject.of(recipe.getFirst(), Path.of("."))).profiles());
  }

  private static List<Recipe> variants(String... lines) {
    String models =
        """
        merge_method: ties
        base_model: b
        models: [{model: m}, {model: n}]
        """;
    return RecipeFile.parse(Path.of("r.yml"), models + String.join("\n", lines)).variants().stream()
        .map(RecipeFile.Variant::recipe)
        .toList();
  }

  @ParameterizedTest
  @ValueSource(strings = {"grid", "budget of gamma", "budget of alpha and beta"})
  void aLossThatIsTheObjectiveIsLowered(String kind) throws IOException, InterruptedException {
    Tuning tuning = new Searches(folder).edit(new Synthetic(true));
    SearchPlan plan =
        switch (kind) {
          case "grid" -> tuning.plan();
          case "budget of gamma" ->
              SearchPlan.of(new Space.Gamma(Outside.ALPHA), new Effort.Budget(6, 0, 1));
          default -> SearchPlan.of(new Space.AlphaBeta(Outside.ALPHA), new Effort.Budget(12, 0, 1));
        };
    Goals goals =
        new Goals(Metric.parseAll("loss:min"), Metric.parseAll("target"), Objective.parse("loss"));
    Results results = run(Searches.with(Searches.with(tuning, goals), plan), "out");
    double least =
        results.profiles().stream()
            .flatMap(profile -> profile.points().stream())
            .mapToDouble(point -> point.metrics().get("loss"))
            .min()
            .orElseThrow();
    assertEquals(least, results.winner().metrics().get("loss"));
    assertTrue(
        results.verdict().sentences().stream()
            .anyMatch(sentence -> sentence.startsWith("The base as it is has -")),
        results.verdict().toString());
  }
}

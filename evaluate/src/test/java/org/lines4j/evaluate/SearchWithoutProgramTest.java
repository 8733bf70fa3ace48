package org.lines4j.evaluate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lines4j.merge.Recipe;
import org.lines4j.merge.Recipe.ModelUse;
import org.lines4j.storage.Location;
import org.lines4j.tune.Conduct;
import org.lines4j.tune.Effort;
import org.lines4j.tune.EvaluationException;
import org.lines4j.tune.Evaluator;
import org.lines4j.tune.Goals;
import org.lines4j.tune.Metric;
import org.lines4j.tune.Results;
import org.lines4j.tune.Sample;
import org.lines4j.tune.SearchPlan;
import org.lines4j.tune.Subject;
import org.lines4j.tune.TuneListener;
import org.lines4j.tune.Tuning;
import org.lines4j.tune.UsualSearch;
import org.lines4j.tune.program.Evaluators;

/// Searches with an evaluator that opens models itself.
class SearchWithoutProgramTest {
  private static final List<String> TEXTS =
      List.of("perplexity:" + Goldens.TEXT, "perplexity:" + Goldens.DOCUMENTS + ",window=16");
  private static final Goals GOALS =
      Goals.usual(
          List.of(new Metric("text/perplexity", Metric.Better.LOWER)),
          List.of(new Metric("documents/perplexity", Metric.Better.LOWER)),
          1);

  @TempDir private Path folder;
  private final List<Location> measured = Collections.synchronizedList(new ArrayList<>());

  /// The same evaluator, as one that wants paths or not.
  private final class Watched implements Evaluator {
    private final Evaluator inner;
    private final boolean opensModels;

    Watched(boolean opensModels) throws IOException {
      this.inner = Evaluators.of(TEXTS);
      this.opensModels = opensModels;
    }

    @Override
    public Map<String, Double> evaluate(Path model, Path scratch)
        throws EvaluationException, IOException, InterruptedException {
      return evaluate(Location.of(model), scratch, Sample.WHOLE);
    }

    @Override
    public Map<String, Double> evaluate(Location model, Path scratch, Sample sample)
        throws EvaluationException, IOException, InterruptedException {
      measured.add(model);
      return inner.evaluate(model, scratch, sample);
    }

    @Override
    public boolean opensModels() {
      return opensModels;
    }

    @Override
    public boolean takesFraction() {
      return true;
    }

    @Override
    public String identity() {
      return inner.identity();
    }
  }

  private Results search(Subject subject, SearchPlan plan, boolean opensModels, String out)
      throws Exception {
    measured.clear();
    Evaluator evaluator = new Watched(opensModels);
    return new Tuning(subject, evaluator, GOALS, plan, Conduct.defaults())
        .run(folder.resolve(out), TuneListener.SILENT);
  }

  private static Subject edit() throws IOException {
    return Subject.edit(Goldens.path("linear"), Goldens.path("dynamic"), Optional.empty());
  }

  @Test
  void candidatesThatAreNotWrittenMeasureAsThoseThatAre() throws Exception {
    SearchPlan plan =
        UsualSearch.of(edit())
            .withEffort(new Effort.Grid(List.of(0.0, 0.4, 1.0)))
            .withFractions(List.of(0.5, 1.0));
    Results unwritten = search(edit(), plan, true, "unwritten");
    assertEquals(4, measured.stream().filter(Location::isLocal).count(), "base and tuned, twice");
    assertTrue(measured.stream().anyMatch(model -> model.text().startsWith("memory://computed")));
    Results written = search(edit(), plan, false, "written");
    assertTrue(measured.stream().allMatch(Location::isLocal));
    assertEquals(written.models(), unwritten.models());
    assertEquals(written.profiles(), unwritten.profiles());
    try (var left = Files.list(folder.resolve("unwritten"))) {
      assertTrue(left.noneMatch(file -> file.toString().contains("candidate")));
    }
  }

  @Test
  void mergesAreMeasuredUnwrittenOnceTheirUpdateIsThere() throws Exception {
    Recipe recipe =
        Recipe.of(
                "a recipe",
                "ties",
                List.of(ModelUse.of("dynamic", Map.of()), ModelUse.of("mistral", Map.of())))
            .withBase("linear");
    Subject subject = Subject.of(recipe, Goldens.path(""));
    SearchPlan plan = UsualSearch.of(subject).withEffort(new Effort.Grid(List.of(0.2, 1.0)));
    Results results = search(subject, plan, true, "merged");
    assertTrue(results.profiles().getFirst().bestPoint().isPresent());
    assertTrue(measured.stream().anyMatch(model -> model.text().startsWith("memory://computed")));
  }
}

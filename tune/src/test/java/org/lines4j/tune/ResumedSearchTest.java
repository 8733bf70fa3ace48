package org.lines4j.tune;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lines4j.error.RequestException;
import org.lines4j.layers.DepthProfile;

class ResumedSearchTest {
  @TempDir private Path folder;

  private Results run(Tuning tuning, String dir) throws IOException, InterruptedException {
    return tuning.run(folder.resolve(dir), TuneListener.SILENT);
  }

  @Test
  void manyAtATimeFindTheSame() throws IOException, InterruptedException {
    Tuning one = new Searches(folder).edit(new Synthetic(false));
    run(one, "one");
    run(Searches.with(one, one.conduct().withParallel(4)), "four");
    assertEquals(
        Files.readString(folder.resolve("one/results.json")),
        Files.readString(folder.resolve("four/results.json")));
  }

  @Test
  void aFinishedSearchMeasuresNothingAgain() throws IOException, InterruptedException {
    Synthetic evaluator = new Synthetic(false);
    Tuning tuning = new Searches(folder).edit(evaluator);
    run(tuning, "out");
    String results = Files.readString(folder.resolve("out/results.json"));
    int calls = evaluator.calls();

    run(tuning, "out");

    assertEquals(calls, evaluator.calls());
    assertEquals(results, Files.readString(folder.resolve("out/results.json")));
  }

  @Test
  void moreProfilesMeasureOnlyWhatIsNew() throws IOException, InterruptedException {
    Synthetic evaluator = new Synthetic(false);
    Tuning tuning = new Searches(folder).edit(evaluator);
    run(tuning, "out");
    int calls = evaluator.calls();

    run(Searches.with(tuning, tuning.plan().withProfiles(List.of(DepthProfile.REVERSE))), "out");

    assertEquals(calls + 10, evaluator.calls(), "reverse with γ = 1 is known");
  }

  @Test
  void changedInputsAreRefusedWithWhatDiffers() throws IOException, InterruptedException {
    Tuning tuning = new Searches(folder).edit(new Synthetic(false));
    run(tuning, "out");
    Models.tuned(folder.resolve("tuned.safetensors"), 0, 3);

    String message =
        String.valueOf(assertThrows(RequestException.class, () -> run(tuning, "out")).getMessage());
    assertTrue(message.contains("the model tuned: was "), message);
    assertFalse(message.contains("the model base"), message);
  }

  @Test
  void aChangedRecipeOrEvaluatorIsRefused() throws IOException, InterruptedException {
    Searches searches = new Searches(folder);
    run(searches.merge("task_arithmetic", new Synthetic(false)), "out");

    String recipe =
        String.valueOf(
            assertThrows(
                    RequestException.class,
                    () -> run(searches.merge("consensus", new Synthetic(false)), "out"))
                .getMessage());
    assertTrue(recipe.contains("the recipe, layer options or seed"), recipe);
    String evaluator =
        String.valueOf(
            assertThrows(
                    RequestException.class,
                    () -> run(searches.merge("task_arithmetic", new Synthetic(true)), "out"))
                .getMessage());
    assertTrue(evaluator.contains("was 'synthetic false', is 'synthetic true'"), evaluator);
  }

  @Test
  void anotherObjectiveUsesTheSameTrials() throws IOException, InterruptedException {
    Synthetic evaluator = new Synthetic(false);
    Tuning tuning = new Searches(folder).edit(evaluator);
    run(tuning, "out");
    int calls = evaluator.calls();

    Goals goals =
        new Goals(
            Metric.parseAll("target"),
            Metric.parseAll("loss:min"),
            Objective.parse("target - 2*loss"));
    Results results = run(Searches.with(tuning, goals), "out");

    assertEquals(calls, evaluator.calls());
    assertEquals("target - 2*loss", results.goals().objective().text());
  }
}

package org.lines4j.tune;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lines4j.merge.Recipe;
import org.lines4j.plan.RunOptions;
import org.lines4j.tensor.DType;

class TemporaryRoomTest {
  @TempDir private Path folder;

  private Results run(Tuning tuning, String dir) throws IOException, InterruptedException {
    return tuning.run(folder.resolve(dir), TuneListener.SILENT);
  }

  @Test
  void temporaryDiskNeverExceedsOneCandidate() throws IOException, InterruptedException {
    Path base = Models.write(folder.resolve("base.safetensors"), DType.F32, 9000, 0, 0);
    Path one = Models.write(folder.resolve("one.safetensors"), DType.F32, 9000, 0, 2);
    Path two = Models.write(folder.resolve("two.safetensors"), DType.F32, 9000, 1, 4);
    Recipe recipe =
        Recipe.of(
                "a recipe",
                "task_arithmetic",
                List.of(
                    Recipe.ModelUse.of(one.toString(), Map.of()),
                    Recipe.ModelUse.of(two.toString(), Map.of())))
            .withBase(base.toString());
    Subject subject = Subject.of(recipe, folder);
    Path out = folder.resolve("out");
    Watch watch = new Watch(out);
    Conduct conduct =
        Conduct.defaults()
            .withOnDisk()
            .withRun(RunOptions.defaults().withProgress(watch).withChunkBytes(1 << 16));
    Goals goals = Goals.usual(Metric.parseAll("target"), List.of(), 2);
    new Tuning(subject, watch, goals, UsualSearch.of(subject), conduct)
        .run(out, TuneListener.SILENT);

    long journal = Files.size(out.resolve("trials.jsonl"));
    assertTrue(watch.most > Files.size(base), "it was looked at");
    assertTrue(watch.most <= Files.size(base) + journal + 4096, watch.most + " bytes");
    assertEquals(List.of(".lock", "best.yml", "results.json", "trials.jsonl"), names(out));
  }

  private static List<String> names(Path folder) throws IOException {
    try (java.util.stream.Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().collect(Collectors.toList());
    }
  }

  /// Looks how much there is, while models are written and measured.
  private static final class Watch implements Evaluator, org.lines4j.plan.Progress {
    private final Path folder;
    private volatile long most;

    Watch(Path folder) {
      this.folder = folder;
    }

    private synchronized void look() {
      most = Math.max(most, Searches.size(folder));
    }

    @Override
    public void start(String phase, long totalBytes) {
      look();
    }

    @Override
    public void advance(long bytes) {
      look();
    }

    @Override
    public Map<String, Double> evaluate(Path model, Path scratch) {
      look();
      return Map.of("target", 0.5);
    }

    @Override
    public String identity() {
      return "watch";
    }
  }

  @Test
  void theNextRunRemovesWhatAKilledOneLeft() throws IOException, InterruptedException {
    Path out = Files.createDirectories(folder.resolve("out"));
    Path left = out.toRealPath().resolve("lines-tune-0123");
    Files.createDirectories(left.resolve("candidate-1"));
    Files.writeString(left.resolve("candidate-1/model.safetensors"), "half");
    Path other = Files.createDirectories(folder.resolve("lines-tune-precious"));
    Files.writeString(out.resolve(".workspace"), left.toString());

    run(new Searches(folder).edit(new Synthetic(false)), "out");
    assertFalse(Files.exists(left));

    Files.writeString(out.resolve(".workspace"), other.toString());
    run(new Searches(folder).edit(new Synthetic(false)), "out");
    assertTrue(Files.exists(other), "not a place of ours");
    assertEquals(List.of(".lock", "best.yml", "results.json", "trials.jsonl"), names(out));
  }

  @Test
  void aPreviewWritesNothing() throws IOException {
    Tuning tuning = new Searches(folder).edit(new Synthetic(false));
    Tuning.Preview preview = tuning.preview(folder.resolve("out"));

    assertEquals(22, preview.candidates().size());
    assertEquals(23, preview.mostTrials());
    assertFalse(Files.exists(folder.resolve("out")));
  }
}

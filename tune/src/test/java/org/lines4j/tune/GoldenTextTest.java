package org.lines4j.tune;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lines4j.error.Version;

/// Other programs read `results.json`, and tools compare it: its bytes do not change by accident.
class GoldenTextTest {
  @TempDir private Path folder;

  @Test
  void resultsOfAnEditAreWrittenAsEver() throws IOException, InterruptedException {
    assertEquals(golden("edit.json"), written(new Searches(folder).edit(new Odd())));
  }

  @Test
  void resultsOfAMergeAreWrittenAsEver() throws IOException, InterruptedException {
    assertEquals(golden("merge.json"), written(new Searches(folder).merge("ties", new Odd())));
  }

  private String written(Tuning tuning) throws IOException, InterruptedException {
    Path out = folder.resolve("out");
    tuning.run(out, TuneListener.SILENT);
    return Files.readString(out.resolve("results.json"))
        .replace(System.lineSeparator(), "\n")
        .replace(folder.toString(), "FOLDER")
        .replace('"' + Version.current() + '"', "\"VERSION\"");
  }

  private static String golden(String name) throws IOException {
    try (InputStream in =
        Objects.requireNonNull(GoldenTextTest.class.getResourceAsStream(name), name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /// Fails for one model, and is called what JSON must escape.
  private static final class Odd implements Evaluator {
    private final Synthetic synthetic = new Synthetic(false);

    @Override
    public Map<String, Double> evaluate(Path model, Path scratch)
        throws IOException, EvaluationException {
      List<Double> lambdas = Models.lambdas(model, 0);
      if (Math.abs(lambdas.getFirst() - 0.3) < 1e-6) {
        throw new EvaluationException("exit code \"3\" \u001b[31mé", "details\n");
      }
      return synthetic.metrics(model);
    }

    @Override
    public String identity() {
      return "python \"é\" \u2028 </script> \\ 😀 {model}";
    }
  }
}

package org.lines4j.tune;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lines4j.format.Checkpoint;
import org.lines4j.layers.DepthProfile;

/// Evaluators read models, so an adapter is measured as the model that it makes of the base.
class AdapterTuningTest {
  private static final Path PEFT =
      Path.of("..", "core", "src", "test", "resources", "peft").toAbsolutePath().normalize();
  private static final Path BASE = PEFT.resolve("bases").resolve("llama");
  private static final Path LORA = PEFT.resolve("adapters").resolve("llama_plain");
  private static final String NAME = "model.layers.2.mlp.down_proj.weight";

  @TempDir private Path folder;

  /// How near a model's last layer is to the tuned and to the base.
  private static final class Nearness implements Evaluator {
    private final float base;
    private final float tuned;

    Nearness() throws IOException {
      base = value(BASE);
      tuned = value(Path.of(BASE + "+" + LORA));
    }

    private static float value(Path model) throws IOException {
      try (Checkpoint checkpoint = Checkpoint.open(model)) {
        byte[] bytes = new byte[Float.BYTES];
        checkpoint
            .source(checkpoint.find(NAME).orElseThrow())
            .read(0, MemorySegment.ofArray(bytes));
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getFloat();
      }
    }

    @Override
    public Map<String, Double> evaluate(Path model, Path scratch) throws IOException {
      float own = value(model);
      return Map.of(
          "target", 1 / (1.0 + Math.abs(own - tuned)), "control", 1 / (1.0 + Math.abs(own - base)));
    }

    @Override
    public String identity() {
      return "nearness";
    }
  }

  private double score(Path tuned, String dir) throws IOException, InterruptedException {
    Subject subject = Subject.edit(BASE, tuned, Optional.empty());
    Tuning tuning =
        new Tuning(
            subject,
            new Nearness(),
            Goals.usual(Metric.parseAll("target"), Metric.parseAll("control"), 1),
            UsualSearch.of(subject),
            Conduct.defaults().withRetries(0));
    Results results = tuning.run(folder.resolve(dir), TuneListener.SILENT);
    return results
        .of(DepthProfile.LINES)
        .orElseThrow()
        .bestPoint()
        .orElseThrow()
        .score()
        .orElseThrow();
  }

  @Test
  void anAdapterIsMeasuredAsTheModelThatItMakes() throws IOException, InterruptedException {
    List<Double> scores =
        List.of(score(LORA, "alone"), score(Path.of(BASE + "+" + LORA), "named with its base"));
    assertEquals(scores.getFirst(), scores.getLast());
  }
}

package org.lines4j.lab.demo;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.lines4j.Edit;
import org.lines4j.format.Checkpoint;
import org.lines4j.lab.encoder.Accuracy;
import org.lines4j.lab.encoder.ClassVectors;
import org.lines4j.lab.encoder.Encoder;
import org.lines4j.lab.image.ImageTasks;
import org.lines4j.lab.image.Images;
import org.lines4j.lab.image.Shift;
import org.lines4j.lab.image.Split;
import org.lines4j.layers.LayerScaling;
import org.lines4j.plan.Plan;
import org.lines4j.plan.RunOptions;

/// Edits the embedded pair and measures every model on images that are rendered on the spot.
public final class Demonstration {
  /// The task that the tuned model was fine-tuned on.
  public static final String TARGET = "kanji";

  /// What the base could do, too.
  public static final List<String> CONTROLS =
      List.of("digits", "upper", "greek", "symbols", "shapes", "textures", "counting");

  private final DemoModels models;
  private final ClassVectors heads;
  private final Map<String, Images> images = new LinkedHashMap<>();

  /// @param seed of the images
  /// @param count of images for each task
  public Demonstration(DemoModels models, long seed, int count) throws IOException {
    this.models = models;
    this.heads = ClassVectors.load(models.heads());
    List<String> tasks = new ArrayList<>(List.of(TARGET));
    tasks.addAll(CONTROLS);
    tasks.forEach(
        task ->
            images.put(
                task, ImageTasks.named(task).render(seed, Split.TEST, Shift.NONE, 0, count)));
  }

  /// How a model does.
  ///
  /// @param accuracy by task, the target first
  public record Outcome(String model, Map<String, Double> accuracy) {
    /// Accuracy on one task.
    public double on(String task) {
      return accuracy.getOrDefault(task, Double.NaN);
    }

    /// Accuracy on the target.
    public double target() {
      return on(TARGET);
    }

    /// Mean accuracy on the control tasks.
    public double control() {
      return accuracy.entrySet().stream()
          .filter(entry -> !entry.getKey().equals(TARGET))
          .mapToDouble(Map.Entry::getValue)
          .average()
          .orElseThrow();
    }
  }

  /// The pre-trained model.
  public Outcome base() throws IOException {
    return measure("base", models.base());
  }

  /// The fine-tuned model.
  public Outcome tuned() throws IOException {
    return measure("fine-tuned", models.tuned());
  }

  /// Edits the fine-tuned model.
  ///
  /// @param folder of the edited model, in the demo's
  /// @return what was done
  public Plan edit(String folder, LayerScaling scaling) throws IOException {
    try (Checkpoint base = Checkpoint.open(models.base());
        Checkpoint tuned = Checkpoint.open(models.tuned())) {
      Plan plan = Edit.of(base, tuned).withScaling(scaling).plan(models.edited(folder));
      plan.run(RunOptions.defaults().withThreads(1));
      return plan;
    }
  }

  /// Measures an edited model.
  public Outcome edited(String folder, String title) throws IOException {
    return measure(title, models.edited(folder));
  }

  private Outcome measure(String title, Path model) throws IOException {
    Map<String, Double> accuracy = new LinkedHashMap<>();
    try (Encoder encoder = Encoder.load(model)) {
      for (Map.Entry<String, Images> task : images.entrySet()) {
        accuracy.put(task.getKey(), Accuracy.of(encoder, task.getValue(), heads.of(task.getKey())));
      }
    }
    return new Outcome(title, accuracy);
  }
}

package org.lines4j.doors.library;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.lines4j.Convert;
import org.lines4j.Edit;
import org.lines4j.Merge;
import org.lines4j.Methods;
import org.lines4j.RecipeResolver;
import org.lines4j.diff.Diff;
import org.lines4j.error.InputException;
import org.lines4j.error.Remedy;
import org.lines4j.format.Checkpoint;
import org.lines4j.format.StoredTensor;
import org.lines4j.layers.LayerMap;
import org.lines4j.layers.LayerOptions;
import org.lines4j.layers.LayerScaling;
import org.lines4j.layers.LayerScaling.Outside;
import org.lines4j.merge.Lines;
import org.lines4j.merge.ModelSet;
import org.lines4j.merge.Recipe;
import org.lines4j.merge.Recipe.ModelUse;
import org.lines4j.merge.Setting;
import org.lines4j.plan.Plan;
import org.lines4j.plan.RunOptions;
import org.lines4j.plan.RunResult;
import org.lines4j.plan.TensorPlan;
import org.lines4j.recipe.RecipeFile;
import org.lines4j.tensor.DType;
import org.lines4j.tensor.TensorInfo;
import org.lines4j.tune.Conduct;
import org.lines4j.tune.Evaluator;
import org.lines4j.tune.Goals;
import org.lines4j.tune.Metric;
import org.lines4j.tune.Results;
import org.lines4j.tune.Subject;
import org.lines4j.tune.TuneListener;
import org.lines4j.tune.Tuning;
import org.lines4j.tune.UsualSearch;

/// What docs/library.md shows, as it stands there.
final class Examples {
  private Examples() {}

  static RunResult edit(Path llama, Path medical, Path out) throws IOException {
    try (Checkpoint base = Checkpoint.open(llama);
        Checkpoint tuned = Checkpoint.open(medical)) {
      Plan plan =
          Edit.of(base, tuned)
              .withScaling(LayerScaling.lines(0.1, 0.9, Outside.ALPHA))
              .withForce()
              .plan(out);
      plan.notices().forEach(System.err::println);
      for (TensorPlan tensor : plan.tensors()) {
        System.out.println(tensor.name() + " " + tensor.lambda());
      }
      return plan.run();
    }
  }

  static RunResult convert(Path checkpoint, Path out) throws IOException {
    try (Checkpoint model = Checkpoint.open(checkpoint)) {
      return Convert.of(model).withDtype(DType.BF16).plan(out).run();
    }
  }

  static RunResult merge(Path recipeFile, Path out) throws IOException {
    RecipeFile file = RecipeFile.read(recipeFile);
    return merge(file.variants().getFirst().recipe(), file.folder(), out);
  }

  static RunResult merge(Recipe recipe, Path folder, Path out) throws IOException {
    RecipeResolver resolver = RecipeResolver.of(recipe, Methods.all());
    try (ModelSet models = ModelSet.open(resolver.modelNames(), folder)) {
      return Merge.of(resolver.resolve(models, LayerOptions.defaults())).plan(out).run();
    }
  }

  static Recipe recipe() {
    List<ModelUse> models =
        List.of(
            ModelUse.of("math", Map.of("density", Setting.of(0.2))),
            ModelUse.of("code", Map.of("density", Setting.of(0.3))));
    return Recipe.of("my merge", "ties", models)
        .withBase("base")
        .withLines(new Lines(Optional.empty(), 0.4, Outside.ALPHA));
  }

  static String inspect(Path model) throws IOException {
    try (Checkpoint checkpoint = Checkpoint.open(model)) {
      LayerMap layers = LayerMap.detect(checkpoint.infos(), LayerOptions.defaults());
      for (TensorInfo tensor : checkpoint.infos()) {
        System.out.println(tensor.typeAndShape() + " " + layers.place(tensor.name()));
      }
      return layers.stacks().toString();
    }
  }

  static double diff(Path llama, Path medical) throws IOException {
    try (Checkpoint base = Checkpoint.open(llama);
        Checkpoint tuned = Checkpoint.open(medical)) {
      Diff diff = Diff.between(base, tuned, LayerOptions.defaults(), RunOptions.defaults());
      diff.layers().forEach(layer -> System.out.println(layer.change().relative()));
      return diff.whole().cosine();
    }
  }

  static Results tune(Path llama, Path medical, Path results)
      throws IOException, InterruptedException {
    Subject subject = Subject.edit(llama, medical, Optional.empty());
    Goals goals = Goals.usual(Metric.parseAll("medical"), Metric.parseAll("general"), 1);
    return new Tuning(subject, new Accuracy(), goals, UsualSearch.of(subject), Conduct.defaults())
        .run(results, TuneListener.SILENT);
  }

  static final class Accuracy implements Evaluator {
    @Override
    public Map<String, Double> evaluate(Path model, Path scratch) throws IOException {
      return Map.of("medical", accuracy(model, "medical"), "general", accuracy(model, "general"));
    }

    @Override
    public String identity() {
      return "accuracy, version 1";
    }
  }

  static String remedy(Path model) throws IOException {
    try (Checkpoint checkpoint = Checkpoint.open(model)) {
      return checkpoint.format() + ": nothing to do";
    } catch (InputException e) {
      return e.problem().remedy().map(Remedy::toString).orElse(e.problem().inWords());
    }
  }

  /// Not shown: how a model is measured is its user's business. Here it is the mean of the elements
  /// of its first tensor, or what that lacks to 1.
  private static double accuracy(Path model, String task) throws IOException {
    try (Checkpoint checkpoint = Checkpoint.open(model)) {
      StoredTensor first = checkpoint.tensors().getFirst();
      byte[] bytes = new byte[(int) first.byteSize()];
      checkpoint.source(first).read(0, MemorySegment.ofArray(bytes));
      float[] values = new float[(int) first.info().elements()];
      ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(values);
      double sum = 0;
      for (float value : values) {
        sum += value;
      }
      double mean = sum / values.length;
      return task.equals("medical") ? mean : 1 - mean;
    }
  }
}

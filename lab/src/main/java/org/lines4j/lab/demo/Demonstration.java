package org.lines4j.lab.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;
import org.lines4j.Edit;
import org.lines4j.Merge;
import org.lines4j.Methods;
import org.lines4j.RecipeResolver;
import org.lines4j.UnwrittenModel;
import org.lines4j.format.Checkpoint;
import org.lines4j.lab.encoder.Accuracy;
import org.lines4j.lab.encoder.ClassVectors;
import org.lines4j.lab.encoder.MiniLm;
import org.lines4j.lab.encoder.TextConfig;
import org.lines4j.lab.encoder.TextEncoder;
import org.lines4j.lab.encoder.WordPieces;
import org.lines4j.lab.image.Split;
import org.lines4j.lab.text.TextTask;
import org.lines4j.lab.text.TextTasks;
import org.lines4j.lab.text.Texts;
import org.lines4j.layers.LayerOptions;
import org.lines4j.layers.LayerScaling;
import org.lines4j.layers.LayerScaling.Outside;
import org.lines4j.merge.ModelSet;
import org.lines4j.merge.Recipe;
import org.lines4j.merge.Setting;
import org.lines4j.plan.Plan;
import org.lines4j.plan.RunOptions;
import org.lines4j.storage.Location;

/// Edits and merges two adapters on a public sentence encoder, and measures what comes of it on
/// texts: settings are chosen on some, results are of others.
public final class Demonstration {
  /// What the base could do before, and neither adapter was tuned on.
  public static final List<String> CONTROLS = List.of("animals", "foods", "artifacts");

  /// Merges by summing updates.
  public static final String SUM = "task_arithmetic";

  /// Merges by singular directions.
  public static final String SINGULAR = "tsv_m";

  /// What the adapters were tuned on.
  static final List<String> PAIR = List.of(DemoModels.TARGET, DemoModels.OTHER);

  private static final List<String> ALL = joined(PAIR, CONTROLS);
  private static final List<String> EDITED = joined(List.of(DemoModels.TARGET), CONTROLS);
  private static final List<Double> PATH = List.of(1.0, 0.75, 0.5, 0.25);
  private static final List<Double> SCALES = List.of(0.5, 0.75, 1.0);

  /// Task arithmetic's α for two updates that do not overlap.
  private static final double HALF = 0.5;

  private static final int TOKENS = 20;
  private static final TextConfig CONFIG = TextConfig.MINI_LM;

  /// As the lab had them that trained the adapters: its training texts are none of these.
  private static final int LAB_TESTS = 100;

  private static final int LAB_VALIDATIONS = 40;
  private static final long LAB_SEED = 11;

  /// Texts of one task.
  private record Question(TextTask task, Texts texts, List<int[]> tokens) {}

  private final DemoModels models;
  private final ClassVectors heads;
  private final Map<Split, Map<String, Question>> questions = new LinkedHashMap<>();

  /// @param texts of each task that results are reported on, at most 100; settings are chosen on
  ///   half as many others, at most 40
  public Demonstration(DemoModels models, int texts) throws IOException {
    this.models = models;
    TextTasks tasks = TextTasks.read();
    heads = ClassVectors.load(models.heads());
    try (WordPieces pieces = MiniLm.wordPieces()) {
      for (Split split : List.of(Split.VALIDATION, Split.TEST)) {
        Map<String, Question> byTask = new LinkedHashMap<>();
        for (String name : ALL) {
          TextTask task = tasks.named(name);
          int count = split == Split.TEST ? texts : (texts + 1) / 2;
          Texts drawn = task.draw(LAB_SEED, split, LAB_TESTS, LAB_VALIDATIONS, count);
          byTask.put(name, new Question(task, drawn, pieces.of(drawn.texts(), TOKENS)));
        }
        questions.put(split, byTask);
      }
    }
  }

  private static List<String> joined(List<String> some, List<String> more) {
    return Stream.concat(some.stream(), more.stream()).toList();
  }

  /// One fine-tuning, edited.
  ///
  /// @param base the public model
  /// @param tuned with the adapter as it is
  /// @param lines the chosen one of the path
  /// @param uniform the same
  /// @param linesPath on validation texts
  /// @param uniformPath on validation texts
  public record Edited(
      Outcome base,
      Outcome tuned,
      Outcome lines,
      Outcome uniform,
      List<Outcome> linesPath,
      List<Outcome> uniformPath) {
    /// Copies the lists.
    public Edited {
      linesPath = List.copyOf(linesPath);
      uniformPath = List.copyOf(uniformPath);
    }

    /// All four, from the base on.
    public List<Outcome> outcomes() {
      return List.of(base, tuned, lines, uniform);
    }

    /// The edit that scored higher on the test texts.
    public Outcome better() {
      return score(uniform) > score(lines) ? uniform : lines;
    }

    /// What an outcome is called, with what it was made with.
    public String title(Outcome outcome) {
      if (outcome.equals(lines)) {
        return outcome.model() + ", γ " + outcome.setting();
      }
      return outcome.equals(uniform)
          ? outcome.model() + ", λ " + outcome.setting()
          : outcome.model();
    }

    /// The paper's: 2 · target + control, each as a share of what it was, in thirds.
    public double score(Outcome outcome) {
      return Demonstration.score(outcome, base, tuned);
    }
  }

  /// Measures the edits.
  public Edited edits() throws IOException {
    String adapter = DemoModels.TARGET;
    List<Asked> candidates = new ArrayList<>();
    candidates.add(new Asked("base", adapter, 0, Scaling.UNIFORM, Split.VALIDATION, EDITED));
    PATH.forEach(
        at ->
            candidates.add(new Asked("", adapter, at, Scaling.UNIFORM, Split.VALIDATION, EDITED)));
    PATH.stream()
        .skip(1) // both begin with the fine-tuned model itself
        .forEach(
            at ->
                candidates.add(
                    new Asked("", adapter, at, Scaling.LINES, Split.VALIDATION, EDITED)));
    List<Outcome> measured = measure(candidates);
    Outcome before = measured.getFirst();
    List<Outcome> uniform = measured.subList(1, 1 + PATH.size());
    List<Outcome> lines = new ArrayList<>(uniform.subList(0, 1));
    lines.addAll(measured.subList(1 + PATH.size(), measured.size()));
    Outcome full = uniform.getFirst();
    double byLines = best(lines, outcome -> score(outcome, before, full)).setting();
    double byUniform = best(uniform, outcome -> score(outcome, before, full)).setting();
    List<Outcome> tested =
        measure(
            List.of(
                new Asked("base", adapter, 0, Scaling.UNIFORM, Split.TEST, ALL),
                new Asked("fine-tuned", adapter, 1, Scaling.UNIFORM, Split.TEST, ALL),
                new Asked("LiNeS", adapter, byLines, Scaling.LINES, Split.TEST, EDITED),
                new Asked("uniform", adapter, byUniform, Scaling.UNIFORM, Split.TEST, EDITED)));
    return new Edited(tested.get(0), tested.get(1), tested.get(2), tested.get(3), lines, uniform);
  }

  private static double score(Outcome outcome, Outcome base, Outcome tuned) {
    double target = outcome.on(DemoModels.TARGET) / tuned.on(DemoModels.TARGET);
    return (2 * target + outcome.mean(CONTROLS) / base.mean(CONTROLS)) / 3;
  }

  /// Both adapters in one model, on both tasks: by sums scaled uniformly, and by LiNeS, and by
  /// singular directions.
  public List<Outcome> merges() throws IOException {
    merge(SUM);
    merge(SINGULAR);
    List<Asked> candidates = new ArrayList<>();
    for (double scale : SCALES) {
      candidates.add(summed("task arithmetic", SUM, scale, Scaling.UNIFORM, Split.VALIDATION));
      candidates.add(
          summed("task arithmetic + LiNeS", SUM, scale, Scaling.RISING, Split.VALIDATION));
      candidates.add(summed("TSV-M", SINGULAR, scale, Scaling.UNIFORM, Split.VALIDATION));
    }
    List<Outcome> measured = measure(candidates);
    List<Asked> chosen = new ArrayList<>();
    for (Asked first : candidates.subList(0, 3)) {
      List<Outcome> own =
          measured.stream().filter(outcome -> outcome.model().equals(first.title())).toList();
      double scale = best(own, outcome -> outcome.mean(PAIR)).setting();
      chosen.add(summed(first.title(), first.tuned(), scale, first.scaling(), Split.TEST));
      if (first.scaling() == Scaling.UNIFORM) {
        models.writeRecipe(first.tuned(), scale);
      }
    }
    return measure(chosen);
  }

  private static Asked summed(
      String title, String method, double scale, Scaling scaling, Split split) {
    return new Asked(title, method, scale, scaling, split, PAIR);
  }

  /// The other adapter by itself.
  public Outcome other() throws IOException {
    String other = DemoModels.OTHER;
    return measure(new Asked(other + " adapter", other, 1, Scaling.UNIFORM, Split.TEST, PAIR));
  }

  private static Outcome best(List<Outcome> outcomes, ToDoubleFunction<Outcome> score) {
    return outcomes.stream().max(Comparator.comparingDouble(score)).orElseThrow();
  }

  private void merge(String method) throws IOException {
    Recipe recipe =
        Recipe.of(
                "demo",
                method,
                PAIR.stream().map(name -> Recipe.ModelUse.of(name, Map.of())).toList())
            .withBase("base")
            .withParameters(Map.of("lambda", Setting.of(1.0)));
    RecipeResolver resolver = RecipeResolver.of(recipe, Methods.all());
    try (ModelSet set = resolver.open(Location.of(models.folder()))) {
      Merge.of(resolver.resolve(set, LayerOptions.defaults()))
          .withForce() // an earlier demo's
          .plan(models.named(method))
          .run(RunOptions.defaults());
    }
  }

  /// A model to measure.
  private record Asked(
      String title,
      String tuned,
      double setting,
      Scaling scaling,
      Split split,
      List<String> tasks) {}

  /// A λ by depth for each setting.
  private enum Scaling {
    /// By the setting, alike everywhere.
    UNIFORM,
    /// From the setting, in the first block, to 1.
    LINES,
    /// From half of it, by the setting more in the last block.
    RISING;

    LayerScaling at(double setting) {
      return switch (this) {
        case UNIFORM -> LayerScaling.uniform(setting);
        case LINES -> LayerScaling.lines(setting, 1 - setting, Outside.ALPHA);
        case RISING -> LayerScaling.lines(HALF, setting, Outside.ALPHA);
      };
    }
  }

  /// As many at a time as there are processors.
  private List<Outcome> measure(List<Asked> all) throws IOException {
    try {
      return all.parallelStream()
          .map(
              asked -> {
                try {
                  return measure(asked);
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              })
          .toList();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private Outcome measure(Asked asked) throws IOException {
    List<String> tasks = asked.tasks();
    Split split = asked.split();
    List<int[]> tokens = new ArrayList<>();
    tasks.forEach(task -> tokens.addAll(question(split, task).tokens()));
    float[] embeddings;
    try (TextEncoder encoder = encoder(asked.tuned(), asked.scaling().at(asked.setting()))) {
      embeddings = encoder.embed(tokens);
    }
    Map<String, int[]> answers = new LinkedHashMap<>();
    Map<String, Double> accuracy = new LinkedHashMap<>();
    int from = 0;
    for (String task : tasks) {
      Texts texts = question(split, task).texts();
      int to = from + texts.count() * CONFIG.width();
      float[] own = Arrays.copyOfRange(embeddings, from, to);
      float[][] vectors = heads.of(task);
      int[] given = new int[texts.count()];
      Arrays.setAll(given, i -> Accuracy.nearest(own, i, vectors));
      answers.put(task, given);
      accuracy.put(task, Accuracy.of(own, texts.labels(), vectors));
      from = to;
    }
    return new Outcome(asked.title(), asked.setting(), answers, accuracy);
  }

  /// Of a model that is computed as it is read.
  private TextEncoder encoder(String tuned, LayerScaling scaling) throws IOException {
    Path named = models.named(tuned);
    try (Checkpoint base = Checkpoint.open(models.base());
        Checkpoint to = opened(base, named)) {
      Plan plan =
          Edit.of(base, to)
              .withScaling(scaling)
              .plan(models.named("unwritten"))
              .measure(RunOptions.defaults().withThreads(1));
      try (UnwrittenModel unwritten = UnwrittenModel.of(plan);
          Checkpoint model = Checkpoint.open(unwritten.location())) {
        return TextEncoder.of(model, CONFIG);
      }
    }
  }

  private static Checkpoint opened(Checkpoint base, Path named) throws IOException {
    return Files.exists(named.resolve("adapter_config.json"))
        ? Checkpoint.openOn(base, Location.of(named))
        : Checkpoint.open(named);
  }

  private Question question(Split split, String task) {
    Question question = questions.getOrDefault(split, Map.of()).get(task);
    if (question == null) {
      throw new IllegalArgumentException(task + ": not asked");
    }
    return question;
  }

  /// A text whose answer changed.
  ///
  /// @param is the right class
  /// @param tuned what the fine-tuned model says; the base and the edited one are right
  public record Changed(String text, String task, String is, String tuned) {}

  /// Texts that the base answered rightly, the fine-tuned model wrongly, and an edited one rightly.
  public List<Changed> wonBack(Outcome base, Outcome tuned, Outcome edited) {
    List<Changed> found = new ArrayList<>();
    for (String task : CONTROLS) {
      Question question = question(Split.TEST, task);
      int[] right = question.texts().labels();
      int[] wrong = answers(tuned, task);
      for (int i = 0; i < right.length; i++) {
        if (answers(base, task)[i] == right[i]
            && wrong[i] != right[i]
            && answers(edited, task)[i] == right[i]) {
          List<String> classes = question.task().classes();
          String text = question.texts().texts().get(i);
          found.add(new Changed(text, task, classes.get(right[i]), classes.get(wrong[i])));
        }
      }
    }
    return found;
  }

  private static int[] answers(Outcome outcome, String task) {
    return outcome.answers().getOrDefault(task, new int[0]);
  }
}

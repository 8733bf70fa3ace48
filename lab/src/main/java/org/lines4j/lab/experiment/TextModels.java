package org.lines4j.lab.experiment;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.lines4j.lab.encoder.ClassVectors;
import org.lines4j.lab.encoder.MiniLm;
import org.lines4j.lab.encoder.TextConfig;
import org.lines4j.lab.encoder.TextHeads;
import org.lines4j.lab.encoder.TextJob;
import org.lines4j.lab.encoder.TokenTexts;
import org.lines4j.lab.encoder.WordPieces;
import org.lines4j.lab.experiment.ScaledMerges.Way;
import org.lines4j.lab.image.Split;
import org.lines4j.lab.text.TextTask;
import org.lines4j.lab.text.TextTasks;
import org.lines4j.lab.text.Texts;

/// Sentence encoders.
final class TextModels extends FairModels {
  /// What all seeds and rates have: tasks, tokenised, and class vectors.
  static final class Shared implements Subject {
    private final Path folder;
    private final TextSettings settings;
    private final TextTasks tasks;
    private final ClassVectors heads;
    private final Map<String, TokenTexts> texts = new ConcurrentHashMap<>();

    private Shared(Path folder, TextSettings settings, TextTasks tasks, ClassVectors heads) {
      this.folder = folder;
      this.settings = settings;
      this.tasks = tasks;
      this.heads = heads;
    }

    /// Makes what is not there yet.
    static Shared in(Path folder, TextSettings settings) throws IOException {
      Files.createDirectories(folder);
      MiniLm.write(folder.resolve(BASE));
      TextTasks tasks = TextTasks.read();
      Map<String, List<List<String>>> prompts = new LinkedHashMap<>();
      settings.tasks().forEach(name -> prompts.put(name, tasks.named(name).prompts()));
      ClassVectors heads = TextHeads.in(folder.resolve(HEADS), prompts);
      return new Shared(folder, settings, tasks, heads);
    }

    /// Tokenises what the seeds will need.
    @Override
    public void prepare(List<Long> seeds) throws IOException {
      try (WordPieces pieces = MiniLm.wordPieces()) {
        for (long seed : seeds) {
          for (String task : settings.tasks()) {
            for (Split split : Split.values()) {
              Texts drawn =
                  tasks
                      .named(task)
                      .draw(
                          seed,
                          split,
                          settings.testTexts(),
                          settings.validationTexts(),
                          settings.trainingTexts());
              texts.put(
                  key(seed, task, split),
                  new TokenTexts(pieces.of(drawn.texts(), settings.tokens()), drawn.labels()));
            }
          }
        }
      }
    }

    private static String key(long seed, String task, Split split) {
      return seed + "/" + task + "/" + split;
    }

    @Override
    public List<FairResults.Task> tasks() {
      return settings.tasks().stream().map(name -> described(tasks.named(name))).toList();
    }

    private static FairResults.Task described(TextTask task) {
      return new FairResults.Task(
          task.name(),
          task.question(),
          task.source(),
          task.classes().size(),
          task.examples().size());
    }

    /// Behind a sentence encoder's blocks lies nothing, so what lies outside decides nothing.
    @Override
    public List<Way> ways() {
      return List.of(Way.UNIFORM, Way.LINES);
    }

    /// The seed decides which texts are in which part.
    @Override
    public boolean isSplitOnce() {
      return false;
    }

    @Override
    public List<String> shifts(String task) {
      return List.of();
    }

    @Override
    public FairModels models(long seed, double rate) {
      return new TextModels(this, seed, rate);
    }
  }

  private final Shared shared;

  private TextModels(Shared shared, long seed, double rate) {
    super(shared.folder, shared.settings.tasks(), seed, rate);
    this.shared = shared;
  }

  ClassVectors heads() {
    return shared.heads;
  }

  TokenTexts texts(String task, Split split) {
    TokenTexts texts = shared.texts.get(Shared.key(seed(), task, split));
    if (texts == null) {
      throw new IllegalStateException("not tokenised: " + task);
    }
    return texts;
  }

  @Override
  Measuring measuring() {
    return new TextMeasuring(this);
  }

  @Override
  List<TextJob> fineTuning() {
    List<TextJob> jobs = new ArrayList<>();
    for (String task : shared.settings.tasks()) {
      jobs.add(
          new TextJob(
              tuned(task),
              base(),
              TextConfig.MINI_LM,
              task,
              heads(),
              texts(task, Split.TRAIN),
              shared.settings.training(rate(), seed())));
    }
    return jobs;
  }
}

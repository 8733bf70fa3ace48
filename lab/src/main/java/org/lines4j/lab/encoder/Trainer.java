package org.lines4j.lab.encoder;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.lines4j.lab.image.ImageTask;
import org.lines4j.lab.image.Images;

/// Carries one job out, on the thread that calls.
final class Trainer {
  /// Steps between reports.
  private static final int REPORT = 25;

  private final TrainingJob job;
  private final ImagePool pool;
  private final Consumer<TrainingEvent> listener;
  private final List<Map<String, Double>> course = new ArrayList<>();
  private double lossSum;
  private int lossCount;
  private long lastReport;

  Trainer(TrainingJob job, ImagePool pool, Consumer<TrainingEvent> listener) {
    this.job = job;
    this.pool = pool;
    this.listener = listener;
  }

  /// @throws InterruptedException if the thread is interrupted; nothing is left then
  void run() throws IOException, InterruptedException {
    long start = System.nanoTime();
    Weights weights = startingWeights();
    Batches batches = batches(weights.layout().config());
    List<float[]> heads = new ArrayList<>();
    for (ImageTask task : job.tasks()) {
      heads.addAll(List.of(job.classVectors().of(task.name())));
    }
    double seconds;
    try (NewFolder folder = NewFolder.at(job.out());
        Model model = new Model(weights, heads, job.settings())) {
      train(model, batches, folder.path());
      Encoder.write(model.weights(), folder.path());
      seconds = (System.nanoTime() - start) / 1e9;
      TrainingRecord.write(job, folder.path(), course, seconds);
      folder.publish();
    }
    double loss = course.getLast().getOrDefault("loss", Double.NaN);
    listener.accept(new TrainingEvent.Finished(job, loss, seconds));
  }

  private Weights startingWeights() throws IOException {
    Weights weights =
        switch (job.start()) {
          case Start.Fresh(EncoderConfig config, long seed) -> Weights.random(config, seed);
          case Start.From(Path folder) -> Encoder.read(folder);
        };
    int embedding = weights.layout().config().embedding();
    int found = job.classVectors().of(job.tasks().getFirst().name())[0].length;
    if (found != embedding) {
      throw new TrainingException(
          "the encoder's outputs have %d numbers, the class vectors %d; they must be as long"
              .formatted(embedding, found));
    }
    return weights;
  }

  private Batches batches(EncoderConfig config) {
    List<Images> images = new ArrayList<>();
    List<Integer> classes = new ArrayList<>();
    for (ImageTask task : job.tasks()) {
      images.add(pool.of(task, job.imageSeed(), job.imagesPerTask()));
      classes.add(task.classes().size());
    }
    return new Batches(config, images, classes, job.settings());
  }

  private void train(Model model, Batches batches, Path folder)
      throws IOException, InterruptedException {
    lastReport = System.nanoTime();
    snapshot(model, 0, folder);
    int steps = job.settings().steps();
    for (int step = 0; step < steps; step++) {
      if (Thread.interrupted()) {
        throw new InterruptedException(job.out() + ": stopped at step " + step);
      }
      float loss = model.step(batches, job.settings().rateAt(step));
      if (!Float.isFinite(loss)) {
        throw new TrainingException(
            "the loss is %s at step %d; train at a lower rate than %s"
                .formatted(loss, step, job.settings().learningRate()));
      }
      lossSum += loss;
      lossCount++;
      if ((step + 1) % REPORT == 0 || step + 1 == steps) {
        report(step + 1);
      }
      snapshot(model, step + 1, folder);
    }
  }

  private void report(int step) {
    long now = System.nanoTime();
    double loss = lossSum / lossCount;
    double images = (double) lossCount * job.settings().batch();
    double rate = images / ((now - lastReport) / 1e9);
    course.add(Map.of("step", (double) step, "loss", loss));
    listener.accept(new TrainingEvent.Advanced(job, step, loss, rate));
    lossSum = 0;
    lossCount = 0;
    lastReport = now;
  }

  private void snapshot(Model model, int step, Path folder) throws IOException {
    if (job.snapshots().contains(step)) {
      Path made = folder.resolve(job.snapshot(step).getFileName());
      Files.createDirectory(made);
      Encoder.write(model.weights(), made);
    }
  }
}

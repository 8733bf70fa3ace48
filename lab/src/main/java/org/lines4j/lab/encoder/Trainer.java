package org.lines4j.lab.encoder;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.lines4j.lab.image.ImageTask;
import org.lines4j.lab.image.Images;

/// Carries one job out, on the thread that calls.
final class Trainer {
  private final TrainingJob job;
  private final ImagePool pool;
  private final Consumer<TrainingEvent> listener;

  Trainer(TrainingJob job, ImagePool pool, Consumer<TrainingEvent> listener) {
    this.job = job;
    this.pool = pool;
    this.listener = listener;
  }

  /// @throws InterruptedException if the thread is interrupted; nothing is left then
  void run() throws IOException, InterruptedException {
    Course course = new Course(job, listener);
    Weights weights = startingWeights();
    EncoderLayout layout = weights.layout();
    Batches batches = batches(layout.config());
    List<float[]> heads = new ArrayList<>();
    for (ImageTask task : job.tasks()) {
      heads.addAll(List.of(job.classVectors().of(task.name())));
    }
    double seconds;
    try (NewFolder folder = NewFolder.at(job.out());
        Model model = new Model(layout.layout(), weights.values(), heads, job.settings())) {
      course.run(model, batches, step -> snapshot(model, layout, step, folder.path()));
      Encoder.write(new Weights(layout, model.weights()), folder.path());
      seconds = course.seconds();
      TrainingRecord.write(job, folder.path(), course.reports(), seconds);
      folder.publish();
    }
    course.finished(seconds);
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

  private void snapshot(Model model, EncoderLayout layout, int step, Path folder)
      throws IOException {
    if (job.snapshots().contains(step)) {
      Path made = folder.resolve(job.snapshot(step).getFileName());
      Files.createDirectory(made);
      Encoder.write(new Weights(layout, model.weights()), made);
    }
  }
}

package org.lines4j.lab.encoder;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.lines4j.lab.image.ImageTask;
import org.lines4j.lab.image.Images;

/// Carries one job of images out, on the thread that calls.
final class Trainer {
  /// What is learnt of one task.
  ///
  /// @param heads its class vectors
  @SuppressWarnings("ArrayRecordComponent") // never changed
  private record Lesson(Images images, float[][] heads) {}

  private final Job job;
  private final Start start;
  private final List<Lesson> lessons;
  private final Consumer<TrainingEvent> listener;

  private Trainer(Job job, Start start, List<Lesson> lessons, Consumer<TrainingEvent> listener) {
    this.job = job;
    this.start = start;
    this.lessons = lessons;
    this.listener = listener;
  }

  static Trainer of(TrainingJob job, ImagePool pool, Consumer<TrainingEvent> listener) {
    List<Lesson> lessons = new ArrayList<>();
    for (ImageTask task : job.tasks()) {
      Images images = pool.of(task, job.imageSeed(), job.imagesPerTask());
      lessons.add(new Lesson(images, job.classVectors().of(task.name())));
    }
    return new Trainer(job, job.start(), lessons, listener);
  }

  static Trainer of(ImageJob job, Consumer<TrainingEvent> listener) {
    Lesson lesson = new Lesson(job.images(), job.classVectors().of(job.task()));
    return new Trainer(job, new Start.From(job.base()), List.of(lesson), listener);
  }

  /// @throws InterruptedException if the thread is interrupted; nothing is left then
  void run() throws IOException, InterruptedException {
    Course course = new Course(job, listener);
    Weights weights = startingWeights();
    EncoderLayout layout = weights.layout();
    Batches batches = batches(layout.config());
    List<float[]> heads = new ArrayList<>();
    lessons.forEach(lesson -> heads.addAll(List.of(lesson.heads())));
    double seconds;
    try (NewFolder folder = NewFolder.at(job.out());
        Model model = new Model(layout.layout(), weights.values(), heads, job.settings())) {
      course.run(model, batches);
      Encoder.write(new Weights(layout, model.weights()), folder.path());
      seconds = course.seconds();
      TrainingRecord.write(job, folder.path(), course.reports(), seconds);
      folder.publish();
    }
    course.finished(seconds);
  }

  private Weights startingWeights() throws IOException {
    Weights weights =
        switch (start) {
          case Start.Fresh(ImageConfig config, long seed) -> Weights.random(config, seed);
          case Start.From(Path folder) -> Encoder.read(folder);
        };
    int embedding = weights.layout().config().embedding();
    int found = lessons.getFirst().heads()[0].length;
    if (found != embedding) {
      throw new TrainingException(
          "the encoder's outputs have %d numbers, the class vectors %d; they must be as long"
              .formatted(embedding, found));
    }
    return weights;
  }

  private Batches batches(ImageConfig config) {
    lessons.forEach(lesson -> ImageInput.check(config, lesson.images()));
    return new Batches(
        config,
        lessons.stream().map(Lesson::images).toList(),
        lessons.stream().map(lesson -> lesson.heads().length).toList(),
        job.settings());
  }
}

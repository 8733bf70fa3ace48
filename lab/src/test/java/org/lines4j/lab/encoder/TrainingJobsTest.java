package org.lines4j.lab.encoder;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lines4j.error.RequestException;
import org.lines4j.lab.image.ImageTask;
import org.lines4j.lab.image.Images;
import org.lines4j.lab.image.Shift;
import org.lines4j.lab.image.Split;

class TrainingJobsTest {
  private static final EncoderConfig SMALL = new EncoderConfig(2, 16, 2, 32, 6, 8);
  private static final List<ImageTask> TASKS = List.of(new Bars("bars"), new Bars("more-bars"));
  private static final ClassVectors VECTORS = ClassVectors.random(TASKS, 8, 5);
  private static final Start FRESH = new Start.Fresh(SMALL, 1);

  @TempDir private Path folder;

  private final List<TrainingEvent> events = new ArrayList<>();

  private TrainingJob job(String name, int steps, Start start, ImageTask... tasks) {
    TrainingSettings settings =
        TrainingSettings.of(steps, 3e-3, 7).withBatch(16).withWarmupSteps(2);
    return new TrainingJob(folder.resolve(name), start, List.of(tasks), VECTORS, 3, 40, settings);
  }

  private TrainingJob both(String name, int steps) {
    return job(name, steps, FRESH, TASKS.get(0), TASKS.get(1));
  }

  private void run(TrainingJob... jobs) throws IOException, InterruptedException {
    TrainingJobs.run(List.of(jobs), 2, events::add);
  }

  private static byte[] weights(TrainingJob job) throws IOException {
    return Files.readAllBytes(job.out().resolve("model.safetensors"));
  }

  private double accuracy(Path model) throws IOException {
    Images images = TASKS.getFirst().render(3, Split.TEST, Shift.NONE, 0, 60);
    try (Encoder encoder = Encoder.load(model)) {
      return Accuracy.of(encoder, images, VECTORS.of("bars"));
    }
  }

  @Test
  void trainingTeachesTheTasks() throws Exception {
    TrainingJob job = both("both", 120);
    run(job);
    List<Double> losses =
        events.stream()
            .filter(TrainingEvent.Advanced.class::isInstance)
            .map(event -> ((TrainingEvent.Advanced) event).loss())
            .toList();
    assertTrue(losses.getLast() < 0.6 * losses.getFirst(), losses::toString);
    assertTrue(accuracy(job.out()) > 0.8, () -> "accuracy " + losses);
  }

  @Test
  void theSameJobGivesTheSameBytesWhateverRunsBesideIt() throws Exception {
    TrainingJob alone = both("alone", 30);
    run(alone);
    TrainingJob first = both("first", 30);
    TrainingJob second = both("second", 30);
    run(first, second);
    assertArrayEquals(weights(alone), weights(first));
    assertArrayEquals(weights(alone), weights(second));
  }

  @Test
  void whatIsDoneIsNotTrainedAgain() throws Exception {
    TrainingJob done = both("done", 3);
    run(done);
    byte[] before = weights(done);
    events.clear();
    TrainingJob further = both("further", 3);
    run(done, further);
    assertEquals(new TrainingEvent.Skipped(done), events.getFirst());
    assertEquals(1, events.stream().filter(TrainingEvent.Finished.class::isInstance).count());
    assertArrayEquals(before, weights(done));
  }

  @Test
  void whatWasTrainedOtherwiseIsNotTakenForTheJobs() throws Exception {
    run(both("model", 3));
    RequestException failure = assertThrows(RequestException.class, () -> run(both("model", 4)));
    String message = String.valueOf(failure.getMessage());
    assertTrue(message.contains("\"steps\" : 4") && message.contains("remove"), message);
  }

  @Test
  void fineTuningStartsFromTheSavedEncoder() throws Exception {
    TrainingJob base = both("base", 60);
    run(base);
    TrainingJob tuned = job("tuned", 60, new Start.From(base.out()), TASKS.getFirst());
    run(tuned);
    assertTrue(accuracy(tuned.out()) >= accuracy(base.out()));
  }

  @Test
  void aFailingJobIsReportedAndTheOthersAreDone() {
    TrainingJob failing =
        job("failing", 3, new Start.From(folder.resolve("nowhere")), TASKS.getFirst());
    TrainingJob good = both("good", 3);
    TrainingException failure = assertThrows(TrainingException.class, () -> run(failing, good));
    String message = String.valueOf(failure.getMessage());
    assertTrue(message.startsWith(failing.out().toString()), message);
    assertTrue(message.contains("nowhere"), message);
    assertTrue(Files.exists(good.out()));
    assertFalse(Files.exists(failing.out()));
  }

  @Test
  void anInterruptedRunLeavesNothing() throws Exception {
    TrainingJob endless = both("endless", 1_000_000);
    TrainingJob other = both("other", 1_000_000);
    Thread caller = Thread.currentThread();
    Consumer<TrainingEvent> interruptOnce =
        event -> {
          if (events.isEmpty()) {
            caller.interrupt();
          }
          events.add(event);
        };
    assertThrows(
        InterruptedException.class,
        () -> TrainingJobs.run(List.of(endless, other), 2, interruptOnce));
    try (Stream<Path> left = Files.list(folder)) {
      assertEquals(List.of(), left.toList());
    }
  }

  @Test
  void whatAKilledRunHasLeftIsTrainedAnew() throws Exception {
    TrainingJob clean = both("clean", 3);
    TrainingJob job = both("job", 3);
    Path left = Files.createDirectories(folder.resolve(".job.lines-partial/step-1"));
    Files.writeString(left.resolve("model.safetensors"), "half");
    run(clean, job);
    assertArrayEquals(weights(clean), weights(job));
    assertFalse(Files.exists(job.out().resolve("step-1")));
    assertFalse(Files.exists(left));
  }
}

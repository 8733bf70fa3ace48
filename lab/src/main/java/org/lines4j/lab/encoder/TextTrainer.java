package org.lines4j.lab.encoder;

import ai.djl.ndarray.NDManager;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/// Carries one job of texts out, on the thread that calls. Of the table of tokens only the rows in
/// use are trained, which is exact where weights do not decay: the others have no gradient.
final class TextTrainer {
  private final TextJob job;
  private final Consumer<TrainingEvent> listener;
  private final int[] rows;

  TextTrainer(TextJob job, Consumer<TrainingEvent> listener) {
    this.job = job;
    this.listener = listener;
    this.rows =
        job.texts().tokens().stream().flatMapToInt(Arrays::stream).distinct().sorted().toArray();
  }

  /// @throws InterruptedException if the thread is interrupted; nothing is left then
  void run() throws IOException, InterruptedException {
    Course course = new Course(job, listener);
    float[] all = TextEncoder.read(job.base(), job.config());
    TextConfig config = job.config().withVocabulary(rows.length);
    List<float[]> heads = List.of(job.classVectors().of(job.task()));
    double seconds;
    try (NewFolder folder = NewFolder.at(job.out());
        Model model = new Model(TextLayout.of(config), compact(all), heads, job.settings())) {
      course.run(model, batches(config));
      expand(model.weights(), all);
      TextEncoder.write(all, job.config(), folder.path());
      seconds = course.seconds();
      TrainingRecord.write(job, folder.path(), course.reports(), seconds);
      folder.publish();
    }
    course.finished(seconds);
  }

  /// The weights with the rows in use alone.
  private float[] compact(float[] all) {
    int width = job.config().width();
    int table = job.config().vocabulary() * width;
    float[] compact = new float[all.length - table + rows.length * width];
    for (int i = 0; i < rows.length; i++) {
      System.arraycopy(all, rows[i] * width, compact, i * width, width);
    }
    System.arraycopy(all, table, compact, rows.length * width, all.length - table);
    return compact;
  }

  /// The way back.
  private void expand(float[] compact, float[] all) {
    int width = job.config().width();
    int table = job.config().vocabulary() * width;
    for (int i = 0; i < rows.length; i++) {
      System.arraycopy(compact, i * width, all, rows[i] * width, width);
    }
    System.arraycopy(compact, rows.length * width, all, table, all.length - table);
  }

  private Batch.Source batches(TextConfig config) {
    List<int[]> tokens = job.texts().tokens().stream().map(own -> renumbered(own)).toList();
    EndlessOrder order = new EndlessOrder(tokens.size(), job.settings().seed());
    return scope -> next(config, tokens, order, scope);
  }

  private int[] renumbered(int[] tokens) {
    return IntStream.of(tokens).map(token -> Arrays.binarySearch(rows, token)).toArray();
  }

  private Batch next(TextConfig config, List<int[]> tokens, EndlessOrder order, NDManager scope) {
    int classes = job.classVectors().of(job.task()).length;
    int size = job.settings().batch();
    float smoothing = (float) job.settings().labelSmoothing();
    float[] targets = new float[size * classes];
    Arrays.fill(targets, smoothing / classes);
    List<int[]> drawn = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      int text = order.next();
      drawn.add(tokens.get(text));
      targets[i * classes + job.texts().labels()[text]] += 1 - smoothing;
    }
    TextForward.Input input = TextForward.Input.of(config, drawn, scope);
    return new Batch(
        weights -> TextForward.run(config, weights, input),
        Torch.array(scope, targets, size, classes),
        Torch.array(scope, new float[size * classes], size, classes));
  }
}

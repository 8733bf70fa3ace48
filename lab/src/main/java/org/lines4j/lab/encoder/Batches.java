package org.lines4j.lab.encoder;

import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDArray;
import java.util.Arrays;
import java.util.List;
import org.lines4j.lab.image.Images;

/// An endless sequence of batches: all images of all tasks in a random order, then again in another
/// one.
final class Batches implements Batch.Source {
  /// Added to the logits of other tasks' classes: their probability becomes 0.
  private static final float EXCLUDED = -1e9f;

  private final ImageConfig config;
  private final List<Images> pools;
  private final int[] firstClasses;
  private final int size;
  private final float smoothing;
  private final EndlessOrder order;

  /// @param pools each task's images, as many as the others have
  /// @param classes how many classes each task has
  Batches(ImageConfig config, List<Images> pools, List<Integer> classes, TrainingSettings how) {
    this.config = config;
    this.pools = pools;
    this.firstClasses = new int[classes.size() + 1];
    for (int i = 0; i < classes.size(); i++) {
      firstClasses[i + 1] = firstClasses[i] + classes.get(i);
    }
    this.size = how.batch();
    this.smoothing = (float) how.labelSmoothing();
    this.order = new EndlessOrder(pools.size() * pools.getFirst().count(), how.seed());
  }

  @Override
  public Batch next(NDManager scope) {
    int classes = firstClasses[firstClasses.length - 1];
    ImageInput input = new ImageInput(config, size);
    float[] targets = new float[size * classes];
    float[] excluded = new float[size * classes];
    Arrays.fill(excluded, EXCLUDED);
    for (int i = 0; i < size; i++) {
      int drawn = order.next();
      int task = drawn % pools.size();
      int image = drawn / pools.size();
      Images pool = pools.get(task);
      input.put(pool, image, i);
      int from = i * classes + firstClasses[task];
      int to = i * classes + firstClasses[task + 1];
      Arrays.fill(excluded, from, to, 0);
      Arrays.fill(targets, from, to, smoothing / (to - from));
      targets[from + pool.labels()[image]] += 1 - smoothing;
    }
    PtNDArray inputs = input.array(scope);
    return new Batch(
        weights -> ForwardPass.run(config, weights, inputs),
        Torch.array(scope, targets, size, classes),
        Torch.array(scope, excluded, size, classes));
  }
}

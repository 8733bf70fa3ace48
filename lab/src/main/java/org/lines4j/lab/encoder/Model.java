package org.lines4j.lab.encoder;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import java.util.List;

/// An encoder in training: its weights, their gradient, and the class vectors that it is trained
/// towards. Belongs to the thread that made it.
final class Model implements AutoCloseable {
  private final EncoderLayout layout;
  private final NDManager manager = Torch.manager();
  private final PtNDArray weights;
  private final PtNDArray heads;
  private final AdamW optimizer;

  /// @param classVectors of all tasks, one after the other
  Model(Weights start, List<float[]> classVectors, TrainingSettings settings) {
    this.layout = start.layout();
    this.weights = Torch.array(manager, start.values(), start.values().length);
    weights.setRequiresGradient(true);
    this.heads = heads(classVectors, layout.config().embedding(), settings.logitScale());
    this.optimizer = new AdamW(manager, layout, settings.weightDecay());
  }

  /// With the logits' scale in them.
  private PtNDArray heads(List<float[]> vectors, int embedding, double scale) {
    float[] scaled = new float[vectors.size() * embedding];
    for (int i = 0; i < scaled.length; i++) {
      scaled[i] = (float) (scale * vectors.get(i / embedding)[i % embedding]);
    }
    return Torch.array(manager, scaled, vectors.size(), embedding);
  }

  /// One update.
  ///
  /// @return the loss before it
  float step(Batches batches, double rate) {
    try (NDManager scope = Torch.manager()) {
      weights.tempAttach(scope);
      JniUtils.setGradMode(true);
      float loss = backward(batches.next(scope), scope);
      JniUtils.setGradMode(false);
      NDArray gradient = weights.getGradient();
      gradient.attach(scope);
      optimizer.update(weights, gradient, rate, scope);
      JniUtils.zeroGrad(weights);
      return loss;
    }
  }

  private float backward(Batches.Batch batch, NDManager scope) {
    NDList views = ForwardPass.views(layout, weights);
    PtNDArray vectors = ForwardPass.run(layout.config(), views, batch.patches());
    PtNDArray logits = JniUtils.add(JniUtils.linear(vectors, heads, null), batch.excluded());
    PtNDArray logs = JniUtils.logSoftmax(logits, 1, DataType.FLOAT32);
    PtNDArray sum = JniUtils.sum(JniUtils.mul(logs, batch.targets()));
    double images = batch.patches().getShape().get(0);
    PtNDArray loss = JniUtils.mul(sum, Torch.scalar(scope, -1 / images));
    JniUtils.backward(loss, Torch.scalar(scope, 1), false, false);
    return loss.getFloat();
  }

  /// The weights as they are now.
  Weights weights() {
    return new Weights(layout, weights.toFloatArray());
  }

  @Override
  public void close() {
    manager.close();
  }
}

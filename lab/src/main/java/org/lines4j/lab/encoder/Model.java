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
  private final Layout layout;
  private final NDManager manager = Torch.manager();
  private final PtNDArray weights;
  private final PtNDArray heads;
  private final AdamW optimizer;

  /// @param start the weights to start from, as the layout says
  /// @param classVectors of all tasks, one after the other
  Model(Layout layout, float[] start, List<float[]> classVectors, TrainingSettings settings) {
    this.layout = layout;
    this.weights = Torch.array(manager, start, start.length);
    weights.setRequiresGradient(true);
    this.heads = heads(classVectors, settings.logitScale());
    this.optimizer = new AdamW(manager, layout, settings.weightDecay());
  }

  /// With the logits' scale in them.
  private PtNDArray heads(List<float[]> vectors, double scale) {
    int embedding = vectors.getFirst().length;
    float[] scaled = new float[vectors.size() * embedding];
    for (int i = 0; i < scaled.length; i++) {
      scaled[i] = (float) (scale * vectors.get(i / embedding)[i % embedding]);
    }
    return Torch.array(manager, scaled, vectors.size(), embedding);
  }

  /// One update.
  ///
  /// @return the loss before it
  float step(Batch.Source batches, double rate) {
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

  private float backward(Batch batch, NDManager scope) {
    NDList views = ForwardPass.views(layout, weights);
    PtNDArray vectors = batch.inputs().embed(views);
    PtNDArray logits = JniUtils.add(JniUtils.linear(vectors, heads, null), batch.excluded());
    PtNDArray logs = JniUtils.logSoftmax(logits, 1, DataType.FLOAT32);
    PtNDArray sum = JniUtils.sum(JniUtils.mul(logs, batch.targets()));
    double size = vectors.getShape().get(0);
    PtNDArray loss = JniUtils.mul(sum, Torch.scalar(scope, -1 / size));
    JniUtils.backward(loss, Torch.scalar(scope, 1), false, false);
    return loss.getFloat();
  }

  /// The weights as they are now.
  float[] weights() {
    return weights.toFloatArray();
  }

  @Override
  public void close() {
    manager.close();
  }
}

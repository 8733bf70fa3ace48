package org.lines4j.lab.encoder;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.lines4j.error.InputException;
import org.lines4j.lab.image.ImageTask;
import org.lines4j.tensor.DType;
import org.lines4j.tensor.Shape;
import org.lines4j.tensor.TensorInfo;

/// What an encoder's outputs are compared with: for each task a unit vector per class. They are
/// never trained and are no part of the task vector, as CLIP's text embeddings.
public final class ClassVectors {
  private final Map<String, float[][]> byTask;

  private ClassVectors(Map<String, float[][]> byTask) {
    this.byTask = Collections.unmodifiableMap(new LinkedHashMap<>(byTask));
  }

  /// Given ones, each a unit vector: task → `[classes][embedding]`.
  public static ClassVectors of(Map<String, float[][]> byTask) {
    return new ClassVectors(byTask);
  }

  /// Random directions, which `seed` and the names of task and class determine.
  public static ClassVectors random(List<ImageTask> tasks, int embedding, long seed) {
    Map<String, float[][]> byTask = new LinkedHashMap<>();
    for (ImageTask task : tasks) {
      List<float[]> vectors = new ArrayList<>();
      for (String name : task.classes()) {
        SeededNumbers numbers = new SeededNumbers(seed, task.name() + "/" + name);
        vectors.add(toFloats(direction(numbers, embedding)));
      }
      byTask.put(task.name(), vectors.toArray(float[][]::new));
    }
    return new ClassVectors(byTask);
  }

  /// The same with each vector turned away: plus a random direction of `mismatch` times its length,
  /// and of length 1 again. 0 leaves them as they are.
  public ClassVectors mismatched(double mismatch, long seed) {
    if (mismatch == 0) {
      return this;
    }
    Map<String, float[][]> turned = new LinkedHashMap<>();
    byTask.forEach(
        (task, vectors) -> {
          float[][] result = new float[vectors.length][];
          for (int i = 0; i < vectors.length; i++) {
            SeededNumbers numbers = new SeededNumbers(seed, "mismatch/" + task + "/" + i);
            result[i] = turn(vectors[i], mismatch, numbers);
          }
          turned.put(task, result);
        });
    return new ClassVectors(turned);
  }

  private static float[] turn(float[] vector, double mismatch, SeededNumbers numbers) {
    double[] sum = direction(numbers, vector.length);
    for (int i = 0; i < sum.length; i++) {
      sum[i] = vector[i] + mismatch * sum[i];
    }
    return toFloats(unit(sum));
  }

  private static double[] direction(SeededNumbers numbers, int length) {
    double[] vector = new double[length];
    for (int i = 0; i < length; i++) {
      vector[i] = numbers.normal();
    }
    return unit(vector);
  }

  private static double[] unit(double[] vector) {
    double squares = 0;
    for (double value : vector) {
      squares += value * value;
    }
    double length = Math.sqrt(squares);
    for (int i = 0; i < vector.length; i++) {
      vector[i] /= length;
    }
    return vector;
  }

  private static float[] toFloats(double[] vector) {
    float[] floats = new float[vector.length];
    for (int i = 0; i < vector.length; i++) {
      floats[i] = (float) vector[i];
    }
    return floats;
  }

  /// The names of the tasks that there are vectors for.
  public List<String> tasks() {
    return List.copyOf(byTask.keySet());
  }

  /// A copy of a task's vectors, `[classes][embedding]`.
  ///
  /// @throws IllegalArgumentException if there are none
  public float[][] of(String task) {
    float[][] vectors = byTask.get(task);
    if (vectors == null) {
      throw new IllegalArgumentException(
          "no class vectors for the task '%s'; there are some for %s"
              .formatted(task, byTask.keySet()));
    }
    float[][] copy = new float[vectors.length][];
    for (int i = 0; i < copy.length; i++) {
      copy[i] = vectors[i].clone();
    }
    return copy;
  }

  /// Writes them to a `.safetensors` file: one matrix per task, under the task's name.
  public void save(Path file) throws IOException {
    List<TensorInfo> tensors = new ArrayList<>();
    int elements = 0;
    for (Map.Entry<String, float[][]> task : byTask.entrySet()) {
      Shape shape = Shape.of(task.getValue().length, task.getValue()[0].length);
      tensors.add(new TensorInfo(task.getKey(), DType.F32, shape));
      elements += (int) shape.elements();
    }
    float[] values = new float[elements];
    int at = 0;
    for (float[][] vectors : byTask.values()) {
      for (float[] vector : vectors) {
        System.arraycopy(vector, 0, values, at, vector.length);
        at += vector.length;
      }
    }
    FloatFile.write(file, tensors, values);
  }

  /// Reads what was saved.
  ///
  /// @throws InputException if it is malformed or holds something else than matrices
  public static ClassVectors load(Path file) throws IOException {
    Map<String, float[][]> byTask = new LinkedHashMap<>();
    for (Map.Entry<TensorInfo, float[]> stored : FloatFile.readAll(file).entrySet()) {
      TensorInfo info = stored.getKey();
      if (info.shape().rank() != 2 || info.elements() == 0) {
        throw new InputException(
            file,
            "tensor %s: expected a matrix of classes × embedding, found %s"
                .formatted(info.name(), info.shape()));
      }
      int classes = Math.toIntExact(info.shape().dims().get(0));
      int length = Math.toIntExact(info.shape().dims().get(1));
      float[][] vectors = new float[classes][length];
      for (int i = 0; i < classes; i++) {
        System.arraycopy(stored.getValue(), i * length, vectors[i], 0, length);
      }
      byTask.put(info.name(), vectors);
    }
    return new ClassVectors(byTask);
  }
}

package org.lines4j.lab.encoder;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.lines4j.lab.text.TextTask;

/// Class vectors from prompts, as CLIP's: the mean of what a base makes of a class's prompts.
public final class TextHeads {
  private static final int MOST_TOKENS = 64;

  private TextHeads() {}

  /// Those of tasks.
  public static ClassVectors of(TextEncoder base, WordPieces pieces, List<TextTask> tasks) {
    Map<String, float[][]> byTask = new LinkedHashMap<>();
    for (TextTask task : tasks) {
      float[][] vectors = new float[task.classes().size()][];
      for (int label = 0; label < vectors.length; label++) {
        List<int[]> prompts = pieces.of(task.prompts(label), MOST_TOKENS);
        vectors[label] = unitMean(base.embed(prompts), prompts.size());
      }
      byTask.put(task.name(), vectors);
    }
    return ClassVectors.of(byTask);
  }

  private static float[] unitMean(float[] vectors, int count) {
    int length = vectors.length / count;
    double[] sum = new double[length];
    for (int i = 0; i < vectors.length; i++) {
      sum[i % length] += vectors[i];
    }
    double squares = 0;
    for (double value : sum) {
      squares += value * value;
    }
    float[] unit = new float[length];
    for (int i = 0; i < length; i++) {
      unit[i] = (float) (sum[i] / Math.sqrt(squares));
    }
    return unit;
  }
}

package org.lines4j.lab.encoder;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Class vectors from prompts, as CLIP's: the mean of what a base makes of a class's prompts.
public final class TextHeads {
  private static final int MOST_TOKENS = 64;

  private TextHeads() {}

  /// Those of tasks by all-MiniLM-L6-v2, in a file, which is made unless it is there.
  ///
  /// @param prompts of each class of each task, by the task's name
  public static ClassVectors in(Path file, Map<String, List<List<String>>> prompts)
      throws IOException {
    if (!Files.exists(file)) {
      try (TextEncoder encoder = MiniLm.encoder();
          WordPieces pieces = MiniLm.wordPieces()) {
        of(encoder, pieces, prompts).save(file);
      }
    }
    return ClassVectors.load(file);
  }

  /// Those of tasks.
  ///
  /// @param prompts of each class of each task, by the task's name
  public static ClassVectors of(
      TextEncoder base, WordPieces pieces, Map<String, List<List<String>>> prompts) {
    Map<String, float[][]> byTask = new LinkedHashMap<>();
    prompts.forEach(
        (task, classes) -> {
          float[][] vectors = new float[classes.size()][];
          for (int label = 0; label < vectors.length; label++) {
            List<int[]> tokens = pieces.of(classes.get(label), MOST_TOKENS);
            vectors[label] = unitMean(base.embed(tokens), tokens.size());
          }
          byTask.put(task, vectors);
        });
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

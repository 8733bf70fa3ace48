package org.lines4j.lab.encoder;

import org.lines4j.lab.image.Images;

/// How often an image's vector is nearest to that of its class.
public final class Accuracy {
  private Accuracy() {}

  /// The fraction of images that are classified correctly; of equally near classes the first
  /// counts. The same on any number of threads.
  ///
  /// @param classVectors unit vectors, `[classes][embedding]`
  public static double of(Encoder encoder, Images images, float[][] classVectors) {
    return of(encoder.embed(images), images.labels(), classVectors);
  }

  /// The same for images that are embedded already.
  ///
  /// @param embeddings one vector after the other
  /// @throws IllegalArgumentException if the class vectors are of another length
  public static double of(float[] embeddings, int[] labels, float[][] classVectors) {
    for (float[] vector : classVectors) {
      if (labels.length * vector.length != embeddings.length) {
        throw new IllegalArgumentException(
            "%d images: class vectors of %d numbers do not go with %d numbers in all"
                .formatted(labels.length, vector.length, embeddings.length));
      }
    }
    int correct = 0;
    for (int i = 0; i < labels.length; i++) {
      if (nearest(embeddings, i, classVectors) == labels[i]) {
        correct++;
      }
    }
    return (double) correct / labels.length;
  }

  /// The class whose vector is nearest to an item's; of equally near ones the first.
  public static int nearest(float[] embeddings, int item, float[][] classVectors) {
    int best = 0;
    double highest = Double.NEGATIVE_INFINITY;
    for (int c = 0; c < classVectors.length; c++) {
      float[] vector = classVectors[c];
      double product = 0;
      for (int i = 0; i < vector.length; i++) {
        product += embeddings[item * vector.length + i] * (double) vector[i];
      }
      if (product > highest) {
        highest = product;
        best = c;
      }
    }
    return best;
  }
}

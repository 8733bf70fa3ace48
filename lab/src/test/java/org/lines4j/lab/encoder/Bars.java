package org.lines4j.lab.encoder;

import java.util.List;
import org.lines4j.lab.image.ImageTask;
import org.lines4j.lab.image.Images;
import org.lines4j.lab.image.Shift;
import org.lines4j.lab.image.Split;

/// A task for tests: is the noisy bar upright, flat, or is there none?
record Bars(String name) implements ImageTask {
  @Override
  public List<String> classes() {
    return List.of("upright", "flat", "none");
  }

  @Override
  public Images render(long seed, Split split, Shift shift, int first, int count) {
    float[] pixels = new float[count * Images.PIXELS];
    int[] labels = new int[count];
    for (int i = 0; i < count; i++) {
      int image = first + i;
      SeededNumbers numbers = new SeededNumbers(seed, name + split + shift + image);
      labels[i] = image % 3;
      int at = numbers.below(Images.SIDE);
      for (int p = 0; p < Images.PIXELS; p++) {
        int along = labels[i] == 0 ? p % Images.SIDE : p / Images.SIDE;
        boolean bar = labels[i] < 2 && Math.abs(along - at) < 2;
        pixels[i * Images.PIXELS + p] = (float) (0.3 * numbers.unit() + (bar ? 0.6 : 0.1));
      }
    }
    return new Images(pixels, labels);
  }
}

package org.lines4j.lab.image;

import java.util.List;

/// A task whose images a scene draws.
///
/// @param name the task's
/// @param classes the classes' names
/// @param scene what the images show
record RenderedTask(String name, List<String> classes, Scene scene) implements ImageTask {
  RenderedTask {
    classes = List.copyOf(classes);
  }

  @Override
  public Images render(long seed, Split split, Shift shift, int first, int count) {
    if (first < 0 || count < 0 || count > Integer.MAX_VALUE / Images.PIXELS) {
      throw new IllegalArgumentException(
          "expected a first image and a count from 0, found %d and %d".formatted(first, count));
    }
    Math.addExact(first, count);
    Draws draws = new Draws(seed, name, split);
    Canvas canvas = new Canvas();
    Blur blur = new Blur();
    int[] order = new int[classes.size()];
    float[] pixels = new float[count * Images.PIXELS];
    int[] labels = new int[count];
    for (int i = 0; i < count; i++) {
      int image = first + i;
      labels[i] = label(image, draws, order);
      draws.turnTo(image);
      canvas.clear();
      scene.draw(labels[i], shift, draws, canvas);
      Light.develop(canvas, shift, draws, blur, pixels, i * Images.PIXELS);
    }
    return new Images(pixels, labels);
  }

  /// Of every block of as many images as there are classes, each shows another class.
  private static int label(int image, Draws draws, int[] order) {
    draws.turnTo(image / order.length);
    draws.start(Draws.Purpose.ORDER);
    for (int i = 0; i < order.length; i++) {
      int other = draws.below(i + 1);
      order[i] = order[other];
      order[other] = i;
    }
    return order[image % order.length];
  }

  @Override
  public String toString() {
    return name;
  }
}

package org.lines4j.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.lines4j.diff.Change;
import org.lines4j.diff.Diff;
import org.lines4j.layers.Place;
import org.lines4j.layers.Stack;
import org.lines4j.tensor.DType;
import org.lines4j.tensor.Shape;
import org.lines4j.tensor.TensorInfo;

/// Differences to show, made up.
final class Diffs {
  static final Place BEFORE = new Place.Outside(Place.Side.BEFORE);
  static final Place AFTER = new Place.Outside(Place.Side.AFTER);
  static final Change CHANGE = new Change(1_048_576, 1.25, 800, 0.0625, 64, 64.5, 0.99981, 0.375);
  static final Change NOT_A_NUMBER =
      new Change(
          4096,
          Double.NaN,
          Double.NaN,
          Double.POSITIVE_INFINITY,
          Double.NaN,
          Double.NaN,
          Double.NaN,
          0.5);

  private final List<Stack> stacks = new ArrayList<>();
  private final List<Diff.Layer> layers = new ArrayList<>();
  private final List<Diff.Tensor> tensors = new ArrayList<>();
  private final Map<String, String> uncompared = new LinkedHashMap<>();
  private final Random random = new Random(20241017);

  /// A model with tensors outside, and one stack of `depth` layers that changed more and more.
  static Diff oneStack(int depth) {
    return new Diffs().outside(BEFORE).stack("model.layers", depth).outside(AFTER).build();
  }

  /// A difference of one tensor.
  static Diff oneTensor(String name, Change change) {
    return new Diffs().tensor(name, BEFORE, change).layer(BEFORE, change).build();
  }

  Diffs stack(String name, int depth) {
    Stack stack = new Stack(name, depth);
    stacks.add(stack);
    for (int layer = 1; layer <= depth; layer++) {
      Place place = new Place.InLayer(stack, layer);
      double grown = 0.004 + 0.02 * layer / depth * (0.8 + 0.4 * random.nextDouble());
      for (String part : List.of("attention.weight", "feed_forward.weight", "norm.weight")) {
        double relative = grown * (0.8 + 0.4 * random.nextDouble());
        tensor(name + "." + (layer - 1) + "." + part, place, change(relative));
      }
      layer(place, change(grown));
    }
    return this;
  }

  Diffs outside(Place place) {
    String name = place.equals(BEFORE) ? "embedding.weight" : "head.weight";
    return tensor(name, place, CHANGE).layer(place, CHANGE);
  }

  Diffs tensor(String name, Place place, Change change) {
    tensors.add(new Diff.Tensor(new TensorInfo(name, DType.BF16, Shape.of(64, 32)), place, change));
    return this;
  }

  Diffs layer(Place place, Change change) {
    layers.add(new Diff.Layer(place, 3, change));
    return this;
  }

  Diffs uncompared(String name, String why) {
    uncompared.put(name, why);
    return this;
  }

  Diff build() {
    return new Diff(stacks, CHANGE, layers, tensors, uncompared, List.of(), List.of());
  }

  private Change change(double relative) {
    double base = 50 + 50 * random.nextDouble();
    double sparsity = 0.2 + 0.1 * random.nextDouble();
    double cosine = 1 - relative * relative / 2;
    return new Change(
        65_536, base * relative, 90 * relative, relative, base, base, cosine, sparsity);
  }
}

package org.lines4j.internal.planner;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import org.lines4j.error.Counted;
import org.lines4j.error.InputException;
import org.lines4j.error.Option;
import org.lines4j.error.Remedy;
import org.lines4j.error.RequestException;
import org.lines4j.error.Shown;
import org.lines4j.internal.foreign.WeightPart;
import org.lines4j.internal.renamed.FoldedNames;
import org.lines4j.layers.LayerMap;
import org.lines4j.layers.LayerOptions;
import org.lines4j.layers.LayerScaling;
import org.lines4j.layers.Place;
import org.lines4j.layers.Stack;
import org.lines4j.storage.Location;
import org.lines4j.tensor.TensorInfo;

/// Finds the layers to scale by, and says where there is something to know about them.
final class LayerSearch {
  private LayerSearch() {}

  /// The layers of `infos`.
  ///
  /// @param options of which each pattern must place some tensor
  /// @param model named where none are found
  /// @param stackless whether that is no error
  static LayerMap find(
      List<TensorInfo> infos,
      LayerOptions options,
      LayerScaling scaling,
      Location model,
      boolean stackless,
      List<String> notices) {
    if (isGraded(scaling)) {
      WeightPart.checkIsWhole(model);
    }
    LayerMap layers = unchecked(infos, options);
    if (layers.stacks().isEmpty() && !stackless) {
      throw new InputException(
              model, "no stack of layers found among its tensors, so there is no depth to scale by")
          .withRemedy(
              Remedy.of(
                  "say where the layers are with ",
                  Option.LAYERS,
                  " or ",
                  Option.RULES,
                  ", or that all tensors lie outside with ",
                  Option.STACKLESS,
                  ". Seen were:"))
          .withDetails(
              layers.nameGroups().stream()
                  .map(group -> "\n  " + group)
                  .collect(Collectors.joining()));
    }
    layers.checkUsed();
    if (isGraded(scaling)) {
      checkUnplaced(infos, layers, model, notices);
    }
    for (Stack stack : layers.stacks()) {
      if (stack.layers() == 1) {
        notices.add(stack.name() + " has a single layer: no depth to grade, its λ is α");
      }
    }
    if (scaling.before() != scaling.after()) {
      layers
          .unsure()
          .forEach(
              name -> notices.add(name + ": taken to lie after the stack, its name does not tell"));
    }
    return layers;
  }

  private static boolean isGraded(LayerScaling scaling) {
    return DoubleStream.of(scaling.before(), scaling.after(), scaling.atDepth(2, 2))
        .anyMatch(lambda -> lambda != scaling.atDepth(1, 2));
  }

  /// That what nobody can place is not most of a model: it would be scaled as what lies outside.
  private static void checkUnplaced(
      List<TensorInfo> infos, LayerMap layers, Location model, List<String> notices) {
    Set<String> unsure = Set.copyOf(layers.unsure());
    List<TensorInfo> unplaced = infos.stream().filter(t -> unsure.contains(t.name())).toList();
    List<TensorInfo> folded = unplaced.stream().filter(FoldedNames::isOne).toList();
    if (!folded.isEmpty()) {
      throw new InputException(
              model,
              "%s named by an exporter of ONNX, such as %s, without a word of layers"
                  .formatted(
                      Counted.are(folded.size(), "tensor"), Shown.of(folded.getFirst().name())))
          .withRemedy(
              Remedy.of(
                  "give the model that the graph was exported from, or say where each lies with ",
                  Option.RULES))
          .withTensor(Shown.of(folded.getFirst().name()));
    }
    long outside = unplaced.stream().filter(LayerSearch::isMatrix).count();
    long inside =
        infos.stream()
            .filter(t -> isMatrix(t) && layers.place(t.name()) instanceof Place.InLayer)
            .count();
    if (outside > inside && !layers.stacks().isEmpty()) {
      notices.add(
          "%d matrices lie in layers, and %d outside, such as %s, whose names do not tell where: are these all layers?"
              .formatted(
                  inside,
                  outside,
                  Shown.of(
                      unplaced.stream()
                          .filter(LayerSearch::isMatrix)
                          .findFirst()
                          .orElseThrow()
                          .name())));
    }
  }

  private static boolean isMatrix(TensorInfo tensor) {
    return tensor.dtype().isFloating() && tensor.shape().rank() >= 2;
  }

  /// The layers of `infos`, whether or not there are any.
  static LayerMap detect(List<TensorInfo> infos, LayerOptions options) {
    return unchecked(infos, options).checkUsed();
  }

  /// The same, though a pattern may place nothing.
  static LayerMap unchecked(List<TensorInfo> infos, LayerOptions options) {
    try {
      return LayerMap.detect(infos, options);
    } catch (IllegalArgumentException e) {
      throw new RequestException(String.valueOf(e.getMessage()));
    }
  }
}

package org.lines4j.internal.planner;

import java.util.List;
import java.util.stream.Collectors;
import org.lines4j.error.InputException;
import org.lines4j.error.Option;
import org.lines4j.error.Remedy;
import org.lines4j.error.RequestException;
import org.lines4j.layers.LayerMap;
import org.lines4j.layers.LayerOptions;
import org.lines4j.layers.LayerScaling;
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

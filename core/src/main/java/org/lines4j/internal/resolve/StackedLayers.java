package org.lines4j.internal.resolve;

import java.io.IOException;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.lines4j.error.InputException;
import org.lines4j.error.Shown;
import org.lines4j.format.Checkpoint;
import org.lines4j.format.Companion;
import org.lines4j.internal.config.ModelConfig;
import org.lines4j.internal.renamed.ModelNames;
import org.lines4j.internal.work.SidecarChanges;
import org.lines4j.internal.work.SidecarChanges.Layers;
import org.lines4j.internal.work.SidecarChanges.Layers.Side;
import org.lines4j.layers.Stack;
import org.lines4j.merge.ModelSet;
import org.lines4j.merge.Recipe.Slice;
import org.lines4j.tensor.TensorInfo;

/// What slices make of the configuration that goes along.
public final class StackedLayers {
  private StackedLayers() {}

  /// What must change in the files of `described`.
  ///
  /// @throws InputException if its configuration cannot say what the layers are
  public static SidecarChanges changes(
      OutputTensors finder, List<Slice> slices, ModelSet models, Checkpoint described)
      throws IOException {
    Stack stack = finder.stack(described);
    int before = stack.layers();
    List<Integer> origins =
        slices.stream()
            .map(slice -> slice.sources().getFirst().layers().orElseThrow())
            .flatMap(range -> IntStream.range(range.start(), range.end()).boxed())
            .toList();
    Layers layers = new Layers(before, origins, ModelNames.isOfModality(stack.name()), side(stack));
    Optional<Companion> config = described.companions().own("config.json");
    boolean isMoved = !origins.equals(IntStream.range(0, before).boxed().toList());
    List<Checkpoint> from = models(slices, models);
    if (config.isPresent()
        && (isMoved || from.stream().anyMatch(model -> !model.equals(described)))) {
      LayerKinds.check(finder, described, from, config.get(), layers);
    }
    if (!isMoved) {
      return SidecarChanges.none();
    }
    refuseTensorsOfAllLayers(described, stack);
    if (origins.size() != before) {
      refuseBlocksBehind(described, stack);
    }
    SidecarChanges changes = SidecarChanges.none().withLayers(layers);
    if (config.isPresent()) {
      byte[] _ = ModelConfig.with(config.get(), changes);
    }
    return changes;
  }

  /// What lies outside of the layers and has a part for each of them would keep the parts of the
  /// old ones.
  private static void refuseTensorsOfAllLayers(Checkpoint model, Stack stack) {
    int layers = stack.layers();
    String module = stack.name().substring(0, stack.name().lastIndexOf('.') + 1);
    for (TensorInfo tensor : model.infos()) {
      String name = tensor.name();
      boolean isOfAll =
          name.startsWith(module)
              && !name.startsWith(stack.name() + ".")
              && name.contains("per_layer")
              && tensor.shape().dims().stream().anyMatch(length -> length % layers == 0);
      boolean weighsAll =
          (name.equals("layer_weights") || name.endsWith(".layer_weights"))
              && tensor.shape().elements() == layers + 1;
      boolean readsAll =
          name.endsWith("contact_head.regression.weight")
              && tensor.shape().elements() % layers == 0;
      boolean liesBetween =
          name.endsWith(".mid_position_embeddings")
              && tensor.shape().dims().getFirst() == layers - 1;
      if (isOfAll || weighsAll || readsAll || liesBetween) {
        throw new InputException(
                model.location(),
                "tensor %s %s has parts for the %d layers of %s, which slices do not move"
                    .formatted(Shown.of(name), tensor.shape().dims(), layers, stack.name()))
            .withTensor(name)
            .withRemedy("merge whole models, or slices that keep all layers in their order");
      }
    }
  }

  /// A block that is numbered as if it were the next layer, though it is none, such as one that
  /// predicts a further token, is found by the number of layers: with another, it would be taken
  /// for one of them, or not found.
  private static void refuseBlocksBehind(Checkpoint model, Stack stack) {
    String start = stack.name() + "." + stack.layers() + ".";
    for (TensorInfo tensor : model.infos()) {
      if (tensor.name().startsWith(start)) {
        throw new InputException(
                model.location(),
                "tensor %s belongs to a block that has the number behind those of the %d layers of %s, which slices do not move"
                    .formatted(Shown.of(tensor.name()), stack.layers(), stack.name()))
            .withTensor(tensor.name())
            .withRemedy("choose slices with as many layers, or merge whole models");
      }
    }
  }

  /// By its name alone: whether there is another side, the configuration says.
  private static Side side(Stack stack) {
    List<String> parts = List.of(stack.name().split("\\.", -1));
    return parts.contains("decoder")
        ? Side.DECODER
        : parts.contains("encoder") ? Side.ENCODER : Side.ONLY;
  }

  /// For each layer of the output, the model that it comes from first.
  private static List<Checkpoint> models(List<Slice> slices, ModelSet models) {
    return slices.stream()
        .map(slice -> slice.sources().getFirst())
        .flatMap(
            use ->
                Collections.nCopies(use.layers().orElseThrow().length(), models.get(use.model()))
                    .stream())
        .toList();
  }
}

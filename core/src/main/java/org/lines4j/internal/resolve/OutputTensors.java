package org.lines4j.internal.resolve;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.lines4j.error.InputException;
import org.lines4j.error.Option;
import org.lines4j.error.Remedy;
import org.lines4j.error.RequestException;
import org.lines4j.error.Shown;
import org.lines4j.format.Checkpoint;
import org.lines4j.format.StoredTensor;
import org.lines4j.internal.pairing.SliceTensor;
import org.lines4j.internal.pairing.TiedTensors;
import org.lines4j.internal.renamed.ModelNames;
import org.lines4j.internal.work.Source;
import org.lines4j.layers.LayerMap;
import org.lines4j.layers.LayerOptions;
import org.lines4j.layers.Place;
import org.lines4j.layers.Stack;
import org.lines4j.layers.StackMode;
import org.lines4j.merge.ModelSet;
import org.lines4j.merge.Recipe;
import org.lines4j.merge.Recipe.LayerRange;
import org.lines4j.merge.Recipe.ModelUse;
import org.lines4j.merge.Recipe.Slice;
import org.lines4j.tensor.Shape;

/// Which tensors an output has, and which ones of the models go into each.
public final class OutputTensors {
  private final Recipe recipe;
  private final ModelSet models;
  private final LayerOptions options;
  private final Map<Checkpoint, LayerMap> layerMaps = new HashMap<>();
  private final Map<Checkpoint, Stack> mainStacks = new HashMap<>();

  /// @param options how layers are found; an encoder's and a decoder's depths are always counted
  ///   apart, as gradients have it in mergekit
  public OutputTensors(Recipe recipe, ModelSet models, LayerOptions options) {
    this.recipe = recipe;
    this.models = models;
    this.options =
        options.mode() == StackMode.JOINED ? options.withMode(StackMode.SEPARATE) : options;
  }

  /// The tensors of whole models, those of `reference` first and in its order.
  public List<SliceTensor> whole(Slice slice, Checkpoint reference) throws IOException {
    if (recipe.module().isPresent() && layers(reference).stacks().size() > 1) {
      throw new RequestException(
              recipe.name(),
              "module %s is a part of %s, but whole models are merged"
                  .formatted(Shown.of(recipe.module().get()), reference.location()))
          .withRemedy(
              "give slices with a layer_range in place of models; or leave modules out, to merge"
                  + " all of it");
    }
    List<SliceTensor> tensors = new ArrayList<>();
    for (SliceTensor tensor : matched(slice, reference, _ -> true)) {
      Source any = own(tensor, reference);
      tensors.add(tensor.at(layers(any.checkpoint()).place(any.name())));
    }
    return tensors;
  }

  /// The tensors of slices: what lies before the layers from the first slice's sources, the layers
  /// in their order, what lies after them from the last slice's sources.
  public List<SliceTensor> sliced(List<Slice> slices, List<Checkpoint> references)
      throws IOException {
    List<SliceTensor> tensors =
        new ArrayList<>(outside(slices.getFirst(), references.getFirst(), Place.Side.BEFORE));
    int layer = 1;
    for (int i = 0; i < slices.size(); i++) {
      Slice slice = slices.get(i);
      int count = range(slice.sources().getFirst()).length();
      for (int offset = 0; offset < count; offset++) {
        double depth = count == 1 ? 1 : offset / (double) (count - 1);
        tensors.addAll(layer(slice, references.get(i), offset, layer++, depth));
      }
    }
    tensors.addAll(outside(slices.getLast(), references.getLast(), Place.Side.AFTER));
    return tensors;
  }

  /// The stack of a model whose layers are sliced: the one that the recipe's module names, its only
  /// one, that of its language model, or one by far larger than the others.
  ///
  /// @throws InputException if several may be meant
  public Stack stack(Checkpoint model) {
    List<Stack> stacks = layers(model).stacks();
    if (stacks.isEmpty()) {
      throw new InputException(
          model.location(), "slices need a model with a stack of layers, found none");
    }
    return stacks.size() == 1 && recipe.module().isEmpty()
        ? stacks.getFirst()
        : mainStacks.computeIfAbsent(model, m -> mainStack(m, stacks));
  }

  private Stack mainStack(Checkpoint model, List<Stack> stacks) {
    Optional<ModuleName> module = recipe.module().map(ModuleName::of);
    List<Stack> named = module.map(name -> name.nearest(stacks)).orElse(List.of());
    if (named.size() == 1) {
      return named.getFirst();
    }
    if (module.isPresent() && (!named.isEmpty() || !module.get().isMain())) {
      throw new InputException(
              model.location(),
              "module %s should be one of the stacks %s, found %s"
                  .formatted(
                      Shown.of(module.get().text()),
                      stacks.stream().map(Stack::name).toList(),
                      named.isEmpty() ? "none called so" : "several that may be meant"))
          .withRemedy("call it by words of its stack's name");
    }
    if (stacks.size() == 1) {
      return stacks.getFirst();
    }
    List<Stack> language =
        stacks.stream().filter(stack -> !ModelNames.isOfModality(stack.name())).toList();
    if (language.size() == 1) {
      return language.getFirst();
    }
    Map<Stack, Long> bytes = new LinkedHashMap<>();
    stacks.forEach(stack -> bytes.put(stack, 0L));
    for (StoredTensor tensor : model.tensors()) {
      if (layers(model).place(tensor.name()) instanceof Place.InLayer in) {
        bytes.merge(in.stack(), tensor.byteSize(), Long::sum);
      }
    }
    List<Stack> largest =
        stacks.stream()
            .sorted(
                Comparator.comparingLong((Stack stack) -> bytes.getOrDefault(stack, 0L)).reversed())
            .toList();
    long first = bytes.getOrDefault(largest.get(0), 0L);
    if (first < 2 * bytes.getOrDefault(largest.get(1), 0L)) {
      throw new InputException(
              model.location(),
              "slices take the layers of one stack, and several may be meant: "
                  + stacks.stream().map(Stack::name).toList())
          .withRemedy(
              Remedy.of(
                  "say which with ",
                  Option.LAYERS,
                  ", such as '(?<stack>%s)\\.(\\d+)', or name it as the recipe's module"
                      .formatted(largest.getFirst().name().replace(".", "\\."))));
    }
    return largest.getFirst();
  }

  /// The tensors of a model in stacks that are not sliced.
  public Map<String, Source> otherStacks(Checkpoint model) {
    Map<String, Source> others = new LinkedHashMap<>();
    for (StoredTensor tensor : model.tensors()) {
      if (layers(model).place(tensor.name()) instanceof Place.InLayer in
          && !in.stack().equals(stack(model))) {
        others.put(tensor.name(), new Source(model, tensor));
      }
    }
    return others;
  }

  /// What a layer of a model, from 0, consists of: the names of its tensors from the layer's number
  /// on, and their shapes.
  Map<String, Shape> structure(Checkpoint model, int layer) {
    Map<String, Shape> structure = new TreeMap<>();
    for (StoredTensor tensor : model.tensors()) {
      Place place = layers(model).place(tensor.name());
      if (place instanceof Place.InLayer in
          && in.layer() == layer + 1
          && in.stack().equals(stack(model))) {
        BlockName.of(tensor.name(), in)
            .ifPresent(name -> structure.put(name.after(), tensor.info().shape()));
      }
    }
    return structure;
  }

  /// Where a model's tensors are.
  LayerMap layers(Checkpoint model) {
    return layerMaps.computeIfAbsent(
        model,
        m -> {
          try {
            return LayerMap.detect(m.infos(), options);
          } catch (IllegalArgumentException e) {
            throw new RequestException(String.valueOf(e.getMessage()));
          }
        });
  }

  private List<SliceTensor> outside(Slice slice, Checkpoint reference, Place.Side side)
      throws IOException {
    Predicate<Place> here = place -> place.equals(new Place.Outside(side));
    Place place = new Place.Outside(side);
    return matched(slice, reference, here).stream().map(t -> t.at(place)).toList();
  }

  /// The tensors of all the slice's sources in those places, by name: a source that lacks one has
  /// perhaps stored it under the name that it is tied to.
  private List<SliceTensor> matched(Slice slice, Checkpoint reference, Predicate<Place> places)
      throws IOException {
    List<Checkpoint> checkpoints =
        slice.sources().stream().map(source -> models.get(source.model())).toList();
    Set<String> names = new LinkedHashSet<>();
    Set<Checkpoint> order = new LinkedHashSet<>();
    order.add(reference);
    order.addAll(checkpoints);
    for (Checkpoint checkpoint : order) {
      checkpoint.tensors().stream()
          .map(StoredTensor::name)
          .filter(name -> places.test(layers(checkpoint).place(name)))
          .forEach(names::add);
    }
    List<SliceTensor> tensors = new ArrayList<>();
    for (String name : names) {
      List<Optional<Source>> inputs = new ArrayList<>();
      for (Checkpoint checkpoint : checkpoints) {
        inputs.add(find(name, checkpoint, order));
      }
      List<String> inputNames = checkpoints.stream().map(_ -> name).toList();
      tensors.add(new SliceTensor(name, 0, Optional.empty(), slice, inputs, inputNames));
    }
    return tensors;
  }

  /// A model's tensor of that name, or the one that it is tied to in one of the others.
  static Optional<Source> find(String name, Checkpoint model, Set<Checkpoint> others)
      throws IOException {
    Optional<StoredTensor> own = model.find(name);
    if (own.isPresent()) {
      return own.map(tensor -> new Source(model, tensor));
    }
    for (Checkpoint other : others) {
      Optional<StoredTensor> tensor = other.find(name);
      if (tensor.isPresent()) {
        Optional<StoredTensor> twin = TiedTensors.twin(other, tensor.get(), model);
        if (twin.isPresent()) {
          return twin.map(t -> new Source(model, t));
        }
      }
    }
    return Optional.empty();
  }

  private static Source own(SliceTensor tensor, Checkpoint reference) {
    return reference
        .find(tensor.name())
        .map(stored -> new Source(reference, stored))
        .orElseGet(
            () ->
                tensor.inputs().stream()
                    .flatMap(Optional::stream)
                    .filter(source -> source.name().equals(tensor.name()))
                    .findFirst()
                    .orElseGet(tensor::any));
  }

  /// One layer of the output.
  private List<SliceTensor> layer(
      Slice slice, Checkpoint reference, int offset, int to, double depth) {
    List<Map<String, StoredTensor>> bySource = new ArrayList<>();
    Map<String, String> outNames = new LinkedHashMap<>();
    for (ModelUse source : sourcesFrom(slice, reference)) {
      inLayer(source, range(source).start() + offset + 1)
          .forEach((name, _) -> outNames.putIfAbsent(name.after(), name.moved(0, to)));
    }
    for (ModelUse source : slice.sources()) {
      Map<String, StoredTensor> tensors = new HashMap<>();
      inLayer(source, range(source).start() + offset + 1)
          .forEach((name, tensor) -> tensors.put(name.after(), tensor));
      bySource.add(tensors);
    }
    List<SliceTensor> result = new ArrayList<>();
    outNames.forEach(
        (after, outName) -> {
          List<Optional<Source>> inputs = new ArrayList<>();
          List<String> inputNames = new ArrayList<>();
          for (int i = 0; i < bySource.size(); i++) {
            Checkpoint model = models.get(slice.sources().get(i).model());
            Optional<Source> input =
                Optional.ofNullable(bySource.get(i).get(after)).map(t -> new Source(model, t));
            inputs.add(input);
            inputNames.add(input.map(Source::name).orElse(outName));
          }
          result.add(new SliceTensor(outName, depth, Optional.empty(), slice, inputs, inputNames));
        });
    return result;
  }

  private List<ModelUse> sourcesFrom(Slice slice, Checkpoint reference) {
    List<ModelUse> sources = new ArrayList<>(slice.sources());
    sources.sort(Comparator.comparing(source -> !models.get(source.model()).equals(reference)));
    return sources;
  }

  /// The tensors of one layer (1-based) of a model, names as if they stood in layer 0 (1-based).
  private Map<BlockName, StoredTensor> inLayer(ModelUse source, int layer) {
    Checkpoint model = models.get(source.model());
    Stack stack = stack(model);
    if (layer > stack.layers()) {
      throw new RequestException(
              recipe.at(source.line()),
              "%s: layer_range [%d, %d] goes beyond its %d layers"
                  .formatted(
                      source.model(), range(source).start(), range(source).end(), stack.layers()))
          .withRemedy("[0, %d] is all of them".formatted(stack.layers()));
    }
    Map<BlockName, StoredTensor> tensors = new LinkedHashMap<>();
    for (StoredTensor tensor : model.tensors()) {
      Place place = layers(model).place(tensor.name());
      if (place instanceof Place.InLayer in && in.layer() == layer && in.stack().equals(stack)) {
        BlockName name =
            BlockName.of(tensor.name(), in)
                .orElseThrow(
                    () ->
                        new InputException(
                            model.location(),
                            "tensor %s is in layer %d of %s, but its name does not number the layer"
                                    .formatted(tensor.name(), layer, stack.name())
                                + " in a way that slices can renumber"));
        tensors.put(new BlockName(name.before(), name.number() - layer, name.after()), tensor);
      }
    }
    return tensors;
  }

  private static LayerRange range(ModelUse source) {
    return source.layers().orElseThrow();
  }
}

package org.lines4j.internal.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.lines4j.internal.work.SidecarChanges.Layers;

/// One setting of a configuration that says something of each layer by its position: what it says,
/// and how it must change so that it says the same of the same layers at their new positions.
sealed interface LayerSetting {
  /// As in the configuration.
  String name();

  /// What it says of a layer, from 0, in words that are equal where it says the same.
  String of(int layer);

  /// What becomes of it; empty where it stays.
  ///
  /// @throws Unfit if nothing that it can say is right for the new layers
  Optional<LayerChange> moved(Layers layers) throws Unfit;

  /// Whether it tells layers of several kinds apart, which hold other tensors.
  default boolean tellsKinds() {
    return true;
  }

  /// The setting cannot say what the new layers are.
  final class Unfit extends Exception {
    private static final long serialVersionUID = 1;

    /// @param position of the output, from 0
    /// @param expected what that position should hold, in words
    /// @param remedy what to do
    Unfit(LayerSetting setting, Layers layers, int position, String expected, String remedy) {
      super(
          "%s says which layers are of which kind by their position. Layer %d of the output should hold %s, but it would hold layer %d (%s); %s"
              .formatted(
                  setting.name(),
                  position,
                  expected,
                  layers.origins().get(position),
                  setting.of(layers.origins().get(position)),
                  remedy));
    }

    private Unfit(String message) {
      super(message);
    }
  }

  /// A setting that says the same of each layer.
  sealed interface WithoutKinds extends LayerSetting {
    @Override
    default String of(int layer) {
      return name();
    }

    @Override
    default boolean tellsKinds() {
      return false;
    }
  }

  /// An entry for each layer: a list, or a text with a letter each.
  record PerLayer(String name, List<String> entries, boolean isText) implements LayerSetting {
    @Override
    public String of(int layer) {
      return layer < entries.size() ? entries.get(layer) : "not listed";
    }

    @Override
    public Optional<LayerChange> moved(Layers layers) throws Unfit {
      for (int k = 0; k < layers.origins().size(); k++) {
        if (layers.origins().get(k) >= entries.size()) {
          throw new Unfit(
              this,
              layers,
              k,
              "a layer that the list has an entry for, up to " + (entries.size() - 1),
              "take the files of a model with as many layers, by naming it as base_model");
        }
      }
      if (!isText) {
        return Optional.of(new LayerChange.Order(layers.origins()));
      }
      StringBuilder text = new StringBuilder();
      layers.origins().forEach(origin -> text.append(entries.get(origin)));
      return Optional.of(new LayerChange.Text(text.toString()));
    }
  }

  /// A kind for each layer, said in groups that are repeated (GPT-Neo): `[[["global", "local"],
  /// 12]]`.
  record Groups(String name, List<String> kinds) implements LayerSetting {
    @Override
    public String of(int layer) {
      return layer < kinds.size() ? kinds.get(layer) : "not listed";
    }

    @Override
    public Optional<LayerChange> moved(Layers layers) throws Unfit {
      Optional<LayerChange> order = new PerLayer(name, kinds, false).moved(layers);
      return order.map(
          _ -> new LayerChange.Group(layers.origins().stream().map(this::of).toList()));
    }
  }

  /// The numbers of some layers.
  record Indices(String name, List<Integer> numbers) implements LayerSetting {
    @Override
    public String of(int layer) {
      return numbers.contains(layer) ? "listed" : "not listed";
    }

    @Override
    public Optional<LayerChange> moved(Layers layers) {
      List<Integer> origins = layers.origins();
      return Optional.of(
          new LayerChange.Numbers(
              IntStream.range(0, origins.size())
                  .filter(k -> numbers.contains(origins.get(k)))
                  .boxed()
                  .toList()));
    }
  }

  /// An object that says something of some layers under their numbers (Gemma 4).
  record Numbered(String name, Map<Integer, String> entries) implements LayerSetting {
    @Override
    public String of(int layer) {
      return entries.getOrDefault(layer, "not listed");
    }

    @Override
    public Optional<LayerChange> moved(Layers layers) {
      return Optional.of(new LayerChange.Renumbered(layers.origins()));
    }
  }

  /// Layers are alike whose numbers leave the same remainder.
  ///
  /// @param offset the only remainder that counts, where it is known
  record Period(String name, int period, Optional<Integer> offset) implements LayerSetting {
    @Override
    public String of(int layer) {
      int rest = layer % period;
      return offset.isPresent()
          ? (rest == offset.get() ? "one of every %d" : "none of every %d").formatted(period)
          : "number %d of every %d".formatted(rest, period);
    }

    @Override
    public Optional<LayerChange> moved(Layers layers) throws Unfit {
      for (int k = 0; k < layers.origins().size(); k++) {
        if (!of(k).equals(of(layers.origins().get(k)))) {
          throw new Unfit(
              this,
              layers,
              k,
              "a layer like layer %d (%s)".formatted(k, of(k)),
              "choose ranges that move layers by multiples of " + period);
        }
      }
      return Optional.empty();
    }
  }

  /// The layers before one number are of one kind, the others of another.
  ///
  /// @param first how many there are before it
  /// @param shift what the configuration adds to that
  record Leading(String name, int first, int shift) implements LayerSetting {
    @Override
    public String of(int layer) {
      return layer < first ? "one of the first " + first : "none of the first " + first;
    }

    @Override
    public Optional<LayerChange> moved(Layers layers) throws Unfit {
      List<Integer> origins = layers.origins();
      int count = 0;
      while (count < origins.size() && origins.get(count) < first) {
        count++;
      }
      for (int k = count; k < origins.size(); k++) {
        if (origins.get(k) < first) {
          throw new Unfit(
              this,
              layers,
              k,
              "a layer that is none of the first " + first,
              "take those layers only at the beginning");
        }
      }
      int now = count == origins.size() ? Math.max(count, first) : count;
      return now == first
          ? Optional.empty()
          : Optional.of(new LayerChange.Whole((long) now + shift));
    }
  }

  /// The last layers are of one kind, the others of another.
  record Trailing(String name, int last, int layers) implements LayerSetting {
    @Override
    public String of(int layer) {
      return layer >= layers - last ? "one of the last " + last : "none of the last " + last;
    }

    @Override
    public Optional<LayerChange> moved(Layers moved) throws Unfit {
      List<Integer> origins = moved.origins();
      int count = 0;
      while (count < origins.size() && origins.get(origins.size() - 1 - count) >= layers - last) {
        count++;
      }
      for (int k = 0; k < origins.size() - count; k++) {
        if (origins.get(k) >= layers - last) {
          throw new Unfit(
              this,
              moved,
              k,
              "a layer that is none of the last " + last,
              "take those layers only at the end");
        }
      }
      return count == last ? Optional.empty() : Optional.of(new LayerChange.Whole(count));
    }
  }

  /// What a layer computes with its tensors follows from its number, from how many layers there
  /// are, or from both.
  record Computed(String name, Follows follows) implements WithoutKinds {
    enum Follows {
      NUMBER,
      COUNT,
      NUMBER_AND_COUNT
    }

    @Override
    public Optional<LayerChange> moved(Layers layers) throws Unfit {
      List<Integer> origins = layers.origins();
      if (follows != Follows.NUMBER && origins.size() != layers.before()) {
        throw new Unfit(
            "%s makes what each layer computes follow from how many layers there are. The output would have %d instead of %d, and all of them would compute something else; choose ranges that keep how many there are"
                .formatted(name, origins.size(), layers.before()));
      }
      for (int k = 0; follows != Follows.COUNT && k < origins.size(); k++) {
        if (origins.get(k) != k) {
          throw new Unfit(
              "%s makes what a layer computes follow from its number. Layer %d of the output would be layer %d, which would compute something else there; choose ranges that leave layers at their numbers"
                  .formatted(name, k, origins.get(k)));
        }
      }
      return Optional.empty();
    }
  }

  /// A number that is divided by the square root of how many layers there are (MiniCPM).
  record OverRoot(String name, double value) implements WithoutKinds {
    @Override
    public Optional<LayerChange> moved(Layers layers) {
      int now = layers.origins().size();
      return now == layers.before()
          ? Optional.empty()
          : Optional.of(new LayerChange.Decimal(value * Math.sqrt((double) now / layers.before())));
    }
  }

  /// So many layers are sparse, evenly spread: one in each `layers / count`, the second of them
  /// (Switch Transformers). The step between them follows from that, whatever is said of it.
  ///
  /// @param count how many are sparse
  /// @param isStep whether this setting is the step
  record Spread(String name, int layers, int count, boolean isStep) implements LayerSetting {
    @Override
    public String of(int layer) {
      return isSparse(layer, layers, count) ? "a sparse layer" : "a dense layer";
    }

    private static int step(int layers, int count) {
      return count > 0 ? layers / count : layers;
    }

    private static boolean isSparse(int layer, int layers, int count) {
      int step = step(layers, count);
      return step == 1 || (step > 0 && layer % step == 1);
    }

    private int sparse(List<Integer> origins) {
      return (int) origins.stream().filter(layer -> isSparse(layer, layers, count)).count();
    }

    private boolean fits(List<Integer> origins, int now) {
      return IntStream.range(0, origins.size())
          .allMatch(
              k -> isSparse(k, origins.size(), now) == isSparse(origins.get(k), layers, count));
    }

    @Override
    public Optional<LayerChange> moved(Layers moved) throws Unfit {
      List<Integer> origins = moved.origins();
      int now =
          IntStream.concat(
                  IntStream.of(count, sparse(origins)), IntStream.rangeClosed(0, origins.size()))
              .filter(n -> fits(origins, n))
              .findFirst()
              .orElseThrow(
                  () ->
                      new Unfit(
                          "%s says how many layers are sparse, evenly spread: one in every %d, from the second on. No number is right for the layers of the output; choose ranges that leave sparse layers where they are, or move all by multiples of %2$d"
                              .formatted(name, step(layers, count))));
      int before = isStep ? step(layers, count) : count;
      int after = isStep ? step(origins.size(), now) : now;
      return before == after ? Optional.empty() : Optional.of(new LayerChange.Whole(after));
    }
  }

  /// The last layer has full attention, whatever is said of it (Gemma 4).
  ///
  /// @param type of the model
  /// @param kinds of each layer as the configuration lists them; empty where it lists none
  record FullAtLast(String name, String type, List<String> kinds) implements WithoutKinds {
    @Override
    public Optional<LayerChange> moved(Layers layers) throws Unfit {
      int last = layers.origins().getLast();
      boolean isFull =
          last == layers.before() - 1
              || (last < kinds.size() && kinds.get(last).equals("full_attention"));
      if (!isFull) {
        throw new Unfit(
            "the last layer of %s has full attention, whatever %s says. The last of the output would be layer %d, which has another; choose ranges that end with a layer of full attention"
                .formatted(type, name, last));
      }
      return Optional.empty();
    }
  }

  /// The names of what is before all layers and behind each.
  record StageNames(String name) implements WithoutKinds {
    @Override
    public Optional<LayerChange> moved(Layers layers) {
      return Optional.of(new LayerChange.Texts(OutputStages.names(layers.origins().size())));
    }
  }

  /// Some layers, behind which a model is asked for what it has computed.
  ///
  /// @param stages the layers, from 1; 0 is what is before all
  /// @param form how they are written
  record Stages(String name, List<Integer> stages, Form form) implements WithoutKinds {
    enum Form {
      NAMES,
      NUMBERS,
      /// The layers' numbers, from 0.
      LAYERS
    }

    @Override
    public Optional<LayerChange> moved(Layers layers) throws Unfit {
      List<Integer> now =
          OutputStages.moved(stages, layers)
              .orElseThrow(
                  () ->
                      new Unfit(
                          "%s says behind which layers the model is asked for what it computed: %s. The output does not have these in their order; choose ranges that do"
                              .formatted(name, numbers(stages))));
      return Optional.of(
          form == Form.NAMES
              ? new LayerChange.Texts(now.stream().map(OutputStages::name).toList())
              : new LayerChange.Numbers(numbers(now)));
    }

    private List<Integer> numbers(List<Integer> of) {
      return of.stream().map(stage -> form == Form.LAYERS ? stage - 1 : stage).toList();
    }
  }

  /// What a type of model has where its configuration leaves a setting out, which therefore cannot
  /// change.
  ///
  /// @param own what it says
  record LeftOut(LayerSetting own) implements LayerSetting {
    @Override
    public String name() {
      return own.name();
    }

    @Override
    public String of(int layer) {
      return own.of(layer);
    }

    @Override
    public boolean tellsKinds() {
      return own.tellsKinds();
    }

    @Override
    public Optional<LayerChange> moved(Layers layers) throws Unfit {
      if (own.moved(layers).isPresent()) {
        throw new Unfit(
            "%s says which layers are of which kind, and would have to change for the layers of the output; write it into this file first, as loading and saving it with transformers does"
                .formatted(own.name()));
      }
      return Optional.empty();
    }
  }

  /// A list of numbers that are strictly ascending and number layers; empty if it is not one.
  static Optional<List<Integer>> indices(List<String> entries, int layers) {
    List<Integer> numbers = new ArrayList<>();
    for (String entry : entries) {
      if (!entry.matches("\\d{1,6}") || Integer.parseInt(entry) >= layers) {
        return Optional.empty();
      }
      numbers.add(Integer.parseInt(entry));
    }
    return List.copyOf(new TreeSet<>(numbers)).equals(numbers)
        ? Optional.of(numbers)
        : Optional.empty();
  }
}

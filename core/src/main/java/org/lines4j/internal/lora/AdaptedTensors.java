package org.lines4j.internal.lora;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.lines4j.error.InputException;
import org.lines4j.format.Checkpoint;
import org.lines4j.format.TensorSource;
import org.lines4j.internal.source.RenamedTensor;
import org.lines4j.layers.NameSearch;
import org.lines4j.quantised.Quantisation;
import org.lines4j.tensor.Shape;

/// The tensors of a base that an adapter changes, as they come of both: what PEFT's
/// `merge_and_unload` makes of them.
final class AdaptedTensors {
  private static final String HEAD =
      "changes the embedding, which is the model's head: both change, as when peft merges the"
          + " adapter; while peft applies it, the head stays as it was";

  private final Adapter adapter;
  private final Checkpoint model;
  private final BaseTensors base;
  private final Map<String, String> twins;
  private final Panels panels = new Panels();
  private final NameSearch search = new NameSearch();
  private final Map<String, TensorSource> changed = new LinkedHashMap<>();
  private final Map<String, LayerKeys> layers = new LinkedHashMap<>();
  private final Map<String, String> wholes = new LinkedHashMap<>();

  /// @throws InputException if a module of the adapter is not in `base`
  /// @throws InputException if the base's tensors are codes, to which nothing can be added
  private AdaptedTensors(Adapter adapter, Checkpoint model) throws IOException {
    List<String> _ = Quantisation.refuse(List.of(model));
    this.adapter = adapter;
    this.model = model;
    this.base = BaseTensors.of(adapter, model);
    this.twins = base.twins();
  }

  /// The model that they change.
  Checkpoint model() {
    return model;
  }

  /// The same by the adapter's names.
  BaseTensors base() {
    return base;
  }

  /// By the base's names.
  ///
  /// @throws InputException if the adapter does not fit
  Map<String, TensorSource> all() throws IOException {
    for (Map.Entry<String, TensorSource> whole : adapter.wholes().entrySet()) {
      replace(whole.getKey(), whole.getValue());
    }
    adapter.tokens().forEach(this::replaceRows);
    boolean isTransposed = areTransposed();
    Map<String, List<LoraModule>> wrapped = new LinkedHashMap<>();
    for (LoraModule module : adapter.modules()) {
      if (base.parameters(module.name()).isEmpty()) {
        addLayer(module, isTransposed);
      } else {
        wrapped.computeIfAbsent(module.name(), _ -> new ArrayList<>()).add(module);
      }
    }
    ParameterTargets parameters = new ParameterTargets(adapter, base, search, panels);
    wrapped.values().forEach(modules -> changed.putAll(parameters.changed(modules)));
    tie();
    return changed;
  }

  /// Those of a base where the adapter makes what is one there differ, as a model that stores all
  /// of it.
  static AdaptedTensors of(Adapter adapter, Checkpoint model) throws IOException {
    AdaptedTensors tensors = new AdaptedTensors(adapter, model);
    Optional<HeadedModel> headed = HeadedModel.of(adapter, tensors.base, model);
    if (headed.isPresent()) {
      tensors = new AdaptedTensors(adapter, headed.get());
    }
    for (Map.Entry<String, String> twin : tensors.twins.entrySet()) {
      if (tensors.areApart(twin.getKey(), twin.getValue())) {
        return new AdaptedTensors(adapter, new UntiedModel(tensors.model, tensors.twins));
      }
    }
    return tensors;
  }

  /// The model of an adapter and its base, once they are known to fit.
  ///
  /// @throws InputException if the adapter does not fit
  static AdaptedModel model(Adapter adapter, Checkpoint base) throws IOException {
    AdaptedTensors tensors = of(adapter, base);
    List<String> remarks = new ArrayList<>();
    if (tensors.twins.values().stream().anyMatch(tensors::isChanged)) {
      remarks.add(HEAD);
    }
    HeadedModel.lacking(adapter.config(), tensors.model).ifPresent(remarks::add);
    Map<String, TensorSource> all = tensors.all();
    return new AdaptedModel(tensors.model, adapter, all, tensors.layers, tensors.wholes, remarks);
  }

  /// Whether the adapter makes an embedding and what is one with it differ: PEFT trains a copy of
  /// what it replaces, and leaves the other as it was.
  private boolean areApart(String name, String embedding) throws IOException {
    TensorSource stored = base.find(embedding).orElseThrow();
    if (stored.info().shape().rank() < 2) {
      return false; // the bias of a head, which it adds itself or has from its model
    }
    Optional<Map.Entry<String, TensorSource>> twin = replacement(name);
    Optional<Map.Entry<String, TensorSource>> own = replacement(embedding);
    if (twin.isPresent()) {
      return isChanged(embedding)
          || differ(own.map(Map.Entry::getValue).orElse(stored), twin.get().getValue());
    }
    boolean isChangedAlone =
        adapter.modules().stream().anyMatch(module -> name.equals(module.name() + ".weight"));
    return isChangedAlone
        || (own.isPresent()
            && adapter.config().copies(own.get().getKey())
            && differ(stored, own.get().getValue()));
  }

  /// What the adapter has in place of a tensor that the base stores, or could, by its name there.
  private Optional<Map.Entry<String, TensorSource>> replacement(String stored) {
    return adapter.wholes().entrySet().stream()
        .filter(whole -> whole.getKey().equals(stored) || isStoredAs(whole.getKey(), stored))
        .findFirst();
  }

  private boolean isChanged(String embedding) {
    return adapter.modules().stream()
        .anyMatch(module -> isStoredAs(module.name() + ".weight", embedding));
  }

  private boolean isStoredAs(String name, String stored) {
    return base.find(name).map(own -> own.info().name().equals(stored)).orElse(false);
  }

  private static boolean differ(TensorSource one, TensorSource other) throws IOException {
    return !one.info().shape().equals(other.info().shape()) || TuningRows.differ(one, other);
  }

  /// Where the head is the input embedding, and stored once more, it changes with it.
  private void tie() throws IOException {
    for (Map.Entry<String, TensorSource> twins : base.tiedHeads(changed.keySet()).entrySet()) {
      TensorSource embedding = Objects.requireNonNull(changed.get(twins.getKey()));
      String head = twins.getValue().info().name();
      changed.putIfAbsent(head, RenamedTensor.of(head, embedding));
    }
  }

  private void replace(String name, TensorSource stored) {
    TensorSource own =
        base.find(name).or(() -> base.tiedTo(name)).orElseThrow(() -> base.missing(name));
    if (base.find(name).isEmpty() && own.info().shape().rank() > 1) {
      return; // it is what the embedding is
    }
    if (!own.info().shape().equals(stored.info().shape())) {
      throw misfit(own, stored, "the shape %s".formatted(own.info().shape()))
          .withRemedy(
              "if tokens were added, save the base with its embeddings resized first"
                  + " (resize_token_embeddings) and name that");
    }
    if (own.info().dtype() != stored.info().dtype()) {
      checkFloating(own);
      if (!stored.info().dtype().isFloating()) {
        throw misfit(own, stored, "floating numbers");
      }
    }
    changed.put(own.info().name(), new Replacement(own, stored));
    wholes.put(own.info().name(), name);
  }

  private void replaceRows(String module, TensorSource stored) {
    TensorSource own = base.find(module + ".weight").orElseThrow(() -> base.missing(module));
    checkFloating(own);
    List<Long> rows = adapter.rows(module);
    Shape shape = own.info().shape();
    Shape wanted = Shape.of(rows.size(), shape.dims().getLast());
    if (shape.rank() != 2 || !stored.info().shape().equals(wanted)) {
      throw misfit(own, stored, "%s, a row for each of trainable_token_indices".formatted(wanted));
    }
    NavigableMap<Long, Integer> numbers = new TreeMap<>();
    for (int i = 0; i < rows.size(); i++) {
      if (rows.get(i) >= shape.dims().getFirst() || numbers.put(rows.get(i), i) != null) {
        throw new InputException(
            adapter.config().file(),
            "trainable_token_indices: %d of %s, which has %d rows, is twice there or none of them"
                .formatted(rows.get(i), module, shape.dims().getFirst()));
      }
    }
    changed.put(own.info().name(), new NewRows(own, stored, numbers));
  }

  /// Whether layers that are square store [in, out]: as those do of which it can be seen, else as
  /// the configuration says.
  private boolean areTransposed() {
    int plain = 0;
    int turned = 0;
    for (LoraModule module : adapter.modules()) {
      if (module.a().info().shape().rank() == 2 && !module.isEmbedding()) {
        List<Long> dims =
            base.layer(module).map(own -> own.info().shape().dims()).orElse(List.of());
        if (dims.equals(List.of(module.outputs(), module.inputs()))) {
          plain += module.outputs() == module.inputs() ? 0 : 1;
        } else if (dims.equals(List.of(module.inputs(), module.outputs()))) {
          turned++;
        }
      }
    }
    return plain == turned ? adapter.config().isTransposed() : turned > plain;
  }

  private void addLayer(LoraModule module, boolean isTransposed) {
    TensorSource own = base.layer(module).orElseThrow(() -> base.missing(module.name()));
    checkFloating(own);
    checkRank(module);
    boolean isTurned = isTurned(module, own, isTransposed);
    Factor a = Factor.of(module.a());
    Factor b = Factor.of(module.b());
    float scale = adapter.config().scale(search, module.name());
    Product product =
        isTurned
            ? new Product(List.of(a.transposed()), List.of(b.transposed()), scale, panels)
            : new Product(List.of(b), List.of(a), scale, panels);
    String name = own.info().name();
    layers.put(name, LayerKeys.of(module, isTurned));
    TensorSource sum = new AdaptedTensor(changed.getOrDefault(name, own), product);
    long columns = isTurned ? module.outputs() : module.inputs();
    changed.put(
        name,
        module
            .magnitude()
            .<TensorSource>map(magnitude -> new DoraTensor(sum, magnitude, columns, isTurned))
            .orElse(sum));
    module.bias().ifPresent(bias -> addBias(module, bias, scale));
  }

  private void addBias(LoraModule module, TensorSource bias, float scale) {
    String name = module.name() + ".bias";
    TensorSource own =
        base.find(name)
            .orElseThrow(
                () ->
                    new InputException(
                            adapter.weights().location(),
                            "tensor %s: the base has no %s to add it to"
                                .formatted(bias.info().name(), name))
                        .withTensor(bias.info().name()));
    if (own.info().elements() != bias.info().elements()) {
      throw misfit(own, bias, "the shape %s".formatted(own.info().shape()));
    }
    long length = bias.info().elements();
    Factor row = new Factor(bias, 0, 1, length, length, 1);
    Factor one = new Factor(new Ones(), 0, 1, 1, 1, 1);
    Product product = new Product(List.of(one), List.of(row), scale, panels);
    changed.put(
        own.info().name(),
        new AdaptedTensor(changed.getOrDefault(own.info().name(), own), product));
  }

  /// How the base's tensor lies: [out, in] of linear layers, [tokens, width] of embeddings, and
  /// [in, out] of others.
  private boolean isTurned(LoraModule module, TensorSource own, boolean isTransposed) {
    List<Long> dims = own.info().shape().dims();
    List<Long> in = module.a().info().shape().dims();
    List<Long> plain = new ArrayList<>(in);
    plain.set(0, module.outputs());
    List<Long> turned = List.of(module.inputs(), module.outputs());
    boolean fitsPlain = dims.equals(plain) && !module.isEmbedding();
    boolean fitsTurned = dims.equals(turned) && in.size() == 2;
    if (!fitsPlain && !fitsTurned) {
      throw misfit(
          own,
          module.a(),
          "factors of %s, found %s and %s"
              .formatted(own.info().shape(), module.a().info().shape(), module.b().info().shape()));
    }
    return fitsTurned && (!fitsPlain || isTransposed);
  }

  private void checkRank(LoraModule module) {
    long expected = adapter.config().rank(search, module.name());
    if (module.rank() != expected) {
      throw new InputException(
              adapter.weights().location(),
              "tensor %s: expected rank %d, as %s says, found %s"
                  .formatted(
                      module.a().info().name(),
                      expected,
                      Adapter.CONFIG,
                      module.a().info().shape()))
          .withTensor(module.a().info().name());
    }
  }

  private void checkFloating(TensorSource own) {
    if (!own.info().dtype().isFloating()) {
      throw new InputException(
              adapter.folder(),
              "tensor %s of the base is %s; only floating numbers can be changed"
                  .formatted(own.info().name(), own.info().typeAndShape()))
          .withTensor(own.info().name());
    }
  }

  private InputException misfit(TensorSource own, TensorSource part, String expected) {
    return new InputException(
            adapter.weights().location(),
            "tensor %s %s does not fit %s of %s: expected %s"
                .formatted(
                    part.info().name(),
                    part.info().shape(),
                    own.info().name(),
                    base.location(),
                    expected))
        .withTensor(part.info().name());
  }
}

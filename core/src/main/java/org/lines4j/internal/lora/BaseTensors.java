package org.lines4j.internal.lora;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.lines4j.error.InputException;
import org.lines4j.format.Checkpoint;
import org.lines4j.format.StoredTensor;
import org.lines4j.format.TensorSource;
import org.lines4j.internal.config.TiedEmbeddings;
import org.lines4j.internal.renamed.NamePairs;
import org.lines4j.internal.renamed.RunningNames;
import org.lines4j.layers.NameSearch;
import org.lines4j.storage.Location;
import org.lines4j.tensor.DType;
import org.lines4j.tensor.Shape;
import org.lines4j.tensor.TensorInfo;

/// A base's tensors by the names that an adapter has for them: those of the running model.
final class BaseTensors {
  private static final String UNTIE =
      "the model's head is its embedding; save the base with its head untied first";

  /// What is changed outside the layers, while those are found: poolers above all.
  private static final String RANDOM =
      "transformers makes modules of random numbers that a model lacks, such as a pooler, and of"
          + " these the adapter has the change alone: name the model with which it was trained, if"
          + " that was saved";

  private static final Pattern NUMBER = Pattern.compile("(^|\\.)\\d+(\\.|$)");

  private static final int SHOWN = 6;

  /// What layers call the matrix that is changed: `torch.nn.MultiheadAttention` has its own name.
  private static final List<String> MATRICES = List.of(".weight", ".in_proj_weight");

  /// What transformers 5 calls the modules of experts. PEFT says of these alone which parameters it
  /// changes, without their module, where it was asked for experts one by one.
  private static final String EXPERTS = "experts";

  private static final Pattern HEADS = Pattern.compile("(^|\\.)(lm_head|embed_out)\\.weight$");

  private static final Pattern EMBEDDINGS =
      Pattern.compile("(^|\\.)(embed_tokens|embed_in|wte|word_embeddings|shared)\\.weight$");

  private final Adapter adapter;
  private final Checkpoint base;
  private final Function<String, Optional<String>> names;
  private final Map<String, String> ties;

  private BaseTensors(
      Adapter adapter,
      Checkpoint base,
      Function<String, Optional<String>> names,
      Map<String, String> ties) {
    this.adapter = adapter;
    this.base = base;
    this.names = names;
    this.ties = ties;
  }

  static BaseTensors of(Adapter adapter, Checkpoint base) throws IOException {
    Map<String, TensorInfo> target = new LinkedHashMap<>();
    for (StoredTensor tensor : base.tensors()) {
      target.put(tensor.name(), tensor.info());
    }
    Map<String, TensorInfo> wanted = wanted(adapter);
    Location location = adapter.weights().location();
    boolean areStored = target.keySet().containsAll(wanted.keySet());
    boolean changesEmbedding = adapter.modules().stream().anyMatch(LoraModule::isEmbedding);
    if (areStored && adapter.wholes().isEmpty() && !changesEmbedding) {
      return new BaseTensors(adapter, base, NamePairs.of(wanted, target, location)::of, Map.of());
    }
    RunningNames running = RunningNames.of(base);
    Map<String, String> renamed = new HashMap<>();
    target.keySet().stream()
        .filter(running::isRenamed)
        .forEach(name -> renamed.put(running.of(name), name));
    wanted.keySet().removeAll(renamed.keySet());
    NamePairs names = NamePairs.of(wanted, target, location);
    return new BaseTensors(
        adapter,
        base,
        name -> Optional.ofNullable(renamed.get(name)).or(() -> names.of(name)),
        running.ties());
  }

  /// The tensors that are changed, with the shapes that they must have.
  private static Map<String, TensorInfo> wanted(Adapter adapter) {
    Map<String, TensorInfo> wanted = new LinkedHashMap<>();
    boolean isTransposed = adapter.config().isTransposed();
    for (LoraModule module : adapter.modules()) {
      if (parameters(adapter, module.name()).isEmpty()) {
        List<Long> dims = new ArrayList<>(module.a().info().shape().dims());
        dims.set(0, module.outputs());
        boolean isTurned = module.isEmbedding() || (isTransposed && dims.size() == 2);
        String name = module.name() + MATRICES.getFirst();
        Shape shape = new Shape(isTurned ? dims.reversed() : dims);
        wanted.put(name, new TensorInfo(name, DType.F32, shape));
      }
    }
    adapter
        .wholes()
        .forEach(
            (name, whole) ->
                wanted.put(name, new TensorInfo(name, DType.F32, whole.info().shape())));
    return wanted;
  }

  Location location() {
    return base.location();
  }

  Optional<TensorSource> find(String name) {
    return names.apply(name).flatMap(base::find).map(base::source);
  }

  /// The base's tensor that one of the running model is, which the base does not store under that
  /// name.
  Optional<TensorSource> tiedTo(String name) {
    return Optional.ofNullable(ties.get(name)).flatMap(base::find).map(base::source);
  }

  /// What is one with another tensor, by the name of that: what the base does not store, and heads
  /// that it stores a second time.
  Map<String, String> twins() throws IOException {
    Map<String, String> twins = new LinkedHashMap<>(ties);
    Set<String> all = new LinkedHashSet<>();
    base.tensors().forEach(tensor -> all.add(tensor.name()));
    tiedHeads(all).forEach((embedding, head) -> twins.put(head.info().name(), embedding));
    return twins;
  }

  /// The matrix of a layer.
  Optional<TensorSource> layer(LoraModule module) {
    return MATRICES.stream().flatMap(ending -> find(module.name() + ending).stream()).findFirst();
  }

  /// What the base calls the tensor that the change of a module changes.
  Optional<String> changedBy(String module, int depth) {
    List<LoraModule> own =
        adapter.modules().stream().filter(other -> other.name().equals(module)).toList();
    if (own.isEmpty()) {
      return Optional.empty();
    }
    if (parameters(module).isEmpty()) {
      return layer(own.getFirst()).map(source -> source.info().name());
    }
    ParameterTargets targets = new ParameterTargets(adapter, this, new NameSearch(), new Panels());
    return Optional.ofNullable(targets.names(own).get(depth));
  }

  /// The heads that are one with an embedding, as the base's configuration has it, and that the
  /// base stores a second time.
  ///
  /// @param changed names of the base's tensors
  /// @return name of the embedding → its head
  Map<String, TensorSource> tiedHeads(Set<String> changed) throws IOException {
    Map<String, TensorSource> heads = new LinkedHashMap<>();
    if (TiedEmbeddings.of(base.companions()).orElse(false)) {
      for (String name : changed) {
        Optional<StoredTensor> own =
            EMBEDDINGS.matcher(name).find() ? base.find(name) : Optional.empty();
        for (StoredTensor head : own.isPresent() ? base.tensors() : List.<StoredTensor>of()) {
          if (HEADS.matcher(head.name()).find()
              && head.info().shape().equals(own.orElseThrow().info().shape())) {
            heads.put(name, base.source(head));
          }
        }
      }
    }
    return heads;
  }

  /// What of a module's own tensors `target_parameters` names; empty for a layer.
  List<String> parameters(String module) {
    return parameters(adapter, module);
  }

  private static List<String> parameters(Adapter adapter, String module) {
    List<String> parameters = new ArrayList<>();
    for (String target : adapter.config().parameters()) {
      int dot = target.lastIndexOf('.');
      String owner = dot < 0 ? "" : target.substring(0, dot);
      if (AdapterConfig.isCalled(module, owner.isEmpty() ? EXPERTS : owner)) {
        parameters.add(target.substring(dot + 1));
      }
    }
    return parameters;
  }

  /// That the base lacks a module, and all others that it lacks.
  InputException missing(String first) {
    TreeSet<String> missing = new TreeSet<>();
    missing.add(first);
    for (LoraModule module : adapter.modules()) {
      if (parameters(module.name()).isEmpty() && layer(module).isEmpty()) {
        missing.add(module.name());
      }
    }
    adapter.wholes().keySet().stream()
        .filter(name -> find(name).or(() -> tiedTo(name)).isEmpty())
        .forEach(missing::add);
    int total = adapter.modules().size() + adapter.wholes().size();
    String named = String.join(", ", missing.stream().limit(SHOWN).toList());
    return new InputException(
            adapter.weights().location(),
            "%d of the adapter's %d modules are not in %s: %s%s"
                .formatted(
                    missing.size(),
                    total,
                    base.location(),
                    named,
                    missing.size() > SHOWN ? ", …" : ""))
        .withRemedy(remedy(missing));
  }

  private String remedy(Set<String> missing) {
    if (missing.stream().allMatch(name -> name.contains("lm_head"))) {
      return UNTIE;
    }
    if (adapter.wholes().keySet().containsAll(missing)) {
      return "the adapter brings modules of its own, such as a classifier, which this model lacks:"
          + " save the base with them first (AutoModelForSequenceClassification, say) and"
          + " name that";
    }
    if (missing.size() < adapter.modules().size()
        && missing.stream().noneMatch(name -> NUMBER.matcher(name).find())) {
      return RANDOM;
    }
    String trained = adapter.config().base().map(" (it was trained on %s)"::formatted).orElse("");
    return "name the model that it belongs to%s; its names may be of another version of transformers"
        .formatted(trained);
  }
}

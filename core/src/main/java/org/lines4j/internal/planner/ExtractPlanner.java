package org.lines4j.internal.planner;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.lines4j.AdapterPlan;
import org.lines4j.Edit;
import org.lines4j.Extract;
import org.lines4j.error.InputException;
import org.lines4j.error.Shown;
import org.lines4j.format.Checkpoint;
import org.lines4j.format.StoredTensor;
import org.lines4j.format.TensorSource;
import org.lines4j.internal.config.ConfigDifferences;
import org.lines4j.internal.config.ModelType;
import org.lines4j.internal.lora.AdapterText;
import org.lines4j.internal.lora.HeadedModel;
import org.lines4j.internal.lora.LayerKeys;
import org.lines4j.internal.lora.TuningRows;
import org.lines4j.internal.lora.UntiedModel;
import org.lines4j.internal.pairing.Adapters;
import org.lines4j.internal.pairing.TiedTensors;
import org.lines4j.internal.renamed.PeftQuirk;
import org.lines4j.internal.renamed.RunningNames;
import org.lines4j.internal.vocabulary.ModelVocabularies;
import org.lines4j.internal.work.PlannedTensor;
import org.lines4j.internal.work.Source;
import org.lines4j.internal.work.Work;
import org.lines4j.layers.LayerMap;
import org.lines4j.lowrank.DenseMatrix;
import org.lines4j.lowrank.Factors;
import org.lines4j.plan.PlanRunner;
import org.lines4j.plan.RunOptions;
import org.lines4j.quantised.Quantisation;
import org.lines4j.storage.Location;
import org.lines4j.tensor.TensorInfo;

/// Plans an adapter that says what a fine-tuning did: weights of layers by products, everything
/// else that changed by the modules that hold it.
public final class ExtractPlanner {
  private static final int SHOWN = 6;
  private static final String WEIGHT = ".weight";
  private static final String BIAS = ".bias";

  private final Checkpoint base;
  private final Checkpoint tuned;
  private final Extract extract;
  private final RunOptions options;
  private final List<String> notices;
  private final LayerMap layers;
  private final RunningNames names;
  private final List<PeftQuirk> quirks;
  private final LinearLayers linear;
  private final Set<String> wholes = new LinkedHashSet<>();

  /// By the names of the base's tensors.
  private final Map<String, StoredTensor> counterparts = new LinkedHashMap<>();

  private final Optional<HeadedModel> headed;

  /// Pairs the models as an edit would, with their places changed: an edit names tensors as the
  /// tuned model does, and an adapter names them as its base does.
  @SuppressWarnings("ArgumentSelectionDefectChecker")
  private ExtractPlanner(Extract extract, RunOptions options) throws IOException {
    List<String> quantised = Quantisation.refuse(List.of(extract.base(), extract.tuned()));
    this.headed = HeadedModel.like(extract.tuned(), extract.base());
    Checkpoint from = headed.isPresent() ? headed.get() : extract.base();
    EditModels models = EditModels.of(Edit.of(extract.tuned(), from));
    this.extract = extract;
    this.options = options;
    this.tuned = models.edit().base();
    this.base = UntiedModel.with(models.edit().tuned(), tuned);
    this.notices = models.notices();
    notices.addAll(0, quantised);
    notices.addAll(
        ConfigDifferences.between(base.companions(), List.of(extract.tuned().companions())));
    notices.addAll(GgufNotes.of(extract.base(), List.of(extract.tuned()), "compared"));
    notices.addAll(
        ModelVocabularies.unasked(
            List.of(extract.base(), extract.tuned()),
            "compared",
            "whoever uses the adapter needs the tuned model's tokenizer"));
    headed.ifPresent(
        model ->
            notices.add(
                "the adapter brings the head (%s), which %s lacks: load that as %s, for which transformers makes a head of random numbers, then the adapter"
                    .formatted(
                        String.join(", ", new TreeSet<>(model.heads().values())),
                        extract.base().location(),
                        Shown.of(model.architecture()))));
    this.layers = LayerSearch.detect(base.infos(), extract.layers());
    this.names = RunningNames.of(base);
    this.quirks = names.quirks();
    this.linear = new LinearLayers(base, names);
  }

  /// The plan of `extract` with its output at `out`.
  public static AdapterPlan plan(Extract extract, Location out, RunOptions options)
      throws IOException {
    ExtractPlanner planner = new ExtractPlanner(extract, options);
    planner.checkFit();
    AdapterOutput output =
        AdapterOutput.at(
            out, planner.base, List.of(extract.base(), extract.tuned()), extract.force());
    try {
      return planner.plan(output);
    } catch (IOException | RuntimeException e) {
      output.close();
      throw e;
    }
  }

  private void checkFit() throws IOException {
    TreeSet<String> wrong = new TreeSet<>();
    for (StoredTensor tensor : base.tensors()) {
      Optional<StoredTensor> other = counterpart(tensor);
      if (other.isEmpty()) {
        wrong.add(tensor.name() + " (only in the base)");
        continue;
      }
      counterparts.put(tensor.name(), other.get());
      if (!other.get().info().shape().equals(tensor.info().shape())) {
        wrong.add(
            "%s (%s and %s)"
                .formatted(tensor.name(), tensor.info().shape(), other.get().info().shape()));
      }
    }
    tuned.tensors().stream()
        .filter(tensor -> base.find(tensor.name()).isEmpty())
        .forEach(tensor -> wrong.add(tensor.name() + " (only in the tuned model)"));
    if (!wrong.isEmpty()) {
      Adapters.refuse(List.of(base, tuned));
      throw new InputException(
              extract.tuned().location(),
              "%d tensors do not fit %s: %s%s"
                  .formatted(
                      wrong.size(),
                      extract.base().location(),
                      String.join(", ", wrong.stream().limit(SHOWN).toList()),
                      wrong.size() > SHOWN ? ", …" : ""))
          .withRemedy(
              wrong.stream().anyMatch(name -> LinearLayers.isEmbedding(name.split(" ", 2)[0]))
                  ? "an adapter has no new rows; if tokens were added, save the base with its"
                      + " embeddings resized first"
                  : "an adapter has no new tensors; make a whole model");
    }
  }

  private AdapterPlan plan(AdapterOutput output) throws IOException {
    PlanRunner.local().fetch(List.of(base, tuned), options);
    List<StoredTensor> layered = new ArrayList<>();
    for (StoredTensor tensor : changed()) {
      if (isProduct(tensor.info())) {
        layered.add(tensor);
      } else {
        wholes.add(tensor.name());
      }
    }
    if (layered.isEmpty() && (!wholes.isEmpty() || headed.isPresent())) {
      addZeros(output);
    } else {
      addProducts(output, layered);
    }
    Set<String> replaced = replace(output);
    headed.ifPresent(
        model ->
            model.heads().forEach((name, module) -> output.addWhole(module, name, copy(name))));
    tellNames(layered, replaced);
    if (output.isEmpty()) {
      throw new InputException(
          extract.tuned().location(),
          "nothing changed since %s, so there is no adapter".formatted(extract.base().location()));
    }
    return output.plan(about());
  }

  /// The tuned model's, or what it has for another of the base's that is the same: the states of a
  /// running model hold a head that is its embedding once more.
  private Optional<StoredTensor> counterpart(StoredTensor tensor) throws IOException {
    Optional<StoredTensor> own = tuned.find(tensor.name());
    return own.isPresent() ? own : TiedTensors.twin(base, tensor, tuned);
  }

  private TensorSource other(String name) {
    return tuned.source(Objects.requireNonNull(counterparts.get(name)));
  }

  private List<StoredTensor> changed() throws IOException {
    List<StoredTensor> all = base.tensors();
    List<Boolean> differ =
        TensorPass.ask(
            "compare",
            infos(all),
            options,
            number -> {
              StoredTensor tensor = all.get(number);
              return TuningRows.differ(base.source(tensor), other(tensor.name()));
            });
    List<StoredTensor> changed = new ArrayList<>();
    for (int i = 0; i < all.size(); i++) {
      if (differ.get(i)) {
        changed.add(all.get(i));
        checkFloating(base.source(all.get(i)), other(all.get(i).name()));
      }
    }
    return changed;
  }

  private void addProducts(AdapterOutput output, List<StoredTensor> layered) throws IOException {
    NearestUpdate nearest =
        new NearestUpdate(extract.rank(), extract.base().location(), extract.tuned().location());
    TensorPass.ask(
            "find directions",
            infos(layered),
            options,
            number -> {
              StoredTensor tensor = layered.get(number);
              LayerKeys keys = linear.keys(tensor);
              Factors factors =
                  nearest.factors(base.source(tensor), other(tensor.name()), keys.isTurned());
              return output.keep(keys, layers.place(tensor.name()), factors);
            })
        .forEach(output::add);
  }

  private static List<TensorInfo> infos(List<StoredTensor> tensors) {
    return tensors.stream().map(StoredTensor::info).toList();
  }

  private void checkFloating(TensorSource own, TensorSource other) {
    if (!own.info().dtype().isFloating() || !other.info().dtype().isFloating()) {
      throw new InputException(
              extract.tuned().location(),
              "tensor %s is %s and differs from the base's; no adapter says that"
                  .formatted(own.info().name(), other.info().typeAndShape()))
          .withTensor(own.info().name());
    }
  }

  /// Whether its change is told by a product. Beside a head that is replaced, none is in the head:
  /// PEFT takes `pre_classifier` for `classifier`, too.
  private boolean isProduct(TensorInfo info) {
    return linear.takesProduct(info) && !(headed.isPresent() && RunningNames.isOfHead(info.name()));
  }

  /// PEFT loads no adapter without products: one of zeros.
  private void addZeros(AdapterOutput output) throws IOException {
    Optional<StoredTensor> any =
        base.tensors().stream()
            .filter(tensor -> isProduct(tensor.info()) && tensor.info().dtype().isFloating())
            .findFirst();
    if (any.isPresent()) {
      String name = any.get().name();
      LayerKeys keys = linear.keys(any.get());
      int inputs = Math.toIntExact(keys.inputs().elements());
      Factors zeros =
          new Factors(
              DenseMatrix.zeros(Math.toIntExact(keys.outputs()), 1),
              DenseMatrix.zeros(1, inputs),
              0,
              0);
      output.add(output.keep(keys, layers.place(name), zeros));
      notices.add(
          "no layer's matrix changed, and peft loads no adapter without a product: %s has one of zeros"
              .formatted(keys.module()));
    } else {
      notices.add(
          "the model has no layer's matrix that a product could change, and peft loads no adapter"
              + " without one; use it here, as MODEL+ADAPTER, or make a whole model");
    }
  }

  /// Adds what changed and is no product: biases of changed layers, and whole modules, which are
  /// given back.
  private Set<String> replace(AdapterOutput output) {
    Map<String, StoredTensor> running = new LinkedHashMap<>();
    base.tensors().forEach(tensor -> running.put(names.of(tensor.name()), tensor));
    TreeSet<String> modules = new TreeSet<>();
    for (String stored : wholes) {
      String name = names.of(stored);
      String module = linear.isOfAttention(parent(stored)) ? parent(parent(name)) : parent(name);
      if (output.changes(module) && name.endsWith(BIAS)) {
        output.addBias(module, copy(stored));
      } else if (isApart(module, running)) {
        modules.add(module);
      } else if (!names.ties().containsValue(stored)) {
        throw inseparable(stored);
      }
    }
    Set<String> replaced = new TreeSet<>();
    for (String module : modules) {
      if (modules.stream().noneMatch(outer -> module.startsWith(outer + "."))) {
        replaced.add(module);
        running.forEach(
            (name, tensor) -> {
              if (name.startsWith(module + ".")) {
                output.addWhole(module, name, copy(tensor.name()));
              }
            });
      }
    }
    output.addTied(names, wholes, this::copy);
    return replaced;
  }

  /// Says what is to be known of the names of what changed.
  ///
  /// @param replaced modules that are replaced whole
  private void tellNames(List<StoredTensor> layered, Set<String> replaced) throws IOException {
    if (!names.isKnown()) {
      notices.add(
          "%s has no config.json that says what the running model is (architectures): names are those of its files, which peft may not find, and a head that is the embedding is not replaced with it; name the model's folder, with its configuration"
              .formatted(extract.base().location()));
    } else if (names.areUnknown()) {
      notices.add(
          "transformers 5 calls some modules of models of this kind otherwise once they run, and"
              + " this adapter has the names of the files: there peft may not find all that it"
              + " changes, and may say nothing; use it here, as MODEL+ADAPTER, or with transformers"
              + " 4, or make a whole model");
    }
    List<String> changed =
        Stream.concat(layered.stream().map(StoredTensor::name), wholes.stream()).toList();
    tellClass(changed);
    for (PeftQuirk quirk : quirks) {
      changed.stream()
          .filter(quirk::concerns)
          .findFirst()
          .ifPresent(
              name -> notices.add(quirk.kind().note(lastPart(parent(names.of(name))), name)));
    }
    Set<String> modules = modules();
    Set<String> ends = ends(modules);
    Stream<String> dotted =
        changed.stream()
            .map(name -> parent(names.of(name)))
            .filter(ends::contains)
            .map("."::concat);
    Stream<String> bare =
        replaced.stream()
            .filter(
                module ->
                    modules.stream()
                        .anyMatch(other -> other.endsWith(module) && !replaced.contains(other)));
    Stream.concat(dotted, bare)
        .findFirst()
        .ifPresent(
            end ->
                notices.add(
                    "peft takes all modules whose names end in %s for that which this adapter changes, so it may refuse it; use it here, as MODEL+ADAPTER, or make a whole model"
                        .formatted(Shown.of(end))));
    changed.stream()
        .filter(names::isRenamed)
        .findFirst()
        .ifPresent(
            name ->
                notices.add(
                    "modules are named as transformers 5 has them once the model runs (%s, in the file %s): with transformers 4 peft may not find them, and may say nothing"
                        .formatted(Shown.of(names.of(name)), Shown.of(name))));
  }

  /// Says which class the adapter is for, where the tuned model is of one that calls modules
  /// otherwise: of an embedding model, such as a MistralModel, tuned from a MistralForCausalLM.
  private void tellClass(List<String> changed) throws IOException {
    List<String> own = ModelType.architectures(base.companions());
    List<String> theirs = ModelType.architectures(extract.tuned().companions());
    if (own.isEmpty() || theirs.isEmpty() || own.equals(theirs)) {
      return;
    }
    RunningNames other = RunningNames.of(extract.tuned());
    Set<String> known = new HashSet<>();
    extract.tuned().tensors().forEach(tensor -> known.add(other.of(tensor.name())));
    changed.stream()
        .map(names::of)
        .filter(name -> !known.contains(name))
        .findFirst()
        .ifPresent(
            name ->
                notices.add(
                    "the adapter is for a %s, as the base is: peft does not find %s in a %s; for an adapter of that, save the base as one first"
                        .formatted(
                            Shown.of(own.getFirst()),
                            Shown.of(parent(name)),
                            Shown.of(theirs.getFirst()))));
  }

  /// What the names of modules within others end in, behind any dot.
  private static Set<String> ends(Set<String> modules) {
    Set<String> ends = new HashSet<>();
    for (String module : modules) {
      for (int dot = module.indexOf('.'); dot >= 0; dot = module.indexOf('.', dot + 1)) {
        ends.add(module.substring(dot + 1));
      }
    }
    return ends;
  }

  /// All modules of the base, also those that hold others alone.
  private Set<String> modules() {
    Set<String> modules = new HashSet<>();
    for (StoredTensor tensor : base.tensors()) {
      String module = parent(names.of(tensor.name()));
      while (!module.isEmpty() && modules.add(module)) {
        module = parent(module);
      }
    }
    return modules;
  }

  private static String lastPart(String module) {
    return module.substring(module.lastIndexOf('.') + 1);
  }

  private static String parent(String name) {
    int dot = name.lastIndexOf('.');
    return dot < 0 ? "" : name.substring(0, dot);
  }

  /// A module is replaced as a whole, so no layers may be in it.
  private boolean isApart(String module, Map<String, StoredTensor> running) {
    return !module.isEmpty()
        && running.entrySet().stream()
            .noneMatch(
                tensor ->
                    tensor.getKey().startsWith(module + ".")
                        && linear.isLayer(tensor.getValue().info())
                        && !tensor.getKey().equals(module + WEIGHT));
  }

  private InputException inseparable(String name) {
    return new InputException(
            extract.tuned().location(),
            "tensor %s changed, and is a bare parameter of a module with layers in it, which an adapter cannot replace alone"
                .formatted(name))
        .withTensor(name)
        .withRemedy("keep the model whole, or give it the base's tensor first");
  }

  private PlannedTensor copy(String name) {
    TensorSource source = other(name);
    TensorInfo info = new TensorInfo(name, source.keptAs(), source.info().shape());
    Work copy = new Work.Copy(new Source(tuned, source));
    return new PlannedTensor(info, layers.place(name), OptionalDouble.empty(), copy);
  }

  private AdapterOutput.About about() throws IOException {
    Map<String, Checkpoint> inputs = new LinkedHashMap<>();
    inputs.put("base", extract.base());
    inputs.put("tuned", extract.tuned());
    return new AdapterOutput.About(
        inputs,
        layers.stacks(),
        Map.of("output", "adapter", "rank", extract.rank().toString()),
        new ArrayList<>(notices),
        Optional.of(extract.base().location().text()),
        headed.isPresent() ? headed.get().peftTask() : AdapterText.taskOfModel(extract.base()),
        extract.force(),
        "the strongest singular directions of what fine-tuning changed, ΔW ≈ B·A.");
  }
}

package org.lines4j.internal.planner;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.lines4j.Merge;
import org.lines4j.error.Counted;
import org.lines4j.error.InputException;
import org.lines4j.error.MethodException;
import org.lines4j.error.OnMismatch;
import org.lines4j.error.RequestException;
import org.lines4j.format.Checkpoint;
import org.lines4j.format.Encoding;
import org.lines4j.format.OutputFormat;
import org.lines4j.format.StoredTensor;
import org.lines4j.internal.companions.WeightNames;
import org.lines4j.internal.output.Destination;
import org.lines4j.internal.pairing.Adapters;
import org.lines4j.internal.pairing.Misfits;
import org.lines4j.internal.pairing.TiedTensors;
import org.lines4j.internal.work.Lineage;
import org.lines4j.internal.work.OutputShard;
import org.lines4j.internal.work.PlannedRun;
import org.lines4j.internal.work.PlannedTensor;
import org.lines4j.internal.work.ResolvedTensors;
import org.lines4j.internal.work.ResolvedTensors.MergeTensor;
import org.lines4j.internal.work.SidecarChanges;
import org.lines4j.internal.work.Source;
import org.lines4j.internal.work.Survey;
import org.lines4j.internal.work.Survey.AutoAlpha;
import org.lines4j.internal.work.Work;
import org.lines4j.layers.LayerMap;
import org.lines4j.layers.LayerScaling;
import org.lines4j.layers.Place;
import org.lines4j.merge.Lines;
import org.lines4j.merge.Stage;
import org.lines4j.method.MethodType.Settings;
import org.lines4j.method.TensorMerge;
import org.lines4j.plan.PlannedPass;
import org.lines4j.storage.Location;
import org.lines4j.tensor.DType;
import org.lines4j.tensor.TensorInfo;

/// Plans a merge: checks the recipe against the models, finds the layers, decides each tensor's
/// arithmetic and what must be measured first.
public final class MergePlanner {
  /// The method whose `t` goes from one model to another.
  private static final String INTERPOLATION = "slerp";

  /// Which share of the elements `sce` keeps.
  private static final String SHARE_KEPT = "select_topk";

  private final Merge merge;
  private final ResolvedTensors recipe;
  private final List<String> notices = new ArrayList<>();
  private final Set<String> misfits = new HashSet<>();
  private final Set<Double> unusedLambdas = new TreeSet<>();

  private MergePlanner(Merge merge) {
    this.merge = merge;
    this.recipe = ResolvedTensors.of(merge.recipe());
    notices.addAll(recipe.notices());
  }

  /// The plan of `merge` with its output at `out`.
  public static PlannedRun plan(Merge merge, Location out) throws IOException {
    if (ResolvedTensors.of(merge.recipe()).tensors().isEmpty()) {
      throw new InputException("the recipe's models have no tensors to merge");
    }
    MergePlanner planner = new MergePlanner(merge);
    Destination destination = Destination.of(out);
    destination.check(List.copyOf(planner.inputs().values()), merge.force());
    planner.answerMisfits();
    planner.checkSomeAreMerged();
    return planner.plan(destination, true);
  }

  /// What is done with each tensor, for an output of another kind: it is not looked at whether a
  /// whole model may go to `out` and has room there.
  static PlannedRun unplaced(Merge merge, Location out) throws IOException {
    MergePlanner planner = new MergePlanner(merge);
    planner.answerMisfits();
    planner.checkSomeAreMerged();
    return planner.plan(Destination.of(out), false);
  }

  private void answerMisfits() throws IOException {
    MergeChecks.check(recipe)
        .forEach(
            (name, why) -> {
              misfits.add(name);
              notices.add(
                  "%s: %s; the output is as %s"
                      .formatted(
                          name,
                          why,
                          recipe.mismatch() == OnMismatch.BASE ? "base" : "the first tuned"));
            });
  }

  private void checkSomeAreMerged() {
    List<MergeTensor> tensors = recipe.tensors();
    if (tensors.stream().allMatch(t -> isCopied(t) || !first(t).dtype().isFloating())) {
      Adapters.refuse(inputs().values());
      int copied = (int) tensors.stream().filter(this::isCopied).count();
      throw Misfits.nothingLeft(recipe.name(), copied, tensors.size(), "");
    }
  }

  private PlannedRun plan(Destination destination, boolean isPlaced) throws IOException {
    LayerMap layers = findLayers();
    Map<String, String> twins = TiedTensors.twins(recipe.tensors(), layers);
    List<PlannedTensor> tensors = new ArrayList<>();
    Checkpoint like = like();
    Checkpoint described = recipe.sidecarsFrom().orElse(like);
    OutputFormat format = destination.format().like(described);
    StoredForm form = new StoredForm(format, recipe.outType());
    for (MergeTensor tensor : recipe.tensors()) {
      String first = twins.getOrDefault(tensor.name(), tensor.name());
      tensors.add(planned(tensor, first, layers.place(first), form));
    }
    notices.addAll(form.notices());
    beyondModels().ifPresent(notices::add);
    withoutPart().or(() -> EditNotes.withoutUpdate(tensors)).ifPresent(notices::add);
    if (!unusedLambdas.isEmpty()) {
      notices.add("lambda " + unusedLambdas + " has no effect: lines: gives λ instead");
    }
    Optional<Checkpoint> sidecars = destination.isFile() ? Optional.empty() : recipe.sidecarsFrom();
    WeightNames names = WeightNames.of(sidecars);
    boolean isOne =
        destination.isFile()
            || !names.canBeSharded()
            || (names.mayNeedOne() && like.shards().size() == 1);
    OptionalLong shardSize = isOne ? merge.shardSize() : shardSize(tensors, like);
    List<OutputShard> shards =
        OutputLayout.of(tensors, like, names, destination, format, shardSize);
    SidecarChanges changes =
        OutputFolder.describing(recipe.sidecarChanges(), tensors, sidecars, like);
    if (isPlaced) {
      OutputFolder.checkSpace(destination, shards, sidecars, changes, notices);
      if (!destination.isFile()) {
        notices.addAll(recipe.folderNotices());
      }
      noteNarrowed(tensors);
      notices.addAll(Remarks.of(inputs().values(), described, destination, format));
      notices.addAll(Remarks.unread(inputs().values()));
      if (inputs().size() > 1) {
        Adapters.inside(inputs().values()).ifPresent(notices::add);
      }
      notices.addAll(GgufNotes.of(described, inputs().values(), "merged"));
    }
    return new PlannedRun(
        destination.location(),
        shards,
        tensors,
        layers.stacks(),
        inputs(),
        settings(),
        notices,
        sidecars,
        changes,
        merge.force(),
        description(),
        survey(tensors),
        lineage());
  }

  private Lineage lineage() {
    Map<String, PlannedRun> stages = new LinkedHashMap<>();
    recipe
        .made()
        .forEach(
            (name, made) -> {
              if (recipe.inputs().keySet().stream().anyMatch(model -> Stage.isMeant(name, model))) {
                stages.put(name, PlannedRun.of(made.plan()));
              }
            });
    return new Lineage(stages, merge.isStage());
  }

  /// Types of a model that the output's do not hold, where the recipe does not say that it shall
  /// not.
  private void noteNarrowed(List<PlannedTensor> tensors) {
    if (recipe.outType().isPresent()) {
      return;
    }
    Map<String, Long> narrowed = new TreeMap<>();
    String owner = recipe.tensors().getFirst().base().isPresent() ? "the base" : "the first model";
    for (PlannedTensor tensor : tensors.stream().filter(PlannedTensor::isPlain).toList()) {
      DType type = tensor.info().dtype();
      tensor.work().sources().stream()
          .filter(source -> source.tensor().encoding() instanceof Encoding.Plain)
          .map(source -> source.tensor().keptAs()) // rows that are matched are read as float32
          .filter(own -> own.isFloating() && own.bytes() > type.bytes())
          .max(Comparator.comparingInt(DType::bytes))
          .ifPresent(
              wide ->
                  narrowed.merge(
                      "%s in the output, as in %s, and %s in another model; out_dtype: %3$s keeps that"
                          .formatted(type.torchName(), owner, wide.torchName()),
                      1L,
                      Long::sum));
    }
    narrowed.forEach((types, count) -> notices.add(Counted.are(count, "tensor") + " " + types));
  }

  /// In words, that an interpolation goes past one of its ends.
  private Optional<String> beyondModels() {
    if (!recipe.method().name().equals(INTERPOLATION)) {
      return Optional.empty();
    }
    List<Double> outside =
        recipe.tensors().stream()
            .map(tensor -> tensor.parameters().get("t"))
            .flatMap(t -> t instanceof Double number ? Stream.of(number) : Stream.empty())
            .filter(t -> t < 0 || t > 1)
            .distinct()
            .sorted()
            .toList();
    return outside.isEmpty()
        ? Optional.empty()
        : Optional.of(
            "t is %s, where 0 is the base and 1 the other model: the output lies beyond them"
                .formatted(
                    outside.size() == 1
                        ? outside.getFirst()
                        : "between %s and %s in places"
                            .formatted(outside.getFirst(), outside.getLast())));
  }

  /// In words, that no model counts for anything.
  private Optional<String> withoutPart() {
    List<Map<String, Object>> parts =
        recipe.tensors().stream()
            .filter(tensor -> !isCopied(tensor) && first(tensor).dtype().isFloating())
            .flatMap(tensor -> tensor.modelParameters().stream())
            .toList();
    List<Map<String, Object>> globals =
        recipe.tensors().stream()
            .filter(tensor -> !isCopied(tensor) && first(tensor).dtype().isFloating())
            .map(MergeTensor::parameters)
            .toList();
    return Stream.of("weight", "density", SHARE_KEPT)
        .filter(_ -> !parts.isEmpty())
        .filter(
            key ->
                (key.equals(SHARE_KEPT) ? globals : parts)
                    .stream().allMatch(part -> Double.valueOf(0).equals(part.get(key))))
        .map(key -> "every %s is 0, so nothing of the models is in the output".formatted(key))
        .findFirst();
  }

  private LayerMap findLayers() {
    List<TensorInfo> infos = new ArrayList<>();
    for (MergeTensor tensor : recipe.tensors()) {
      TensorInfo info = first(tensor).info();
      infos.add(info.withName(tensor.name()));
    }
    if (recipe.lines().isEmpty()) {
      return LayerSearch.detect(infos, merge.layers());
    }
    Lines lines = recipe.lines().get();
    LayerScaling scaling = lines.scaling(lines.alpha().orElse(0.0));
    return LayerSearch.find(
        infos, merge.layers(), scaling, like().location(), merge.stackless(), notices);
  }

  /// @param drawnAs the name that random methods draw by: a tied tensor's is its twin's
  private PlannedTensor planned(MergeTensor tensor, String drawnAs, Place place, StoredForm form) {
    String name = tensor.name();
    Source first = first(tensor);
    if (!first.dtype().isFloating() || isCopied(tensor)) {
      return form.planned(name, first, place, OptionalDouble.empty(), new Work.Copy(first));
    }
    TensorMerge arithmetic = arithmetic(tensor, drawnAs);
    Work.Merge work =
        new Work.Merge(
            tensor.name(), tensor.base(), tensor.models(), arithmetic, recipe.computeType());
    if (arithmetic.isOnlyModel() && work.isTakenAsStored(tensor.models().getFirst())) {
      Work copy = new Work.Copy(tensor.models().getFirst());
      return form.planned(name, first, place, OptionalDouble.empty(), copy);
    }
    OptionalDouble lambda = lambda(tensor, arithmetic, place);
    return form.planned(
        name,
        first,
        place,
        lambda,
        lambda.isPresent() ? scaled(tensor, work, lambda.getAsDouble()) : work);
  }

  /// With `lines`, a single model's update is scaled as [org.lines4j.Edit] does, to the bit.
  private Work scaled(MergeTensor tensor, Work.Merge work, double lambda) {
    float factor = (float) lambda;
    if (!Float.isFinite(factor)) {
      throw RequestException.expected(recipe.name(), tensor.name() + ": λ", "finite", lambda)
          .withTensor(tensor.name());
    }
    if (recipe.lines().isPresent()) {
      return work.scaledBy(factor);
    }
    return factor == 0 ? work.withoutUpdate() : work;
  }

  private boolean isCopied(MergeTensor tensor) {
    return tensor.isKept() || misfits.contains(tensor.name());
  }

  private TensorMerge arithmetic(MergeTensor tensor, String drawnAs) {
    Settings settings =
        new Settings(
            drawnAs,
            first(tensor).info().shape(),
            merge.seed(),
            tensor.parameters(),
            tensor.modelParameters());
    try {
      settings.check(recipe.method().parameters());
      return recipe.method().create(settings);
    } catch (IllegalArgumentException e) {
      throw new RequestException(
              recipe.name(),
              "%s: tensor %s: %s".formatted(recipe.method().name(), tensor.name(), e.getMessage()))
          .withTensor(tensor.name());
    } catch (RuntimeException | Error e) {
      throw MethodException.of(recipe.method().getClass(), tensor.name(), e);
    }
  }

  /// Empty where the merged tensor is the result as it is, or α is yet to be measured.
  private OptionalDouble lambda(MergeTensor tensor, TensorMerge arithmetic, Place place) {
    if (recipe.lines().isPresent()) {
      if (tensor.parameters().getOrDefault("lambda", 1.0) instanceof Double given && given != 1) {
        unusedLambdas.add(given);
      }
      Lines lines = recipe.lines().get();
      return lines.alpha().isEmpty()
          ? OptionalDouble.empty()
          : OptionalDouble.of(lines.scaling(lines.alpha().get()).lambda(place));
    }
    if (!arithmetic.givesTaskVector()) {
      return OptionalDouble.empty();
    }
    return tensor.parameters().get("lambda") instanceof Double lambda
        ? OptionalDouble.of(lambda)
        : OptionalDouble.of(1);
  }

  /// The base's tensor, or the first model's where there is no base or it is the one to keep.
  private Source first(MergeTensor tensor) {
    return misfits.contains(tensor.name()) && recipe.mismatch() == OnMismatch.TUNED
        ? tensor.models().getFirst()
        : tensor.sources().findFirst().orElseThrow();
  }

  private Checkpoint like() {
    return first(recipe.tensors().getFirst()).checkpoint();
  }

  /// Where the output has other tensors than the model whose files it follows, its files are as
  /// large as that model's largest.
  private OptionalLong shardSize(List<PlannedTensor> tensors, Checkpoint like) {
    boolean same = tensors.stream().allMatch(tensor -> like.find(tensor.name()).isPresent());
    if (merge.shardSize().isPresent() || same) {
      return merge.shardSize();
    }
    return like.shards().stream()
        .mapToLong(shard -> shard.tensors().stream().mapToLong(StoredTensor::byteSize).sum())
        .max();
  }

  /// The base first, then the models in the order of the recipe, then those that give no tensor.
  private Map<String, Checkpoint> inputs() {
    Set<Checkpoint> bases = new LinkedHashSet<>();
    Set<Checkpoint> models = new LinkedHashSet<>();
    for (MergeTensor tensor : recipe.tensors()) {
      tensor.base().ifPresent(source -> bases.add(source.checkpoint()));
      tensor.models().forEach(source -> models.add(source.checkpoint()));
    }
    models.removeAll(bases);
    Map<String, Checkpoint> inputs = new LinkedHashMap<>();
    bases.forEach(
        base -> inputs.put(inputs.isEmpty() ? "base" : "base " + (inputs.size() + 1), base));
    int number = 1;
    for (Checkpoint model : models) {
      inputs.put("model " + number++, model);
    }
    recipe
        .inputs()
        .forEach(
            (name, model) -> {
              if (!inputs.containsValue(model)) {
                inputs.put(name, model); // only its configuration and tokenizer go along
              }
            });
    return inputs;
  }

  private Map<String, String> settings() {
    Map<String, String> settings = new LinkedHashMap<>(recipe.settings());
    settings.putIfAbsent("merge_method", recipe.method().name());
    if (recipe.mismatch() != OnMismatch.REFUSE) {
      settings.put("on mismatch", recipe.mismatch().name().toLowerCase(Locale.ROOT));
    }
    settings.put("seed", String.valueOf(merge.seed()));
    return settings;
  }

  private String description() {
    String scaled =
        recipe.lines().isPresent() ? " The update is scaled with depth, θ = θ0 + λ(ℓ)·τ." : "";
    return "%d models merged by %s, %s (%s).%s"
        .formatted(
            recipe.modelCount(),
            recipe.method().name(),
            recipe.method().equation(),
            recipe.method().citation(),
            scaled);
  }

  private Optional<Survey> survey(List<PlannedTensor> tensors) {
    List<Work.Merge> merges = new ArrayList<>();
    List<Work.Merge> wholeModels = new ArrayList<>();
    List<Work.Merge> measured = new ArrayList<>();
    Map<Object, String> questions = new LinkedHashMap<>();
    int models = 0;
    for (PlannedTensor tensor : tensors) {
      if (tensor.work() instanceof Work.Merge work) {
        merges.add(work);
        if (work.merge() instanceof TensorMerge.WholeModel model) {
          wholeModels.add(work);
          models = model.densities().size();
          questions.putIfAbsent(model.densities(), tensor.name());
        } else if (work.merge() instanceof TensorMerge.MeasuredModel model) {
          measured.add(work);
          questions.putIfAbsent(model.measure(), tensor.name());
        }
      }
    }
    if (questions.size() > 1) {
      throw new RequestException(
          recipe.name(),
          "%s: what is measured over whole models asks for the same models and parameters for all"
                  .formatted(recipe.method().name())
              + " tensors, found "
              + questions.entrySet().stream()
                  .limit(2)
                  .map(entry -> "%s for %s".formatted(entry.getKey(), entry.getValue()))
                  .collect(Collectors.joining(", ")));
    }
    List<PlannedPass> passes = new ArrayList<>();
    if (!wholeModels.isEmpty()) {
      PlannedPass all = pass(PlannedPass.Kind.MAGNITUDES, wholeModels, (1L << 20) * models);
      sample(wholeModels, all).ifPresent(passes::add);
      passes.add(all);
    }
    if (!measured.isEmpty()) {
      passes.add(scans(measured));
    }
    Optional<AutoAlpha> auto =
        recipe
            .lines()
            .filter(lines -> lines.alpha().isEmpty() && !merges.isEmpty())
            .map(lines -> new AutoAlpha(lines::scaling, recipe.modelCount()));
    if (auto.isPresent()) {
      PlannedPass norms = pass(PlannedPass.Kind.NORMS, merges, 0);
      if (tensors.stream().anyMatch(PlannedTensor::isToBeMeasured)) {
        long scans = tensors.stream().mapToLong(PlannedTensor::bytesToMeasure).sum();
        passes.add(new PlannedPass(PlannedPass.Kind.TENSORS, scans, norms.memory()));
      }
      passes.add(norms);
    }
    return passes.isEmpty() ? Optional.empty() : Optional.of(Survey.of(passes, auto));
  }

  private static PlannedPass scans(List<Work.Merge> measured) {
    PlannedPass once =
        pass(PlannedPass.Kind.MODELS, measured, (1L << 20) * measured.getFirst().models().size());
    int scans =
        measured.getFirst().merge() instanceof TensorMerge.MeasuredModel merge
            ? merge.measure().scans()
            : 0;
    return new PlannedPass(once.kind(), scans * once.bytesToRead(), once.memory());
  }

  private static Optional<PlannedPass> sample(List<Work.Merge> merges, PlannedPass all) {
    long elements = merges.stream().mapToLong(Work.Merge::elements).sum();
    long sampled = Survey.sampleRuns(elements) * Survey.SAMPLE_RUN;
    return sampled == 0
        ? Optional.empty()
        : Optional.of(
            new PlannedPass(
                PlannedPass.Kind.SAMPLE, all.bytesToRead() / elements * sampled, all.memory()));
  }

  private static PlannedPass pass(PlannedPass.Kind kind, List<Work.Merge> merges, long partial) {
    long bytes = 0;
    long memory = 0;
    for (Work.Merge work : merges) {
      bytes += work.sources().stream().mapToLong(Source::byteSize).sum();
      memory = Math.max(memory, work.memory());
    }
    return new PlannedPass(kind, bytes, memory + partial);
  }
}

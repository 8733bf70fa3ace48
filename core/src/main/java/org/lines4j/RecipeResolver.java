package org.lines4j;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.lines4j.error.Counted;
import org.lines4j.error.OnMismatch;
import org.lines4j.error.RequestException;
import org.lines4j.format.Checkpoint;
import org.lines4j.format.Companions;
import org.lines4j.internal.companions.LackingFiles;
import org.lines4j.internal.config.ConfigDifferences;
import org.lines4j.internal.config.TextEnds;
import org.lines4j.internal.foreign.WeightPart;
import org.lines4j.internal.pairing.SliceTensor;
import org.lines4j.internal.resolve.FilterNotices;
import org.lines4j.internal.resolve.Fit;
import org.lines4j.internal.resolve.NamedModels;
import org.lines4j.internal.resolve.OutputTensors;
import org.lines4j.internal.resolve.OwnParts;
import org.lines4j.internal.resolve.ParameterValues;
import org.lines4j.internal.resolve.RecipeCheck;
import org.lines4j.internal.resolve.RecipeText;
import org.lines4j.internal.resolve.SliceFit;
import org.lines4j.internal.resolve.StackedLayers;
import org.lines4j.internal.resolve.TiedNames;
import org.lines4j.internal.vocabulary.ChatTemplates;
import org.lines4j.internal.vocabulary.ModelVocabularies;
import org.lines4j.internal.vocabulary.TokenizerFiles;
import org.lines4j.internal.vocabulary.VocabularyMerge;
import org.lines4j.internal.work.ResolvedTensors;
import org.lines4j.internal.work.ResolvedTensors.MergeTensor;
import org.lines4j.internal.work.SidecarChanges;
import org.lines4j.internal.work.Source;
import org.lines4j.layers.LayerOptions;
import org.lines4j.layers.Rename;
import org.lines4j.merge.MadeModel;
import org.lines4j.merge.ModelSet;
import org.lines4j.merge.Recipe;
import org.lines4j.merge.Recipe.ModelUse;
import org.lines4j.merge.Recipe.Slice;
import org.lines4j.merge.ResolvedMerge;
import org.lines4j.method.MethodType;
import org.lines4j.method.MethodType.BaseUse;
import org.lines4j.method.Parameter;
import org.lines4j.quantised.Quantisation;
import org.lines4j.storage.Location;

/// From what a recipe says to what is done with each tensor.
///
/// ```java
/// RecipeResolver resolver = RecipeResolver.of(recipe, methods);
/// try (ModelSet models = resolver.open(folder)) {
///   ResolvedMerge merge = resolver.resolve(models, LayerOptions.defaults());
/// }
/// ```
public final class RecipeResolver {
  private final Recipe recipe;
  private final MethodType method;

  private RecipeResolver(Recipe recipe, MethodType method) {
    this.recipe = recipe;
    this.method = method;
  }

  /// Checks all of a recipe that can be checked without the models.
  ///
  /// @param methods those that there are
  /// @throws RequestException if the recipe names a method or parameter that does not exist, gives
  ///   a value of the wrong kind, or asks for what the method does not do
  public static RecipeResolver of(Recipe recipe, Collection<? extends MethodType> methods) {
    MethodType method = RecipeCheck.check(recipe, methods);
    method.prepare();
    return new RecipeResolver(recipe, method);
  }

  /// The models to open, by the recipe's names for them, the base first.
  public Set<String> modelNames() {
    return recipe.models();
  }

  /// Opens [#modelNames()]: adapters that are named alone as the models that they make of the
  /// recipe's base.
  ///
  /// @param folder what relative names start from: the recipe's
  /// @throws org.lines4j.error.InputException if a model is missing or malformed, or an adapter
  ///   does not fit
  public ModelSet open(Location folder) throws IOException {
    return open(folder, Map.of());
  }

  /// The same, where earlier stages have made some of the models.
  ///
  /// @param made by their stages' names
  public ModelSet open(Location folder, Map<String, MadeModel> made) throws IOException {
    Optional<String> base =
        recipe
            .baseModel()
            .or(() -> recipe.slices().stream().flatMap(s -> s.baseModel().stream()).findFirst());
    return ModelSet.open(modelNames(), base, folder, made);
  }

  /// Resolves, and refuses misfits.
  public ResolvedMerge resolve(ModelSet models, LayerOptions layers) throws IOException {
    return resolve(models, layers, OnMismatch.REFUSE);
  }

  /// Finds every tensor of the output, what goes into it, and with which parameters.
  ///
  /// @param models opened, at least [#modelNames()]; they must stay open until the merge is done
  /// @param layers how layers are found
  /// @param mismatch what becomes of tensors that do not fit together
  /// @throws org.lines4j.error.InputException if a model is quantised, or the models do not fit
  ///   together; it lists all that does not
  /// @throws RequestException if the recipe does not fit the models, or lacks a parameter
  public ResolvedMerge resolve(ModelSet models, LayerOptions layers, OnMismatch mismatch)
      throws IOException {
    return resolve(models, layers, mismatch, List.of());
  }

  /// Resolves, with tensors called otherwise.
  ///
  /// @param renames what tensors of the other models are called in the one whose files go along
  public ResolvedMerge resolve(
      ModelSet opened, LayerOptions layers, OnMismatch mismatch, List<Rename> renames)
      throws IOException {
    if (!recipe.mergesWholeModels() || recipe.hasGradients()) {
      mergedModels(opened).forEach(model -> WeightPart.checkIsWhole(model.location()));
    }
    List<String> notices = new ArrayList<>(Quantisation.refuse(mergedModels(opened)));
    Checkpoint named = described(opened, mismatch);
    NamedModels same =
        NamedModels.of(opened, new LinkedHashSet<>(mergedModels(opened)), named, renames);
    notices.addAll(same.notices());
    ModelSet models = same.models();
    Checkpoint target = described(models, mismatch);
    OutputTensors finder = new OutputTensors(recipe, models, layers);
    List<Slice> slices = recipe.slices().stream().map(slice -> withBase(slice, models)).toList();
    List<Checkpoint> references = slices.stream().map(slice -> reference(slice, models)).toList();
    List<SliceTensor> found =
        recipe.mergesWholeModels()
            ? finder.whole(slices.getFirst(), references.getFirst())
            : finder.sliced(slices, references);
    Optional<VocabularyMerge> vocabulary = vocabulary(models);
    OwnParts parts = OwnParts.of(found, target, models);
    notices.addAll(parts.notices());
    List<SliceTensor> tensors =
        vocabulary.isPresent() ? vocabulary.get().apply(parts.rest()) : parts.rest();
    if (mismatch == OnMismatch.REFUSE) {
      Fit.check(recipe, tensors, models);
    }
    SliceFit fit = SliceFit.of(recipe, models, finder, references);
    notices.addAll(fit.check(mismatch));
    Optional<Checkpoint> folder = sidecarFolder(models, mismatch);
    List<MergeTensor> merged = mergeTensors(tensors, models, mismatch, notices);
    if (!recipe.mergesWholeModels()) {
      merged.addAll(otherStacks(finder, references.getFirst(), notices));
    }
    merged.addAll(
        parts.kept().entrySet().stream()
            .map(kept -> MergeTensor.kept(kept.getKey(), kept.getValue()))
            .toList());
    notices.addAll(withoutEffect(merged));
    notices.addAll(RecipeCheck.bygone(recipe));
    notices.addAll(RecipeCheck.falling(recipe));
    notices.addAll(ofBase(models));
    notices.addAll(repeated());
    notices.addAll(
        vocabulary.isPresent() ? vocabulary.get().notices() : vocabularyNotices(models, folder));
    SidecarChanges changes = sidecarChanges(finder, slices, models, folder, vocabulary);
    return new ResolvedTensors(
        recipe.name(),
        method,
        merged,
        modelCount(slices, models),
        recipe.lines(),
        recipe.dtype(),
        recipe.outDtype().or(recipe::dtype),
        folder,
        same.isUntied() && folder.isPresent() ? changes.untied() : changes,
        models.distinct(),
        models.made(),
        RecipeText.settings(recipe),
        mismatch,
        notices,
        folder.isPresent() ? folderNotices(folder.get(), models, vocabulary) : List.of());
  }

  /// What lies in stacks that are not sliced: the first slice's.
  private static List<MergeTensor> otherStacks(
      OutputTensors finder, Checkpoint reference, List<String> notices) {
    Map<String, Source> others = finder.otherStacks(reference);
    if (!others.isEmpty()) {
      notices.add(
          "the slices are of %s; what is of other stacks (%s) is as in %s"
              .formatted(
                  finder.stack(reference).name(),
                  Counted.of(others.size(), "tensor"),
                  reference.location()));
    }
    return others.entrySet().stream()
        .map(other -> MergeTensor.kept(other.getKey(), other.getValue()))
        .toList();
  }

  /// In words, the parameters that the recipe gives and that count for no tensor.
  private List<String> withoutEffect(List<MergeTensor> tensors) {
    List<String> notices = new ArrayList<>();
    for (Parameter parameter : method.parameters()) {
      parameter
          .condition()
          .filter(_ -> recipe.gives(parameter.name()))
          .filter(
              condition ->
                  tensors.stream()
                      .noneMatch(
                          tensor ->
                              condition
                                  .value()
                                  .equals(tensor.parameters().get(condition.parameter()))))
          .ifPresent(
              condition ->
                  notices.add(
                      "%s has no effect: it counts only where %s"
                          .formatted(parameter.name(), condition)));
    }
    return notices;
  }

  /// In words, the parameters that the recipe gives for a base that is not merged itself.
  private List<String> ofBase(ModelSet models) {
    return recipe.slices().stream()
        .flatMap(
            slice ->
                IntStream.range(0, slice.sources().size())
                    .filter(isBase(slice, models))
                    .filter(_ -> !method.mergesListedBase())
                    .mapToObj(i -> slice.sources().get(i)))
        .filter(use -> !use.parameters().isEmpty())
        .map(
            use ->
                "%s: the parameters of %s have no effect: it is the base, which updates start from"
                    .formatted(recipe.at(use.line()), use.model()))
        .distinct()
        .toList();
  }

  /// In words, the models that a slice has more than once, as a slip of the hand makes it.
  private List<String> repeated() {
    List<String> notices = new ArrayList<>();
    for (Slice slice : recipe.slices()) {
      Set<List<Object>> seen = new HashSet<>();
      slice.sources().stream()
          .filter(use -> !seen.add(List.of(use.model(), use.layers())))
          .map(use -> "%s: %s is given again".formatted(recipe.at(use.line()), use.model()))
          .forEach(notices::add);
    }
    return notices;
  }

  private List<String> vocabularyNotices(ModelSet models, Optional<Checkpoint> folder)
      throws IOException {
    List<String> notices =
        new ArrayList<>(
            ModelVocabularies.unasked(
                mergedModels(models), "merged", "tokenizer_source would match them"));
    if (folder.isEmpty() && recipe.chatTemplate().isPresent()) {
      notices.add("no model is a folder, so chat_template has no effect");
    }
    return notices;
  }

  /// What the files that go along do not say of all models.
  private List<String> folderNotices(
      Checkpoint folder, ModelSet models, Optional<VocabularyMerge> vocabulary) throws IOException {
    List<String> notices = new ArrayList<>();
    if (recipe.tokenizer().isEmpty()) {
      ModelVocabularies.lacking(folder.companions(), models.distinct()).ifPresent(notices::add);
    }
    Companions tokenizer = vocabulary.map(VocabularyMerge::folder).orElse(folder.companions());
    notices.addAll(ModelVocabularies.cuttingOtherwise(tokenizer, models.distinct().values()));
    if (recipe.chatTemplate().isEmpty()) {
      notices.addAll(ChatTemplates.differing(tokenizer, models.distinct().values()));
    }
    notices.addAll(
        TextEnds.differing(
            folder,
            mergedModels(models),
            (model, number) ->
                vocabulary.map(own -> own.token(model, number)).orElse(String.valueOf(number))));
    notices.addAll(LackingFiles.lacking(folder.companions(), models.distinct().values()));
    List<Companions> folders = mergedModels(models).stream().map(Checkpoint::companions).toList();
    notices.addAll(ConfigDifferences.between(folder.companions(), folders));
    notices.addAll(ConfigDifferences.limits(folder.companions(), folders));
    return notices;
  }

  private List<Checkpoint> mergedModels(ModelSet models) {
    return recipe.mergedModels().stream().map(models::get).distinct().toList();
  }

  private Optional<VocabularyMerge> vocabulary(ModelSet models) throws IOException {
    return recipe.tokenizer().isEmpty()
        ? Optional.empty()
        : Optional.of(
            new VocabularyMerge(recipe, recipe.tokenizer().get(), models, recipe.mergedModels()));
  }

  /// As mergekit does, whole models are joined by the base where it is not among them.
  private Slice withBase(Slice slice, ModelSet models) {
    Optional<String> base = baseName(slice);
    if (base.isEmpty() || lists(slice, models.get(base.get()), models)) {
      return slice;
    }
    if (recipe.mergesWholeModels()) {
      List<ModelUse> sources = new ArrayList<>(slice.sources());
      sources.add(ModelUse.of(base.get(), Map.of()));
      return new Slice(sources, slice.baseModel(), slice.parameters());
    }
    if (needsBase()) {
      throw new RequestException(
          recipe.name(),
          "the base model %s should be among the sources of each slice, with the layers that are"
                  .formatted(base.get())
              + " its part");
    }
    return slice;
  }

  /// Whether updates of the base are what is merged or scaled. A method that merges the base as one
  /// of the models, if it is listed, does without.
  private boolean needsBase() {
    return method.baseUse() != BaseUse.NONE
        && (!method.mergesListedBase() || recipe.lines().isPresent());
  }

  private Optional<String> baseName(Slice slice) {
    return slice.baseModel().or(recipe::baseModel);
  }

  /// The base model, where the method has one.
  private Optional<Checkpoint> base(Slice slice, ModelSet models) {
    return method.baseUse() == BaseUse.NONE
        ? Optional.empty()
        : baseName(slice).map(models::get).filter(base -> lists(slice, base, models));
  }

  private static boolean lists(Slice slice, Checkpoint model, ModelSet models) {
    return slice.sources().stream().anyMatch(use -> models.get(use.model()).equals(model));
  }

  private Checkpoint reference(Slice slice, ModelSet models) {
    return base(slice, models).orElseGet(() -> models.get(slice.sources().getFirst().model()));
  }

  private int modelCount(List<Slice> slices, ModelSet models) {
    int most = 0;
    for (Slice slice : slices) {
      int count = merged(slice, models).size();
      if (count < method.fewestModels() || count > method.mostModels()) {
        boolean isBaseNone = method.baseUse() == BaseUse.NONE;
        throw RequestException.expected(
                recipe.name(),
                "models for %s%s"
                    .formatted(method.name(), isBaseNone ? "" : ", the base not counted,"),
                method.modelsInWords(),
                count)
            .withRemedy(
                isBaseNone && baseName(slice).isPresent()
                    ? "it has no base, so base_model is one of them"
                    : "");
      }
      most = Math.max(most, count);
    }
    return most;
  }

  /// Which of the slice's sources, by their indices, are its base. To be asked for once: finding
  /// the base looks at all of them.
  private IntPredicate isBase(Slice slice, ModelSet models) {
    Optional<Checkpoint> base = base(slice, models);
    return source ->
        base.isPresent() && base.get().equals(models.get(slice.sources().get(source).model()));
  }

  /// The indices of the slice's sources that are merged: all but the base, mostly.
  private List<Integer> merged(Slice slice, ModelSet models) {
    int listed =
        recipe.mergesWholeModels()
            ? recipe.slices().getFirst().sources().size()
            : slice.sources().size();
    IntPredicate isBase = isBase(slice, models);
    return IntStream.range(0, slice.sources().size())
        .filter(i -> !isBase.test(i) || (method.mergesListedBase() && i < listed))
        .boxed()
        .toList();
  }

  private List<MergeTensor> mergeTensors(
      List<SliceTensor> tensors, ModelSet models, OnMismatch mismatch, List<String> notices)
      throws IOException {
    FilterNotices filters = new FilterNotices(recipe);
    ParameterValues values = new ParameterValues(recipe, method, filters);
    List<SliceTensor> complete = tensors.stream().filter(SliceTensor::isComplete).toList();
    List<MergeTensor> result = new ArrayList<>();
    for (SliceTensor tensor : tensors) {
      if (!tensor.isComplete()) {
        kept(tensor, models, mismatch, notices).ifPresent(result::add);
        filters.unmerged(tensor);
        continue;
      }
      SliceTensor asked = TiedNames.leader(tensor, complete);
      filters.tied(tensor, asked);
      List<Integer> merged = merged(tensor.slice(), models);
      Optional<Source> base =
          IntStream.range(0, tensor.inputs().size())
              .filter(isBase(tensor.slice(), models))
              .mapToObj(i -> tensor.inputs().get(i).orElseThrow())
              .findFirst();
      result.add(
          new MergeTensor(
              tensor.name(),
              base,
              merged.stream().map(i -> tensor.inputs().get(i).orElseThrow()).toList(),
              values.global(asked),
              merged.stream().map(i -> values.ofModel(asked, i)).toList()));
    }
    notices.addAll(filters.notices());
    return result;
  }

  /// A tensor that not all models have, as `mismatch` says; empty if the model that counts lacks
  /// it.
  private Optional<MergeTensor> kept(
      SliceTensor tensor, ModelSet models, OnMismatch mismatch, List<String> notices) {
    boolean ofBase = mismatch == OnMismatch.BASE && base(tensor.slice(), models).isPresent();
    IntPredicate isBase = isBase(tensor.slice(), models);
    int counts =
        IntStream.range(0, tensor.inputs().size())
            .filter(i -> isBase.test(i) == ofBase)
            .findFirst()
            .orElse(0);
    Optional<Source> source = tensor.inputs().get(counts);
    notices.add(
        "%s: missing in %s; %s %s"
            .formatted(
                tensor.name(),
                String.join(", ", tensor.lacking()),
                source.isPresent() ? "the output is as" : "left out of the output, as of",
                tensor.slice().sources().get(counts).model()));
    return source.map(kept -> MergeTensor.kept(tensor.name(), kept));
  }

  /// The base model's folder, or the first model's that is one; of the tuned ones first where their
  /// tensors are kept.
  private Optional<Checkpoint> sidecarFolder(ModelSet models, OnMismatch mismatch) {
    Stream<Checkpoint> inOrder = models.distinct().values().stream();
    Optional<Checkpoint> base = recipe.baseModel().map(models::get);
    return (mismatch == OnMismatch.TUNED
            ? inOrder.sorted(Comparator.comparing(model -> base.filter(model::equals).isPresent()))
            : inOrder)
        .filter(Checkpoint::isFolder)
        .findFirst();
  }

  /// The model whose files go along, and whose names the output has: the base or the first, where
  /// none is a folder.
  private Checkpoint described(ModelSet models, OnMismatch mismatch) {
    Optional<Checkpoint> folder = sidecarFolder(models, mismatch);
    return folder.isPresent()
        ? folder.get()
        : recipe.baseModel().map(models::get).orElseGet(() -> mergedModels(models).getFirst());
  }

  private SidecarChanges sidecarChanges(
      OutputTensors finder,
      List<Slice> slices,
      ModelSet models,
      Optional<Checkpoint> folder,
      Optional<VocabularyMerge> vocabulary)
      throws IOException {
    if (folder.isEmpty()) {
      return SidecarChanges.none();
    }
    Checkpoint described = folder.get();
    SidecarChanges changes =
        recipe.mergesWholeModels()
            ? SidecarChanges.none()
            : StackedLayers.changes(finder, slices, models, described);
    if (vocabulary.isPresent()) {
      changes = vocabulary.get().applyTo(changes, described);
    }
    return changes.withFiles(
        TokenizerFiles.changes(recipe, models, vocabulary, folder.get().companions()));
  }
}

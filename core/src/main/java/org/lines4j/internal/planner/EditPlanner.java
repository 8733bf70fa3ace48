package org.lines4j.internal.planner;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.lines4j.Edit;
import org.lines4j.error.Counted;
import org.lines4j.error.InputException;
import org.lines4j.error.OnMismatch;
import org.lines4j.error.Option;
import org.lines4j.error.Problem;
import org.lines4j.error.Remedy;
import org.lines4j.error.RequestException;
import org.lines4j.error.Shown;
import org.lines4j.format.Checkpoint;
import org.lines4j.format.Companions;
import org.lines4j.format.OutputFormat;
import org.lines4j.internal.companions.LackingFiles;
import org.lines4j.internal.companions.WeightNames;
import org.lines4j.internal.config.ConfigDifferences;
import org.lines4j.internal.config.TextEnds;
import org.lines4j.internal.output.Destination;
import org.lines4j.internal.pairing.Adapters;
import org.lines4j.internal.pairing.Misfits;
import org.lines4j.internal.pairing.NamePrefix;
import org.lines4j.internal.pairing.TensorPair;
import org.lines4j.internal.pairing.TiedTensors;
import org.lines4j.internal.renamed.ModelNames;
import org.lines4j.internal.vocabulary.ChatTemplates;
import org.lines4j.internal.vocabulary.EditVocabulary;
import org.lines4j.internal.vocabulary.ModelVocabularies;
import org.lines4j.internal.work.OutputShard;
import org.lines4j.internal.work.PlannedRun;
import org.lines4j.internal.work.PlannedTensor;
import org.lines4j.internal.work.SidecarChanges;
import org.lines4j.internal.work.Source;
import org.lines4j.internal.work.Work;
import org.lines4j.layers.LayerMap;
import org.lines4j.layers.NameSearch;
import org.lines4j.layers.Place;
import org.lines4j.layers.Rename;
import org.lines4j.quantised.Quantisation;
import org.lines4j.storage.Location;
import org.lines4j.tensor.DType;

/// Plans an edit: pairs the tensors, finds their layers, decides how each is made, and with which
/// λ.
public final class EditPlanner {
  private final Edit edit;
  private final List<String> notices = new ArrayList<>();
  private final NameSearch search = new NameSearch();

  private EditPlanner(EditModels models) {
    this.edit = models.edit();
    notices.addAll(models.notices());
  }

  /// The plan of `edit` with its output at `out`.
  public static PlannedRun plan(Edit edit, Location out) throws IOException {
    Destination destination = Destination.of(out);
    destination.check(List.of(edit.base(), edit.tuned()), edit.force());
    List<String> quantised = Quantisation.refuse(List.of(edit.base(), edit.tuned()));
    EditPlanner planner = new EditPlanner(EditModels.of(edit));
    planner.notices.addAll(quantised);
    return planner.plan(destination);
  }

  /// Why two models do not fit together, in words; empty where they do.
  public static Optional<Problem> refusal(Checkpoint base, Checkpoint tuned, List<Rename> renames)
      throws IOException {
    try {
      List<String> _ = Quantisation.refuse(List.of(base, tuned));
      EditPlanner planner =
          new EditPlanner(EditModels.of(Edit.of(base, tuned).withRenames(renames)));
      planner.answerMisfits(EditPairs.of(planner.edit).pairs());
      return Optional.empty();
    } catch (InputException e) {
      return Optional.of(e.problem());
    }
  }

  private OutputFormat format(Destination destination) throws IOException {
    try {
      return destination.format().like(describing());
    } catch (RequestException e) {
      if (destination.format().name().equals(edit.base().format())) {
        throw e.withRemedy(
            Remedy.of(Option.MISMATCH, " base keeps the base's form, or name another output"));
      }
      throw e;
    }
  }

  private PlannedRun plan(Destination destination) throws IOException {
    EditPairs found = EditPairs.of(edit);
    List<TensorPair> pairs = found.pairs();
    answerMisfits(pairs);
    EditNotes.sameModel(edit.base(), edit.tuned()).ifPresent(notices::add);
    Adapters.inside(edit.inputs().values()).ifPresent(notices::add);
    EditNotes.falling(edit.scaling()).ifPresent(notices::add);
    notices.addAll(found.notices());
    LayerMap layers = findLayers(pairs);
    List<PlannedTensor> tensors = new ArrayList<>();
    OutputFormat format = format(destination);
    StoredForm form = new StoredForm(format, edit.dtype());
    notices.addAll(Remarks.of(edit.inputs().values(), describing(), destination, format));
    notices.addAll(Remarks.unread(edit.inputs().values()));
    notices.addAll(GgufNotes.of(describing(), edit.inputs().values(), "scaled"));
    Map<String, Place> places = TiedTensors.places(pairs, layers, edit.scaling(), notices);
    Map<String, String> split = TiedTensors.split(pairs, places, this::isNamed);
    split.forEach(
        (name, twin) ->
            notices.add(
                "%s: tied to %s, so only and skip take them together".formatted(name, twin)));
    for (TensorPair pair : pairs) {
      Place place = Objects.requireNonNull(places.get(pair.name()));
      plannedTensor(pair, place, isEdited(pair.name(), split), form).ifPresent(tensors::add);
    }
    EditNotes.withoutUpdate(tensors).ifPresent(notices::add);
    EditNotes.enlarged(tensors).ifPresent(notices::add);
    notices.addAll(form.notices());
    noteTypes(pairs, tensors);
    Optional<Checkpoint> sidecars = destination.isFile() ? Optional.empty() : sidecarFolder();
    WeightNames names = WeightNames.of(sidecars);
    List<OutputShard> shards =
        OutputLayout.of(tensors, edit.base(), names, destination, format, edit.shardSize());
    SidecarChanges changes =
        OutputFolder.describing(SidecarChanges.none(), tensors, sidecars, edit.base());
    OutputFolder.checkSpace(destination, shards, sidecars, changes, notices);
    noteDifferences(sidecars);
    return new PlannedRun(
        destination.location(),
        shards,
        tensors,
        layers.stacks(),
        edit.inputs(),
        settings(),
        notices,
        sidecars,
        changes,
        edit.force(),
        "each layer's update is scaled with its depth, θ = θ0 + λ(ℓ)·(θt − θ0).",
        Optional.empty());
  }

  private void answerMisfits(List<TensorPair> pairs) {
    List<TensorPair> misfits = pairs.stream().filter(pair -> pair.misfit().isPresent()).toList();
    if (misfits.isEmpty()) {
      Adapters.refuseAlone(edit.inputs().values());
      checkSomeAreScaled(pairs, 0);
      return;
    }
    Adapters.refuse(edit.inputs().values());
    if (edit.mismatch() == OnMismatch.REFUSE) {
      throw Misfits.refusal(
          twoModels(),
          misfits.stream().map(pair -> pair.name() + ": " + pair.misfit().orElseThrow()).toList(),
          pairs.size(),
          prefixHint() + EditPairs.hint(misfits));
    }
    checkSomeAreScaled(pairs, misfits.size());
    String kept = edit.mismatch() == OnMismatch.BASE ? "base" : "tuned";
    for (TensorPair pair : misfits) {
      notices.add(
          "%s: %s; the output is as %s".formatted(pair.name(), pair.misfit().orElseThrow(), kept));
    }
  }

  private String twoModels() {
    return "%s and %s do not fit together"
        .formatted(edit.base().location(), edit.tuned().location());
  }

  private String prefixHint() {
    return NamePrefix.hint(edit.base(), edit.tuned(), "base", "tuned");
  }

  /// That `only` and `skip` leave nothing to scale is the user's own choice.
  private void checkSomeAreScaled(List<TensorPair> pairs, int misfits) {
    List<TensorPair> named = pairs.stream().filter(pair -> isNamed(pair.name())).toList();
    if (!named.isEmpty() && named.stream().noneMatch(EditPlanner::isScaled)) {
      throw Misfits.nothingLeft(
          "%s, %s".formatted(edit.base().location(), edit.tuned().location()),
          misfits,
          pairs.size(),
          prefixHint());
    }
  }

  private LayerMap findLayers(List<TensorPair> pairs) {
    return LayerSearch.find(
        pairs.stream().map(pair -> pair.any().info()).toList(),
        edit.layers(),
        edit.scaling(),
        edit.base().location(),
        edit.stackless(),
        notices);
  }

  /// Buffers are the same by now; of such as are infinite, nothing is left of base + λ·0.
  private static boolean isScaled(TensorPair pair) {
    return pair.isScalable() && !ModelNames.isBuffer(pair.any().info());
  }

  /// Empty where the output leaves the tensor out.
  private Optional<PlannedTensor> plannedTensor(
      TensorPair pair, Place place, boolean edited, StoredForm form) {
    if (!isScaled(pair) || pair.isOne()) {
      Optional<Source> kept = pair.misfit().isPresent() ? kept(pair) : pair.base();
      return kept.map(
          source ->
              form.planned(
                  pair.name(), source, place, OptionalDouble.empty(), new Work.Copy(source)));
    }
    Source base = pair.base().orElseThrow();
    Source tuned = pair.tuned().orElseThrow();
    double lambda = edited ? edit.scaling().lambda(place) : 1;
    Work work = scale(pair.name(), base, tuned, lambda);
    return Optional.of(form.planned(pair.name(), base, place, OptionalDouble.of(lambda), work));
  }

  /// base + λ·(tuned − base); one of the two as it is where λ is 0 or 1.
  private static Work scale(String name, Source base, Source tuned, double lambda) {
    float factor = (float) lambda;
    if (!Float.isFinite(factor)) {
      throw RequestException.expected(name + ": λ", "finite", lambda).withTensor(name);
    }
    return Work.scaled(base, tuned, factor);
  }

  private Optional<Source> kept(TensorPair pair) {
    return switch (edit.mismatch()) {
      case BASE -> pair.base();
      case TUNED -> pair.tuned();
      case REFUSE -> throw new IllegalStateException("refused before");
    };
  }

  /// What either name of a tied tensor says holds for both; to skip counts for more.
  private boolean isEdited(String name, Map<String, String> split) {
    String twin = split.getOrDefault(name, name);
    return (found(edit.only(), name, true) || found(edit.only(), twin, true))
        && !found(edit.skip(), name, false)
        && !found(edit.skip(), twin, false);
  }

  private boolean isNamed(String name) {
    return isEdited(name, Map.of());
  }

  private boolean found(Optional<Pattern> pattern, String name, boolean otherwise) {
    try {
      return pattern.map(p -> search.isFound(p, name)).orElse(otherwise);
    } catch (IllegalArgumentException e) {
      throw new RequestException(String.valueOf(e.getMessage()));
    }
  }

  private void noteTypes(List<TensorPair> pairs, List<PlannedTensor> tensors) {
    checkMatches(Option.ONLY, edit.only(), tensors);
    checkMatches(Option.SKIP, edit.skip(), tensors);
    Map<String, String> written =
        tensors.stream().collect(Collectors.toMap(PlannedTensor::name, PlannedTensor::storedAs));
    Map<String, Long> mixed =
        pairs.stream()
            .filter(TensorPair::isOfTwoTypes)
            .collect(
                Collectors.groupingBy(
                    pair ->
                        "%s in base, %s in tuned, %s in the output"
                            .formatted(
                                pair.base().orElseThrow().storedAs(),
                                pair.tuned().orElseThrow().storedAs(),
                                written.get(pair.name())),
                    java.util.TreeMap::new,
                    Collectors.counting()));
    mixed.forEach((types, count) -> notices.add(Counted.are(count, "tensor") + " " + types));
  }

  private void checkMatches(Option option, Optional<Pattern> pattern, List<PlannedTensor> tensors) {
    if (pattern.isPresent() && tensors.stream().noneMatch(t -> found(pattern, t.name(), false))) {
      String first = tensors.isEmpty() ? "" : ", such as " + Shown.of(tensors.getFirst().name());
      throw new RequestException("no tensor's name has a match for " + pattern.get())
          .withRemedy("give a part of a name" + first)
          .about(option);
    }
  }

  /// The fine-tuned model's tokenizer and settings belong to the result, unless the base's shapes
  /// were asked for.
  private Optional<Checkpoint> sidecarFolder() {
    Checkpoint other = edit.mismatch() == OnMismatch.BASE ? edit.tuned() : edit.base();
    return Stream.of(describing(), other).filter(Checkpoint::isFolder).findFirst();
  }

  /// The model that says what the result is.
  private Checkpoint describing() {
    return edit.mismatch() == OnMismatch.BASE ? edit.base() : edit.tuned();
  }

  /// What the files that go along do not say of both models.
  private void noteDifferences(Optional<Checkpoint> sidecars) throws IOException {
    if (sidecars.isEmpty()) {
      return;
    }
    Map<String, Checkpoint> models = new LinkedHashMap<>();
    edit.inputs().values().forEach(model -> models.put(model.location().text(), model));
    EditVocabulary.lackingTokenizer(sidecars.get().companions(), models).ifPresent(notices::add);
    notices.addAll(
        ModelVocabularies.cuttingOtherwise(sidecars.get().companions(), models.values()));
    notices.addAll(ChatTemplates.differing(sidecars.get().companions(), models.values()));
    notices.addAll(
        TextEnds.differing(
            sidecars.get(), List.of(edit.tuned()), (_, number) -> String.valueOf(number)));
    notices.addAll(LackingFiles.lacking(sidecars.get().companions(), models.values()));
    List<Companions> folders = models.values().stream().map(Checkpoint::companions).toList();
    notices.addAll(ConfigDifferences.between(sidecars.get().companions(), folders));
    notices.addAll(ConfigDifferences.limits(sidecars.get().companions(), folders));
  }

  private Map<String, String> settings() {
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("scaling", edit.scaling().toString());
    settings.put(
        "encoder–decoder", edit.layers().mode().name().toLowerCase(Locale.ROOT).replace('_', '-'));
    edit.layers().layers().ifPresent(p -> settings.put("layers", p.pattern()));
    edit.layers()
        .rules()
        .forEach(rule -> settings.put("rule " + rule.pattern(), rule.target().toString()));
    edit.only().ifPresent(p -> settings.put("only", p.pattern()));
    edit.skip().ifPresent(p -> settings.put("skip", p.pattern()));
    settings.put("dtype", edit.dtype().map(DType::torchName).orElse("base"));
    settings.put("on mismatch", edit.mismatch().name().toLowerCase(Locale.ROOT));
    return settings;
  }
}

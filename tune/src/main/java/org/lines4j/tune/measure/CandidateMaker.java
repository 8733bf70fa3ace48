package org.lines4j.tune.measure;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.lines4j.Convert;
import org.lines4j.Edit;
import org.lines4j.InputHashes;
import org.lines4j.Intermediates;
import org.lines4j.Merge;
import org.lines4j.Methods;
import org.lines4j.RecipeResolver;
import org.lines4j.StoredMerge;
import org.lines4j.UnwrittenModel;
import org.lines4j.diff.Diff;
import org.lines4j.error.OnMismatch;
import org.lines4j.files.Digests;
import org.lines4j.format.Checkpoint;
import org.lines4j.format.Formats;
import org.lines4j.format.Shard;
import org.lines4j.layers.DepthProfile;
import org.lines4j.layers.LayerScaling;
import org.lines4j.layers.LayerScaling.Outside;
import org.lines4j.layers.Place;
import org.lines4j.layers.Stack;
import org.lines4j.merge.Lines;
import org.lines4j.merge.MadeModel;
import org.lines4j.merge.ModelSet;
import org.lines4j.merge.ResolvedMerge;
import org.lines4j.plan.Plan;
import org.lines4j.plan.RunOptions;
import org.lines4j.recipe.RecipeYaml;
import org.lines4j.storage.Location;
import org.lines4j.tune.Candidate;
import org.lines4j.tune.Evaluator;
import org.lines4j.tune.Space;
import org.lines4j.tune.Subject;
import org.lines4j.tune.record.SearchIdentity;

/// Writes the models that are measured: those that `lines merge` would write with the same recipe,
/// to the bit. What does not depend on the scaling is computed once, if there is room to keep it.
public final class CandidateMaker implements Closeable {
  /// Configuration and tokenizer, beside the weights.
  private static final long SIDECAR_BYTES = 64L << 20;

  private final Subject subject;
  private final RunOptions options;
  private final Intermediates earlier;
  private final ModelSet models;
  private final ResolvedMerge merge;
  private final Plan reference;
  private final String ending;
  private final boolean isWide;
  private boolean mayStayUnwritten;
  private Optional<StoredMerge> stored = Optional.empty();
  private OptionalDouble measuredAlpha = OptionalDouble.empty();

  private CandidateMaker(
      Subject subject,
      RunOptions options,
      Intermediates earlier,
      ModelSet models,
      ResolvedMerge merge,
      Plan reference,
      String ending,
      boolean isWide) {
    this.subject = subject;
    this.options = options;
    this.earlier = earlier;
    this.models = models;
    this.merge = merge;
    this.reference = reference;
    this.ending = ending;
    this.isWide = isWide;
  }

  /// Opens the models and checks everything that can be checked before one is written.
  ///
  /// @param dir where results go, which need not exist
  public static CandidateMaker open(Subject subject, Space space, RunOptions options, Path dir)
      throws IOException {
    return open(subject, space, options, dir, false);
  }

  /// The same, where nothing is to be made: of what earlier stages make no value is known.
  public static CandidateMaker planned(Subject subject, Space space, RunOptions options, Path dir)
      throws IOException {
    return open(subject, space, options, dir, true);
  }

  private static CandidateMaker open(
      Subject subject, Space space, RunOptions options, Path dir, boolean isPlan)
      throws IOException {
    RecipeResolver resolver =
        RecipeResolver.of(
            space.complete(subject.recipe()).withLines(reference(space)), Methods.all());
    Intermediates earlier =
        Intermediates.plan(
            subject.stages(),
            Methods.all(),
            subject.folder(),
            Location.of(dir),
            (recipe, models) -> merge(subject, resolve(subject, recipe, models)));
    try {
      boolean isWide = space instanceof Space.Wide;
      CandidateMaker planned = open(subject, options, dir, resolver, earlier, isWide);
      if (isPlan || subject.earlier().isEmpty()) {
        return planned;
      }
      planned.models.close();
      earlier.make(options);
      return open(subject, options, dir, resolver, earlier, isWide);
    } catch (IOException | RuntimeException e) {
      earlier.close();
      throw e;
    }
  }

  private static CandidateMaker open(
      Subject subject,
      RunOptions options,
      Path dir,
      RecipeResolver resolver,
      Intermediates earlier,
      boolean isWide)
      throws IOException {
    ModelSet models = resolver.open(subject.folder(), earlier.models());
    try {
      ResolvedMerge merge = resolve(subject, resolver, models);
      String ending =
          Formats.endingLike(models.get(subject.baseModel()), models.distinct().values());
      Plan plan = plan(subject, merge, dir.resolve("best" + ending));
      return new CandidateMaker(subject, options, earlier, models, merge, plan, ending, isWide);
    } catch (IOException | RuntimeException e) {
      models.close();
      throw e;
    }
  }

  /// A scaling under which nothing is a mere copy.
  private static Lines reference(Space space) {
    Space scaling = space instanceof Space.Wide(Space inner, var _) ? inner : space;
    boolean isAuto =
        scaling instanceof Space.Beta(Optional<Double> alpha, Outside _) && alpha.isEmpty();
    return new Lines(isAuto ? Optional.empty() : Optional.of(1.5), 1, Outside.ALPHA);
  }

  private static Plan plan(Subject subject, ResolvedMerge merge, Path out) throws IOException {
    return merge(subject, merge).withForce().plan(out);
  }

  private static ResolvedMerge resolve(Subject subject, RecipeResolver recipe, ModelSet models)
      throws IOException {
    return recipe.resolve(models, subject.layers(), subject.mismatch(), subject.renames());
  }

  private static Merge merge(Subject subject, ResolvedMerge merge) {
    return Merge.of(merge).withSeed(subject.seed()).withLayers(subject.layers());
  }

  /// Where a model of the recipe is.
  public Location locationOf(String model) {
    MadeModel made = earlier.models().get(model);
    return made == null ? subject.locationOf(model) : made.location();
  }

  /// A model that can be measured, for as long as this is open.
  ///
  /// @param alpha that it was made with
  public record Made(Location location, double alpha, Optional<UnwrittenModel> unwritten)
      implements Closeable {
    @Override
    public void close() {
      unwritten.ifPresent(UnwrittenModel::close);
    }
  }

  /// Has models that are made stay unwritten where each element is merged by itself: for an
  /// evaluator that opens them as they are.
  public CandidateMaker unwritten(boolean isWanted) {
    mayStayUnwritten = isWanted;
    return this;
  }

  /// The room that is needed for so many candidates at a time.
  public Workspace.Need need(int slots) {
    long sidecars = isFile() ? 0 : SIDECAR_BYTES;
    boolean isWritten = !mayStayUnwritten || !UnwrittenModel.isPossible(reference);
    long written = isWritten || isWide ? Math.addExact(reference.bytesToWrite(), sidecars) : 0;
    long each = Math.max(written, mayStayUnwritten ? 0 : Math.addExact(copied(), sidecars));
    boolean isStored = !isWide && StoredMerge.isPossible(reference);
    long update = isStored ? StoredMerge.byteSize(reference) : 0;
    return new Workspace.Need(Math.multiplyExact(each, slots), update);
  }

  /// The bytes of the largest model that must be copied to this machine to be measured.
  private long copied() {
    return models.distinct().values().stream()
        .filter(model -> !model.location().isLocal())
        .mapToLong(Checkpoint::byteSize)
        .max()
        .orElse(0);
  }

  /// Whether candidates are single files, not folders: no input is a folder.
  private boolean isFile() {
    return reference.sidecarsFrom().isEmpty();
  }

  /// What candidates' names end in: what says in which format they are.
  public String ending() {
    return ending;
  }

  /// What a user should know of the models.
  public List<String> notices() {
    return reference.notices();
  }

  /// What an adapter makes of the base, or one model of a file alone, for evaluators that read
  /// models.
  ///
  /// @param model as the recipe has it
  /// @param place where nothing is
  public Made adapted(String model, Path place) throws IOException {
    Checkpoint adapted = models.get(model);
    if (subject.isPart(model)) {
      return made(Convert.of(adapted).plan(place), 1);
    }
    Plan plan =
        Edit.of(models.get(subject.baseModel()), adapted)
            .withScaling(LayerScaling.uniform(1))
            .withStackless()
            .plan(place);
    return made(plan, 1);
  }

  /// Makes a candidate.
  ///
  /// @param place where nothing is
  public synchronized Made make(Candidate candidate, Path place, Workspace workspace)
      throws IOException {
    if (!candidate.values().isEmpty()) {
      return make(candidate, place);
    }
    Lines lines = candidate.lines();
    store(workspace);
    double alpha = lines.alpha().isPresent() ? lines.alpha().get() : alpha();
    Lines known = new Lines(Optional.of(alpha), lines.beta(), lines.outside(), lines.profile());
    Plan plan = plan(subject, merge.withLines(known), place);
    return made(stored.isPresent() ? stored.get().applyTo(plan) : plan, alpha);
  }

  /// Of a recipe of its own.
  private Made make(Candidate candidate, Path place) throws IOException {
    RecipeResolver resolver = RecipeResolver.of(candidate.applyTo(subject.recipe()), Methods.all());
    ResolvedMerge own = resolve(subject, resolver, models);
    Plan plan = plan(subject, own, place).measure(options);
    double alpha = candidate.lines().alpha().orElseGet(() -> plan.alpha().orElseThrow());
    return made(plan, alpha);
  }

  private Made made(Plan plan, double alpha) throws IOException {
    if (mayStayUnwritten && UnwrittenModel.isPossible(plan)) {
      UnwrittenModel model = UnwrittenModel.of(plan);
      return new Made(model.location(), alpha, Optional.of(model));
    }
    plan.run(options);
    return new Made(plan.out(), alpha, Optional.empty());
  }

  private void store(Workspace workspace) throws IOException {
    if (stored.isEmpty() && workspace.stored().isPresent()) {
      StoredMerge update = StoredMerge.compute(reference, workspace.stored().get(), options);
      measuredAlpha = update.alpha();
      stored = Optional.of(update);
    }
  }

  private double alpha() throws IOException {
    if (measuredAlpha.isEmpty()) {
      measuredAlpha = reference.measure(options).alpha();
    }
    return measuredAlpha.orElseThrow();
  }

  /// The stacks that λ is a function of.
  public List<Stack> stacks() {
    return reference.stacks();
  }

  /// Whether a tensor that is scaled lies behind the layers, so that it matters what those get.
  public boolean scalesBehind() {
    return reference.tensors().stream()
        .anyMatch(
            tensor ->
                tensor.place().equals(new Place.Outside(Place.Side.AFTER)) && !tensor.isCopied());
  }

  /// How far each tuned model is from the base, by its short name. Reads the models.
  public Map<String, Diff> differences() throws IOException {
    Map<String, Diff> differences = new LinkedHashMap<>();
    for (Map.Entry<String, String> model : subject.tunedModels().entrySet()) {
      differences.put(
          model.getKey(),
          Diff.between(
              named(subject.baseModel()), named(model.getValue()), subject.layers(), options));
    }
    return differences;
  }

  /// A model whose tensors are called as in the output.
  private Checkpoint named(String model) {
    return merge.inputs().getOrDefault(model, models.get(model));
  }

  /// What the search is about: hashes of the inputs and of the recipe.
  public SearchIdentity identity(Evaluator evaluator) throws IOException {
    Map<Location, String> files = InputHashes.of(models.distinct().values());
    Map<String, String> hashes = new LinkedHashMap<>();
    Map<String, String> names = new LinkedHashMap<>();
    names.put("base", subject.baseModel());
    names.putAll(subject.tunedModels());
    names.forEach((name, model) -> hashes.put(name, hash(models.get(model), files)));
    Lines none = new Lines(Optional.empty(), 0, Outside.ALPHA, DepthProfile.LINES);
    List<String> options = new ArrayList<>();
    options.add("seed " + subject.seed());
    options.add("stacks " + subject.layers().mode());
    options.add("layers " + subject.layers().layers());
    options.add("rules " + subject.layers().rules());
    if (subject.mismatch() != OnMismatch.REFUSE) {
      options.add("on-mismatch " + subject.mismatch());
    }
    subject.renames().forEach(rename -> options.add("rename " + rename));
    String recipe =
        RecipeYaml.of(
            subject.recipe().withLines(none), name -> hash(models.get(name), files), options);
    return new SearchIdentity(Digests.sha256(recipe), hashes, evaluator.identity());
  }

  private static String hash(Checkpoint model, Map<Location, String> files) {
    StringBuilder all = new StringBuilder();
    for (Shard shard : model.shards()) {
      all.append(files.getOrDefault(shard.location(), "")).append('\n');
    }
    return model.shards().size() == 1 ? all.toString().strip() : Digests.sha256(all.toString());
  }

  @Override
  public void close() throws IOException {
    try (earlier;
        models) {
      if (stored.isPresent()) {
        stored.get().close();
      }
    }
  }
}

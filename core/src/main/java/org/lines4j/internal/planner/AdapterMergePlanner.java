package org.lines4j.internal.planner;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.lines4j.AdapterPlan;
import org.lines4j.Merge;
import org.lines4j.error.InputException;
import org.lines4j.error.RequestException;
import org.lines4j.format.Checkpoint;
import org.lines4j.format.StoredTensor;
import org.lines4j.format.TensorSource;
import org.lines4j.internal.lora.AdapterText;
import org.lines4j.internal.lora.LayerKeys;
import org.lines4j.internal.lora.UpdateSum;
import org.lines4j.internal.renamed.RunningNames;
import org.lines4j.internal.work.PlannedRun;
import org.lines4j.internal.work.PlannedTensor;
import org.lines4j.internal.work.ResolvedTensors;
import org.lines4j.internal.work.Source;
import org.lines4j.internal.work.Work;
import org.lines4j.lowrank.DenseMatrix;
import org.lines4j.lowrank.Factors;
import org.lines4j.lowrank.LowRank;
import org.lines4j.lowrank.RankChoice;
import org.lines4j.plan.PlanRunner;
import org.lines4j.plan.RunOptions;
import org.lines4j.storage.Location;
import org.lines4j.tensor.TensorInfo;

/// Plans an adapter that is several adapters merged. Where the method sums whole updates, s·B·A of
/// each, times what the recipe makes it count for, are summed up by their factors side by side, or
/// as the nearest product of a lower rank. What another method makes of the updates is computed
/// whole, and the product nearest to it found.
public final class AdapterMergePlanner {
  private static final double NEARLY = 1e-6;
  private static final String DIRECTIONS = "find directions";

  private final Merge merge;
  private final Optional<RankChoice> choice;
  private final PlannedRun whole;
  private final RunOptions options;
  private final Checkpoint base;

  private AdapterMergePlanner(
      Merge merge, Optional<RankChoice> choice, PlannedRun whole, RunOptions options) {
    this.merge = merge;
    this.choice = choice;
    this.whole = whole;
    this.options = options;
    this.base = base(whole.inputs().values());
  }

  /// The plan of `merge` with its output, an adapter, at `out`.
  ///
  /// @param choice of ranks; empty for all
  public static AdapterPlan plan(
      Merge merge, Location out, Optional<RankChoice> choice, RunOptions options)
      throws IOException {
    if (ResolvedTensors.of(merge.recipe()).tensors().isEmpty()) {
      throw new InputException("the recipe's models have no tensors to merge");
    }
    PlannedRun whole = PlannedRun.of(MergePlanner.unplaced(merge, out).measure(options));
    AdapterMergePlanner planner = new AdapterMergePlanner(merge, choice, whole, options);
    AdapterOutput output =
        AdapterOutput.at(out, planner.base, whole.inputs().values(), merge.force());
    try {
      return planner.plan(output);
    } catch (IOException | RuntimeException e) {
      output.close();
      throw e;
    }
  }

  /// The model that all adapters change.
  private static Checkpoint base(Iterable<Checkpoint> inputs) {
    Optional<Checkpoint> base = Optional.empty();
    for (Checkpoint model : inputs) {
      Optional<String> obstacle = UpdateSum.baseOfItsOwn(model);
      if (obstacle.isPresent()) {
        throw new InputException(
                model.location(),
                "an adapter that %s: it cannot be joined with others".formatted(obstacle.get()))
            .withRemedy("make a whole model");
      }
      Optional<Checkpoint> own = UpdateSum.root(model);
      if (base.isPresent() && own.isPresent() && !own.equals(base)) {
        throw new InputException(
                model.location(), "an adapter of another base than the others of the recipe")
            .withRemedy("make a whole model, or name one base for all");
      }
      base = base.or(() -> own);
    }
    Checkpoint found =
        base.orElseThrow(
            () ->
                new RequestException(
                    "no model of the recipe is an adapter, so none can be made of them"));
    for (Checkpoint model : inputs) {
      if (!model.equals(found) && UpdateSum.root(model).isEmpty()) {
        throw new InputException(
                model.location(), "a whole model, of which an adapter cannot be joined with others")
            .withRemedy("make a whole model, or extract an adapter of this one first");
      }
    }
    return found;
  }

  /// A tensor that the adapters change together by a product.
  private record Product(PlannedTensor tensor, UpdateSum sum) {}

  private AdapterPlan plan(AdapterOutput output) throws IOException {
    PlanRunner.local().fetch(whole.inputs().values(), options);
    List<PlannedTensor> replaced = new ArrayList<>();
    List<PlannedTensor> mixed = new ArrayList<>();
    List<Product> products = new ArrayList<>();
    for (PlannedTensor tensor : whole.tensors()) {
      Optional<StoredTensor> own = base.find(tensor.name());
      if (own.isEmpty()) {
        continue;
      }
      if (!own.get().info().dtype().isFloating()) {
        if (isReplacedByAny(tensor.name())) {
          replaced.add(tensor); // a counter, without which peft does not load its module
        }
        continue;
      }
      if (isMixed(tensor)) {
        if (isReplaced(tensor)) {
          replaced.add(tensor);
        } else if (keys(tensor).isPresent()) {
          mixed.add(tensor);
        } else {
          refuseChanged(tensor, base.source(own.get()));
        }
        continue;
      }
      UpdateSum sum = sum(tensor, new UpdateSum(base.source(own.get())));
      if (sum.isWhole()) {
        replaced.add(tensor);
      } else if (sum.keys().isPresent()) {
        products.add(new Product(tensor, sum));
      }
    }
    addSums(output, products);
    addNearest(output, mixed);
    replace(output, replaced);
    if (output.isEmpty()) {
      throw new InputException("the recipe's adapters change nothing together, so there is none");
    }
    return output.plan(about());
  }

  private void addSums(AdapterOutput output, List<Product> products) throws IOException {
    TensorPass.ask(
            choice.isPresent() ? DIRECTIONS : "join factors",
            infos(products.stream().map(Product::tensor).toList()),
            options,
            number -> {
              Product product = products.get(number);
              LayerKeys keys = product.sum().keys().orElseThrow();
              return output.keep(keys, product.tensor().place(), factors(product.sum()));
            })
        .forEach(output::add);
  }

  private static List<TensorInfo> infos(List<PlannedTensor> tensors) {
    return tensors.stream().map(PlannedTensor::info).toList();
  }

  /// Whether a tensor is made by a method that does not sum whole updates.
  private static boolean isMixed(PlannedTensor tensor) {
    return tensor.work() instanceof Work.Merge work && work.merge().multiples().isEmpty();
  }

  private boolean isReplacedByAny(String tensor) {
    return whole.inputs().values().stream()
        .anyMatch(model -> UpdateSum.whole(model, tensor).isPresent());
  }

  private static boolean isReplaced(PlannedTensor tensor) {
    return tensor.work().sources().stream()
        .anyMatch(source -> UpdateSum.whole(source.checkpoint(), tensor.name()).isPresent());
  }

  /// Stops where an adapter changes a tensor by what no factors say.
  private static void refuseChanged(PlannedTensor tensor, TensorSource own) {
    for (Source source : tensor.work().sources()) {
      if (UpdateSum.isChanged(source.checkpoint(), tensor.name(), own)) {
        throw UpdateSum.noProduct(source.checkpoint(), tensor.name());
      }
    }
  }

  /// What the factors of a tensor are called; empty where no adapter changes it by a product.
  private static Optional<LayerKeys> keys(PlannedTensor tensor) {
    return tensor.work().sources().stream()
        .flatMap(source -> UpdateSum.layer(source.checkpoint(), tensor.name()).stream())
        .findFirst();
  }

  /// Adds the products nearest to what the method makes of the updates.
  private void addNearest(AdapterOutput output, List<PlannedTensor> tensors) throws IOException {
    if (tensors.isEmpty()) {
      return;
    }
    RankChoice rank =
        choice.orElseThrow(
            () ->
                new RequestException(
                        merge.recipe().name(),
                        "%s is no sum of whole updates, so what it makes of adapters has no factors of its own"
                            .formatted(merge.recipe().method().name()))
                    .withRemedy(
                        "give a rank, or a share of the energy, for the nearest product; or make a"
                            + " whole model"));
    NearestUpdate nearest = new NearestUpdate(rank, base.location(), whole.out());
    try (MergedValues values = MergedValues.of(whole, tensors, options)) {
      TensorPass.ask(
              DIRECTIONS,
              infos(tensors),
              options,
              number -> {
                PlannedTensor tensor = tensors.get(number);
                LayerKeys keys = keys(tensor).orElseThrow();
                TensorSource own = base.source(base.find(tensor.name()).orElseThrow());
                Factors factors = nearest.factors(own, values.source(tensor), keys.isTurned());
                return output.keep(keys, tensor.place(), factors);
              })
          .forEach(output::add);
    }
  }

  private Factors factors(UpdateSum sum) throws IOException {
    DenseMatrix left = sum.left();
    DenseMatrix right = sum.right();
    if (choice.isEmpty()
        || (choice.get() instanceof RankChoice.Most(int most) && most >= sum.rank())) {
      return new Factors(left, right, 0, 0);
    }
    return LowRank.find().nearest(left, right, choice.get());
  }

  /// Adds up what each model counts for.
  private UpdateSum sum(PlannedTensor tensor, UpdateSum sum) {
    switch (tensor.work()) {
      case Work.Copy(Source source) -> add(sum, tensor, source, 1);
      case Work.Scale(Source _, Source tuned, float lambda) -> add(sum, tensor, tuned, lambda);
      case Work.Merge work -> {
        List<Double> factors = factors(work);
        double lambda = tensor.lambda().orElse(1);
        for (int i = 0; i < factors.size(); i++) {
          add(sum, tensor, work.models().get(i), factors.get(i) * lambda);
        }
      }
      case Work.Beside _ -> {
        // comes about with another
      }
    }
    return sum;
  }

  private List<Double> factors(Work.Merge work) {
    List<Double> factors = work.merge().multiples().orElseThrow();
    double sum = factors.stream().mapToDouble(Double::doubleValue).sum();
    if (!work.merge().givesTaskVector() && Math.abs(sum - 1) > NEARLY) {
      throw new RequestException(
              merge.recipe().name(),
              "the weights sum to %s, not 1, so the base itself is scaled, which no adapter does"
                  .formatted(sum))
          .withRemedy("merge by task_arithmetic, or normalize");
    }
    return factors;
  }

  private void add(UpdateSum sum, PlannedTensor tensor, Source source, double factor) {
    boolean isBase = source.checkpoint().equals(base);
    boolean isTwin = UpdateSum.isTied(source.checkpoint(), tensor.name());
    if (!isBase && !isTwin) {
      sum.add(source.checkpoint(), source.tensor(), factor);
    }
  }

  private void replace(AdapterOutput output, List<PlannedTensor> replaced) throws IOException {
    Set<String> names = new LinkedHashSet<>();
    for (PlannedTensor tensor : replaced) {
      replace(output, tensor);
      names.add(tensor.name());
    }
    Map<String, PlannedTensor> all = new HashMap<>();
    whole.tensors().forEach(tensor -> all.put(tensor.name(), tensor));
    output.addTied(
        RunningNames.of(base), names, name -> Objects.requireNonNull(all.get(name), name));
  }

  private void replace(AdapterOutput output, PlannedTensor tensor) {
    String name =
        whole.inputs().values().stream()
            .flatMap(model -> UpdateSum.whole(model, tensor.name()).stream())
            .findFirst()
            .orElse(tensor.name());
    int dot = name.lastIndexOf('.');
    String module = dot < 0 ? name : name.substring(0, dot);
    if (output.changes(module) && name.endsWith(".bias")) {
      output.addBias(module, tensor);
    } else if (output.changes(module)) {
      throw new InputException(
              "tensor %s is replaced by one adapter and changed by another".formatted(name))
          .withRemedy("make a whole model");
    } else {
      output.addWhole(module, name, tensor);
    }
  }

  private AdapterOutput.About about() throws IOException {
    Map<String, String> settings = new LinkedHashMap<>(whole.settings());
    settings.put("output", "adapter");
    settings.put("rank", choice.map(Objects::toString).orElse("all"));
    Optional<String> name = Optional.empty();
    Optional<String> task = Optional.empty();
    for (Checkpoint model : whole.inputs().values()) {
      name = name.or(() -> AdapterText.baseOf(model));
      task = task.isPresent() ? task : AdapterText.taskOf(model);
    }
    return new AdapterOutput.About(
        whole.inputs(),
        whole.stacks(),
        settings,
        whole.notices(),
        name,
        task,
        merge.force(),
        whole.description());
  }
}

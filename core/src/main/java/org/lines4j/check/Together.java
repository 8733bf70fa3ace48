package org.lines4j.check;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.lines4j.check.Finding.Kind;
import org.lines4j.format.Checkpoint;
import org.lines4j.format.StoredTensor;
import org.lines4j.internal.engine.UpdateProducts;
import org.lines4j.internal.engine.UpdateProducts.OfTensor;
import org.lines4j.internal.work.Source;
import org.lines4j.layers.LayerMap;
import org.lines4j.layers.Place;
import org.lines4j.plan.RunOptions;

/// All models beside each other, by the tensors that all of them have.
final class Together {
  /// From here on two updates are nearly one.
  private static final double ONE = 0.99;

  /// From here on all updates together have so much in common that it is rather the base's.
  private static final double COMMON = 0.5;

  private final List<String> names;
  private final List<List<Source>> tensors;
  private final List<OfTensor> found;

  /// @param models with the base's names
  Together(Checkpoint base, List<Checkpoint> models, RunOptions run) throws IOException {
    this.names = models.stream().map(Examination::name).toList();
    this.tensors = models.isEmpty() ? List.of() : common(base, models);
    this.found = UpdateProducts.of(tensors, run);
  }

  private static List<List<Source>> common(Checkpoint base, List<Checkpoint> models) {
    List<List<Source>> common = new ArrayList<>();
    for (StoredTensor tensor : base.tensors()) {
      List<Source> sources = new ArrayList<>(List.of(new Source(base, tensor)));
      for (Checkpoint model : models) {
        model
            .find(tensor.name())
            .filter(other -> other.info().shape().equals(tensor.info().shape()))
            .ifPresent(other -> sources.add(new Source(model, other)));
      }
      boolean isFloating = sources.stream().allMatch(source -> source.dtype().isFloating());
      boolean isEmpty = tensor.info().elements() == 0;
      if (isFloating && !isEmpty && sources.size() == models.size() + 1) {
        common.add(sources);
      }
    }
    return common;
  }

  private String tensor(int index) {
    return tensors.get(index).getFirst().name();
  }

  /// By place, the ratios and angles of updates.
  ///
  /// @param all the names of all models, of which those that cannot be compared have NaN
  List<Check.Layer> layers(LayerMap map, List<String> all) {
    Map<Place, double[][]> products = new LinkedHashMap<>();
    Map<Place, Double> bases = new LinkedHashMap<>();
    for (int t = 0; t < found.size(); t++) {
      if (found.get(t).isFinite()) {
        Place place = map.place(tensor(t));
        add(products.computeIfAbsent(place, _ -> none()), found.get(t).products());
        bases.merge(place, found.get(t).baseSquares(), Double::sum);
      }
    }
    return products.entrySet().stream()
        .sorted(Map.Entry.comparingByKey(Place.byDepth(map.stacks())))
        .map(
            layer ->
                new Check.Layer(
                    layer.getKey(),
                    relative(layer.getValue(), bases.getOrDefault(layer.getKey(), 0.0), all),
                    cosines(layer.getValue(), all)))
        .toList();
  }

  private double[][] none() {
    return new double[names.size()][names.size()];
  }

  private static void add(double[][] sums, double[][] more) {
    for (int i = 0; i < sums.length; i++) {
      for (int j = 0; j < sums.length; j++) {
        sums[i][j] += more[i][j];
      }
    }
  }

  private List<Double> relative(double[][] products, double base, List<String> all) {
    List<Double> relative = new ArrayList<>();
    for (String model : all) {
      int i = names.indexOf(model);
      relative.add(i < 0 ? Double.NaN : Math.sqrt(products[i][i] / base));
    }
    return relative;
  }

  private List<List<Double>> cosines(double[][] products, List<String> all) {
    List<List<Double>> cosines = new ArrayList<>();
    for (String one : all) {
      int i = names.indexOf(one);
      List<Double> row = new ArrayList<>();
      for (String other : all) {
        int j = names.indexOf(other);
        row.add(i < 0 || j < 0 ? Double.NaN : cosine(products, i, j));
      }
      cosines.add(row);
    }
    return cosines;
  }

  private static double cosine(double[][] products, int i, int j) {
    double lengths = Math.sqrt(products[i][i]) * Math.sqrt(products[j][j]);
    return lengths == 0 ? Double.NaN : Math.clamp(products[i][j] / lengths, -1.0, 1.0);
  }

  List<Finding> findings() {
    List<Finding> findings = new ArrayList<>(constant());
    double[][] whole = none();
    found.stream().filter(OfTensor::isFinite).forEach(tensor -> add(whole, tensor.products()));
    Optional<Finding> swapped =
        hasTwins(whole) ? Optional.empty() : Swapped.byDistance(whole, names);
    swapped.ifPresent(findings::add);
    double least = 1;
    for (int i = 0; i < names.size(); i++) {
      for (int j = 0; j < i; j++) {
        double cosine = cosine(whole, i, j);
        least = Math.min(least, cosine);
        alike(i, j, cosine, whole).ifPresent(findings::add);
      }
    }
    if (names.size() > 2 && least >= COMMON && swapped.isEmpty()) {
      findings.add(
          Finding.remark(
              Kind.OTHER_BASE,
              "",
              ("the updates of all models point the same way (cosine %.2f or more): they may come"
                      + " of a base that was itself tuned from this one, which is the one to name")
                  .formatted(least)));
    }
    return findings;
  }

  private static boolean areEqual(double[][] products, int i, int j) {
    return products[i][i] + products[j][j] - 2 * products[i][j] <= 0;
  }

  /// Of two that are one, each lies between the others.
  private boolean hasTwins(double[][] products) {
    for (int i = 0; i < names.size(); i++) {
      for (int j = 0; j < i; j++) {
        if (areEqual(products, i, j)) {
          return true;
        }
      }
    }
    return false;
  }

  private Optional<Finding> alike(int i, int j, double cosine, double[][] products) {
    if (!(cosine >= ONE)) {
      return Optional.empty();
    }
    boolean isSame = areEqual(products, i, j) && found.stream().allMatch(OfTensor::isFinite);
    return Optional.of(
        isSame
            ? Finding.problem(
                Kind.SAME_MODEL, names.get(i), "it is the same model as " + names.get(j))
            : Finding.remark(
                Kind.ALIKE,
                names.get(i),
                "its update is nearly that of %s (cosine %.4f), which so counts twice"
                    .formatted(names.get(j), cosine)));
  }

  /// Matrices whose values are all the same in a model, but not in the base.
  private List<Finding> constant() {
    List<Finding> findings = new ArrayList<>();
    for (int m = 0; m < names.size(); m++) {
      List<String> fallen = new ArrayList<>();
      for (int t = 0; t < found.size(); t++) {
        boolean isLong = tensors.get(t).getFirst().info().elements() > 1;
        if (isLong && found.get(t).isConstant(m + 1) && !found.get(t).isConstant(0)) {
          fallen.add(tensor(t));
        }
      }
      if (!fallen.isEmpty()) {
        findings.add(
            Finding.problem(
                Kind.CONSTANT,
                names.get(m),
                "%s: all values are the same, which they are not in the base"
                    .formatted(Examination.some(fallen))));
      }
    }
    List<String> both = new ArrayList<>();
    for (int t = 0; t < found.size(); t++) {
      boolean isMatrix = tensors.get(t).getFirst().info().shape().rank() >= 2;
      if (isMatrix && found.get(t).isConstant(0)) {
        both.add(tensor(t));
      }
    }
    if (!both.isEmpty()) {
      findings.add(
          Finding.remark(
              Kind.CONSTANT, "", Examination.some(both) + ": all values are the same in the base"));
    }
    return findings;
  }
}

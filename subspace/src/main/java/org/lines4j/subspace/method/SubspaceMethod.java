package org.lines4j.subspace.method;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.lines4j.method.MethodType;
import org.lines4j.method.Parameter;
import org.lines4j.method.Parameter.Scope;
import org.lines4j.method.TensorMerge;
import org.lines4j.method.Values;

/// A method that merges matrices by their singular directions, and all else by the mean.
abstract class SubspaceMethod implements MethodType {
  /// What is said of a method.
  record Words(
      String name, String summary, String citation, String equation, String cost, String advice) {}

  private final Words words;
  private final List<Parameter> own;
  private final String excluded;
  private final Function<Settings, Combining> factory;

  /// @param own parameters that other methods do not have
  /// @param excluded what becomes of excluded tensors where the recipe does not say
  SubspaceMethod(
      Words words, List<Parameter> own, String excluded, Function<Settings, Combining> factory) {
    this.words = words;
    this.own = List.copyOf(own);
    this.excluded = excluded;
    this.factory = factory;
  }

  /// One whose excluded tensors are averaged.
  SubspaceMethod(Words words, List<Parameter> own, Function<Settings, Combining> factory) {
    this(words, own, "mean", factory);
  }

  @Override
  public final String name() {
    return words.name;
  }

  @Override
  public final String summary() {
    return words.summary;
  }

  @Override
  public final String citation() {
    return words.citation;
  }

  @Override
  public final String equation() {
    return words.equation;
  }

  @Override
  public final String cost() {
    return words.cost;
  }

  @Override
  public final String advice() {
    return words.advice;
  }

  @Override
  public final BaseUse baseUse() {
    return BaseUse.REQUIRED;
  }

  @Override
  public final List<Parameter> parameters() {
    List<Parameter> all = new ArrayList<>();
    all.add(weight());
    all.add(lambda(1));
    all.addAll(own);
    all.addAll(Matrices.parameters(excluded));
    return List.copyOf(all);
  }

  static Parameter weight() {
    return new Parameter(
        "weight",
        Scope.MODEL,
        Values.NUMBER,
        Optional.of(1.0),
        "what the model's update is multiplied by");
  }

  static Parameter lambda(double fallback) {
    return global("lambda", Values.NUMBER, fallback, "what the merged update is multiplied by");
  }

  static Parameter global(String name, Values values, double fallback, String description) {
    return new Parameter(name, Scope.GLOBAL, values, Optional.of(fallback), description);
  }

  @Override
  public final TensorMerge create(Settings settings) {
    List<Double> weights = settings.numbers("weight");
    Combining combining = factory.apply(settings);
    return switch (Matrices.kind(settings)) {
      case MATRIX -> new ProductMerge(new MatrixMerge(combining, weights));
      case AVERAGED -> new Mean(weights);
      case KEPT -> new NoUpdate();
    };
  }
}

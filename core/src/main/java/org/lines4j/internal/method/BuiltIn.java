package org.lines4j.internal.method;

import java.util.List;
import java.util.function.Function;
import org.lines4j.method.MethodType;
import org.lines4j.method.Parameter;
import org.lines4j.method.TensorMerge;

/// What is said of a method of ours, and how its arithmetic is made.
record BuiltIn(
    String name,
    String summary,
    String citation,
    String equation,
    BaseUse baseUse,
    int fewestModels,
    int mostModels,
    List<Parameter> parameters,
    Function<Settings, TensorMerge> factory,
    boolean mergesListedBase,
    String cost,
    String advice,
    Runnable preparation)
    implements MethodType {
  static final int ANY = Integer.MAX_VALUE;

  BuiltIn {
    parameters = List.copyOf(parameters);
  }

  BuiltIn(
      String name,
      String summary,
      String citation,
      String equation,
      BaseUse baseUse,
      int fewestModels,
      int mostModels,
      List<Parameter> parameters,
      Function<Settings, TensorMerge> factory) {
    this(
        name,
        summary,
        citation,
        equation,
        baseUse,
        fewestModels,
        mostModels,
        parameters,
        factory,
        false);
  }

  /// A method of which nothing is said but what it is.
  BuiltIn(
      String name,
      String summary,
      String citation,
      String equation,
      BaseUse baseUse,
      int fewestModels,
      int mostModels,
      List<Parameter> parameters,
      Function<Settings, TensorMerge> factory,
      boolean mergesListedBase) {
    this(
        name,
        summary,
        citation,
        equation,
        baseUse,
        fewestModels,
        mostModels,
        parameters,
        factory,
        mergesListedBase,
        "",
        "",
        () -> {});
  }

  /// A method that takes the updates that any number of models make of a base.
  BuiltIn(
      String name,
      String summary,
      String citation,
      String equation,
      List<Parameter> parameters,
      Function<Settings, TensorMerge> factory) {
    this(name, summary, citation, equation, BaseUse.REQUIRED, 1, ANY, parameters, factory);
  }

  /// One of these of which it is said what it takes, and where it does well.
  BuiltIn(
      String name,
      String summary,
      String citation,
      String equation,
      List<Parameter> parameters,
      Function<Settings, TensorMerge> factory,
      String cost,
      String advice) {
    this(
        name,
        summary,
        citation,
        equation,
        BaseUse.REQUIRED,
        1,
        ANY,
        parameters,
        factory,
        false,
        cost,
        advice,
        () -> {});
  }

  /// This method, which makes something ready as soon as a recipe is known to use it.
  BuiltIn preparing(Runnable how) {
    return new BuiltIn(
        name,
        summary,
        citation,
        equation,
        baseUse,
        fewestModels,
        mostModels,
        parameters,
        factory,
        mergesListedBase,
        cost,
        advice,
        how);
  }

  @Override
  public void prepare() {
    preparation.run();
  }

  @Override
  public TensorMerge create(Settings settings) {
    return factory.apply(settings);
  }
}

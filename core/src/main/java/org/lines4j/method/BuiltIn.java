package org.lines4j.method;

import java.util.List;
import java.util.function.Function;

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
    Function<Settings, TensorMerge> factory)
    implements MethodType {
  static final int ANY = Integer.MAX_VALUE;

  BuiltIn {
    parameters = List.copyOf(parameters);
  }

  @Override
  public TensorMerge create(Settings settings) {
    return factory.apply(settings);
  }
}

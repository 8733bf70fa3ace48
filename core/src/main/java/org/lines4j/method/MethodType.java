package org.lines4j.method;

import java.util.List;
import java.util.Map;

/// A merge method as recipes know it. Built-in ones are listed by `Methods`; others are found by
/// `ServiceLoader`, so a jar of your own can add one.
public interface MethodType {
  /// What recipes call it, such as `ties`.
  String name();

  /// One line for a list of methods.
  String summary();

  /// Authors, year and arXiv number or address.
  String citation();

  /// The equation, in plain text.
  String equation();

  /// Whether there must be a base model.
  BaseUse baseUse();

  /// The parameters, with their defaults.
  List<Parameter> parameters();

  /// The arithmetic for one output tensor.
  ///
  /// @param settings the parameters' values for this tensor
  TensorMerge create(Settings settings);

  /// Whether a method works on updates of a base model.
  enum BaseUse {
    REQUIRED,
    OPTIONAL,
    NONE
  }

  /// The values of the parameters for one output tensor, complete and of the right kinds.
  ///
  /// @param tensor the output tensor's name, which random methods draw by
  /// @param seed of random methods
  /// @param global by parameter
  /// @param models by parameter, for each model but the base
  record Settings(
      String tensor, long seed, Map<String, Object> global, List<Map<String, Object>> models) {}
}

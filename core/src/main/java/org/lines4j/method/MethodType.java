package org.lines4j.method;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.lines4j.tensor.Shape;

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

  /// What it takes of time and memory, in plain text; empty where that is what reading and writing
  /// take.
  default String cost() {
    return "";
  }

  /// Where it does well and where it does not, with whose evidence; empty where nothing is known.
  default String advice() {
    return "";
  }

  /// Whether there must be a base model.
  BaseUse baseUse();

  /// The parameters, with their defaults.
  List<Parameter> parameters();

  /// The arithmetic for one output tensor.
  ///
  /// @param settings the parameters' values for this tensor
  /// @throws IllegalArgumentException if values do not go together; the message says which
  TensorMerge create(Settings settings);

  /// Begins in the background what its first tensor would otherwise wait for. Called as soon as a
  /// recipe is known to use it; nothing depends on it.
  default void prepare() {}

  /// How many models it takes at least, the base not counted.
  default int fewestModels() {
    return 1;
  }

  /// How many models it takes at most, the base not counted.
  default int mostModels() {
    return Integer.MAX_VALUE;
  }

  /// How many models it takes, the base not counted, in words.
  default String modelsInWords() {
    if (mostModels() == Integer.MAX_VALUE) {
      return fewestModels() + " or more";
    }
    return fewestModels() == mostModels()
        ? String.valueOf(fewestModels())
        : fewestModels() + " to " + mostModels();
  }

  /// Whether a base that a recipe lists among the models is one of the merged models too, not only
  /// what the others' updates start from.
  default boolean mergesListedBase() {
    return false;
  }

  /// Whether a method works on updates of a base model.
  enum BaseUse {
    REQUIRED,
    OPTIONAL,
    NONE
  }

  /// The values of the parameters for one output tensor, complete and each one of its parameter's.
  ///
  /// @param tensor the output tensor's name, which random methods draw by
  /// @param shape the tensor's, in every model
  /// @param seed of random methods
  /// @param global by parameter
  /// @param models by parameter, for each model but the base
  record Settings(
      String tensor,
      Shape shape,
      long seed,
      Map<String, Object> global,
      List<Map<String, Object>> models) {
    /// Checks that there is a value for each parameter, and that it is one of the parameter's.
    ///
    /// @throws IllegalArgumentException if not
    public void check(List<Parameter> parameters) {
      for (Parameter parameter : parameters) {
        switch (parameter.scope()) {
          case GLOBAL -> check(parameter, global);
          case MODEL -> models.forEach(model -> check(parameter, model));
        }
      }
    }

    private static void check(Parameter parameter, Map<String, Object> values) {
      Object value = values.get(parameter.name());
      if (value == null || !parameter.values().contains(value)) {
        throw new IllegalArgumentException(
            "%s should be %s, found %s"
                .formatted(parameter.name(), parameter.values().inWords(), value));
      }
    }

    /// The value of a global number.
    public double number(String parameter) {
      return value(global, parameter, Double.class);
    }

    /// The value of a global flag.
    public boolean flag(String parameter) {
      return value(global, parameter, Boolean.class);
    }

    /// The value of a global word or pattern.
    public String word(String parameter) {
      return value(global, parameter, String.class);
    }

    /// Each model's value of a number.
    public List<Double> numbers(String parameter) {
      return models.stream().map(model -> value(model, parameter, Double.class)).toList();
    }

    private static <T> T value(Map<String, Object> values, String parameter, Class<T> kind) {
      Object value = values.get(parameter);
      if (!kind.isInstance(value)) {
        throw new IllegalArgumentException(
            "%s should be a %s, found %s"
                .formatted(parameter, kind.getSimpleName().toLowerCase(Locale.ROOT), value));
      }
      return kind.cast(value);
    }
  }
}

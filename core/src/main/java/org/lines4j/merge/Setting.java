package org.lines4j.merge;

import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/// What a recipe gives for a parameter at one of its levels: a value, a gradient over depth, or
/// either by tensor name.
///
/// @param cases the first whose filter fits a tensor counts
/// @param line of the recipe's file, for messages; 0 where there is none
public record Setting(List<Case> cases, int line) {
  /// Copies the list.
  public Setting {
    cases = List.copyOf(cases);
  }

  /// The same value everywhere: a `Double`, `Boolean` or `String`.
  public static Setting of(Object value) {
    return gradient(List.of(value));
  }

  /// Values at evenly spaced depths, the first at the first layer and the last at the last.
  public static Setting gradient(List<?> values) {
    return new Setting(List.of(new Case(Optional.empty(), List.copyOf(values), 0)), 0);
  }

  /// The value for a tensor; empty where no filter fits.
  ///
  /// Numbers are interpolated between the two nearest depths given; of words, the one that the
  /// depth has reached counts.
  ///
  /// @param tensor its name
  /// @param depth 0 for the first layer, 1 for the last; 0 too for what lies outside the layers
  public Optional<Object> valueFor(String tensor, double depth) {
    return cases.stream().filter(c -> c.matches(tensor)).findFirst().map(c -> c.valueAt(depth));
  }

  /// The cases up to the first that fits every tensor.
  public List<Case> reached() {
    return cases.subList(0, reachedCount());
  }

  /// The cases after the first that fits every tensor.
  public List<Case> unreached() {
    return cases.subList(reachedCount(), cases.size());
  }

  private int reachedCount() {
    return IntStream.range(0, cases.size())
        .filter(i -> cases.get(i).matchesAll())
        .map(i -> i + 1)
        .findFirst()
        .orElse(cases.size());
  }

  /// A value or gradient, for all tensors or some.
  ///
  /// @param filter what a tensor's name must contain; empty or `*` for every tensor
  /// @param values one, or a gradient: `Double`, `Boolean` or `String` each
  /// @param line of the recipe's file, for messages; 0 where there is none
  public record Case(Optional<String> filter, List<Object> values, int line) {
    /// @throws IllegalArgumentException if there is no value, or one of another kind
    public Case {
      values = List.copyOf(values);
      boolean known =
          values.stream()
              .allMatch(v -> v instanceof Double || v instanceof Boolean || v instanceof String);
      if (values.isEmpty() || !known) {
        throw new IllegalArgumentException("not the values of a parameter: " + values);
      }
    }

    public boolean matches(String tensor) {
      return matchesAll() || filter.filter(tensor::contains).isPresent();
    }

    public boolean matchesAll() {
      return filter.isEmpty() || filter.get().equals("*");
    }

    private Object valueAt(double depth) {
      if (values.size() == 1) {
        return values.getFirst();
      }
      double position = depth * (values.size() - 1);
      int below = (int) position;
      if (values.stream().anyMatch(String.class::isInstance)) {
        return values.get(below);
      }
      int above = Math.min(values.size() - 1, below + 1);
      double fraction = position - below;
      return (1 - fraction) * number(values.get(below)) + fraction * number(values.get(above));
    }

    private static double number(Object value) {
      return value instanceof Boolean flag ? (flag ? 1 : 0) : (Double) value;
    }
  }
}

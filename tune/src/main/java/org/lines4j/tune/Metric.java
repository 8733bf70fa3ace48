package org.lines4j.tune;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.lines4j.error.RequestException;

/// A metric that counts, and which way is better.
public record Metric(String name, Better better) {
  private static final String LOWER = ":min";
  private static final String HIGHER = ":max";

  /// Which way is better.
  public enum Better {
    /// Accuracies.
    HIGHER,
    /// Losses, perplexities.
    LOWER
  }

  /// @throws RequestException if it has no name
  public Metric {
    if (name.isBlank()) {
      throw new RequestException("a metric needs a name");
    }
  }

  /// `NAME`, `NAME:max` (the same) or `NAME:min`.
  public static Metric parse(String text) {
    return parse(text, Map.of());
  }

  /// The same, where of some it is known which way is better.
  public static Metric parse(String text, Map<String, Better> known) {
    if (text.endsWith(LOWER)) {
      return new Metric(text.substring(0, text.length() - LOWER.length()), Better.LOWER);
    }
    if (text.endsWith(HIGHER)) {
      return new Metric(text.substring(0, text.length() - HIGHER.length()), Better.HIGHER);
    }
    return new Metric(text, known.getOrDefault(text, Better.HIGHER));
  }

  /// Several, with commas between them; none for an empty text.
  public static List<Metric> parseAll(String text) {
    return parseAll(text, Map.of());
  }

  /// The same, where of some it is known which way is better.
  public static List<Metric> parseAll(String text, Map<String, Better> known) {
    return text.isBlank()
        ? List.of()
        : Arrays.stream(text.split(",", -1)).map(name -> parse(name.strip(), known)).toList();
  }

  /// The better of two values.
  public double best(double a, double b) {
    return switch (better) {
      case HIGHER -> Math.max(a, b);
      case LOWER -> Math.min(a, b);
    };
  }

  @Override
  public String toString() {
    return better == Better.LOWER ? name + LOWER : name;
  }
}

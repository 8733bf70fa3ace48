package org.lines4j.tune;

import java.util.Arrays;
import java.util.List;
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
    if (text.endsWith(LOWER)) {
      return new Metric(text.substring(0, text.length() - LOWER.length()), Better.LOWER);
    }
    String name = text.endsWith(HIGHER) ? text.substring(0, text.length() - HIGHER.length()) : text;
    return new Metric(name, Better.HIGHER);
  }

  /// Several, with commas between them; none for an empty text.
  public static List<Metric> parseAll(String text) {
    return text.isBlank()
        ? List.of()
        : Arrays.stream(text.split(",", -1)).map(String::strip).map(Metric::parse).toList();
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

package org.lines4j.tune;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.lines4j.error.RequestException;

/// A metric that counts, and which way is better.
///
/// @param isSaid whether that was said, or is only what is usual
public record Metric(String name, Better better, boolean isSaid) {
  private static final String LOWER = ":min";

  /// A name, and which way is better.
  private static final Pattern DIRECTED =
      Pattern.compile("(.*?)\\s*:\\s*(min|max)", Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

  /// What is called so is seldom better where it is higher.
  private static final Pattern LOSS =
      Pattern.compile(
          "((?<![a-z])(?i:loss|perplexity|ppl|nll|wer|cer|mse|rmse|mae|errors?|bits_per_byte|bpb"
              + "|brier|forgetting|lpips|kld)|(Loss|Perplexity|Error))(?![a-z])");

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

  /// A metric of which it was said which way is better.
  public Metric(String name, Better better) {
    this(name, better, true);
  }

  /// `NAME`, `NAME:max` or `NAME:min`; higher is better where nothing is said.
  public static Metric parse(String text) {
    return parse(text, Map.of());
  }

  /// The same, where of some it is known which way is better.
  public static Metric parse(String text, Map<String, Better> known) {
    Matcher directed = DIRECTED.matcher(text);
    if (directed.matches()) {
      boolean isLower = directed.group(2).equalsIgnoreCase("min");
      return new Metric(directed.group(1), isLower ? Better.LOWER : Better.HIGHER);
    }
    return new Metric(text, known.getOrDefault(text, Better.HIGHER), known.containsKey(text));
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

  /// Whether lower may be meant: it is called a loss, and nothing was said.
  boolean isDoubtful() {
    return !isSaid && isCalledLoss(name);
  }

  /// Whether what is called so is seldom better where it is higher.
  static boolean isCalledLoss(String name) {
    return LOSS.matcher(name).find();
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

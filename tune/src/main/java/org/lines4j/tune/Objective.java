package org.lines4j.tune;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.lines4j.error.RequestException;

/// What the search makes as large as it can.
///
/// "Normalised" is a metric as a part of what a reference model has: the tuned model (of several
/// the best) for targets, the base for controls; value / reference, or reference / value where
/// lower is better. 1 is as good as the reference, whatever the metric.
public sealed interface Objective {
  /// The paper's for editing (arXiv 2410.17146, section 4.1): w · target + control, the means of
  /// the normalised target and control metrics.
  record Paper(double weight) implements Objective {
    /// The paper's w.
    public static final double USUAL = 2;

    /// @throws RequestException if the weight is no number of 0 or more: targets would be made
    ///   worse
    public Paper {
      if (!(weight >= 0 && Double.isFinite(weight))) {
        throw RequestException.expected("the objective's weight", "0 or more", weight);
      }
    }

    @Override
    public String text() {
      return weight == USUAL ? "paper" : "paper:" + weight;
    }
  }

  /// The paper's for merging (section 4.2): the mean of all normalised metrics.
  record Mean() implements Objective {
    @Override
    public String text() {
      return "mean";
    }
  }

  /// The worst of all normalised metrics.
  record Minimum() implements Objective {
    @Override
    public String text() {
      return "minimum";
    }
  }

  /// A sum of metrics, as the user writes it.
  record Weighted(List<Term> terms) implements Objective {
    /// Copies the list.
    public Weighted {
      terms = List.copyOf(terms);
    }

    @Override
    public String text() {
      String text =
          terms.stream()
              .map(term -> (term.weight() < 0 ? " - " : " + ") + term.text())
              .collect(Collectors.joining());
      return text.startsWith(" - ") ? "-" + text.substring(3) : text.substring(3);
    }
  }

  /// A part of a sum.
  ///
  /// @param isNormalised whether the metric counts as a part of its reference
  record Term(double weight, String metric, boolean isNormalised) {
    /// As the user writes it, without its sign.
    String text() {
      double size = Math.abs(weight);
      String factor = size == 1 ? "" : Candidate.shown(size) + "*";
      return factor + (isNormalised ? "norm(" + metric + ")" : metric);
    }
  }

  /// What [#parse] reads.
  String text();

  /// `paper`, `paper:W`, `mean`, `minimum`, or a sum such as `2*acc + norm(other) - 0.1*loss`.
  ///
  /// In a sum, spaces stand around plus and minus, as names may hold a minus; `norm(NAME)` is the
  /// normalised metric, `NAME` alone the metric as it was measured. Which way a metric is better is
  /// said where it is declared ([Goals] sees to it that no term goes against that), not here.
  ///
  /// @throws RequestException if it is none of them
  static Objective parse(String text) {
    return switch (text.strip()) {
      case "paper" -> new Paper(Paper.USUAL);
      case "mean" -> new Mean();
      case "minimum" -> new Minimum();
      case String paper when paper.startsWith("paper:") ->
          new Paper(number(text, paper.substring("paper:".length())));
      case String sum -> new Weighted(Sum.terms(sum));
    };
  }

  private static double number(String objective, String text) {
    try {
      return Double.parseDouble(text);
    } catch (NumberFormatException e) {
      throw new RequestException("objective '%s': '%s' is no number".formatted(objective, text));
    }
  }

  /// Reads sums.
  final class Sum {
    private static final String NUMBER = "[0-9]+(?:\\.[0-9]*)?(?:[eE]-?[0-9]+)?|\\.[0-9]+";
    private static final Pattern TERM =
        Pattern.compile(
            "\\s*([+-])?\\s*(?:("
                + NUMBER
                + ")\\s*\\*\\s*)?(?:norm\\(([^\\s()*]+)\\)|([^\\s()*+]+))");

    private Sum() {}

    private static List<Term> terms(String sum) {
      List<Term> terms = new ArrayList<>();
      Matcher matcher = TERM.matcher(sum.stripTrailing());
      int end = 0;
      while (end < matcher.regionEnd()) {
        matcher.region(end, sum.stripTrailing().length());
        if (!matcher.lookingAt() || (end > 0 && matcher.group(1) == null)) {
          throw new RequestException(
              "objective '%s': expected paper, paper:W, mean, minimum or a sum such as"
                      .formatted(sum)
                  + " 2*acc + norm(other) - 0.1*loss; cannot read '"
                  + sum.substring(end)
                  + "'");
        }
        terms.add(term(sum, matcher));
        end = matcher.end();
      }
      if (terms.isEmpty()) {
        throw new RequestException("the objective is empty");
      }
      return terms;
    }

    private static Term term(String sum, Matcher match) {
      String weight = match.group(2);
      double size = weight == null ? 1 : number(sum, weight);
      double signed = "-".equals(match.group(1)) ? -size : size;
      boolean isNormalised = match.group(3) != null;
      String name = String.valueOf(match.group(isNormalised ? 3 : 4));
      Metric written = Metric.parse(name);
      if (!written.name().equals(name)) {
        throw new RequestException(
            "objective '%s': which way %s is better is said among the targets and controls; write just %s here"
                .formatted(sum, written.name(), written.name()));
      }
      return new Term(signed, name, isNormalised);
    }
  }
}

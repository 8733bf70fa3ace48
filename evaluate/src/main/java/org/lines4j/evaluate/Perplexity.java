package org.lines4j.evaluate;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.lines4j.error.InputException;
import org.lines4j.error.RequestException;
import org.lines4j.evaluate.model.Transformer;
import org.lines4j.evaluate.text.TextFile;
import org.lines4j.evaluate.text.TokenizedTexts;
import org.lines4j.evaluate.text.Tokens;
import org.lines4j.format.Checkpoint;
import org.lines4j.storage.Location;
import org.lines4j.tune.Metric;
import org.lines4j.tune.Sample;

/// The perplexity of a causal language model on a text: exp of the mean of −ln p over all tokens
/// that are predicted.
///
/// A text's tokens are cut into windows, none of which overlaps another, and each of which begins
/// with the special tokens that the model's tokenizer begins a text with. Where there are none, the
/// first token of a window is not predicted. Windows do not go from one document to the next. A
/// part of the data is windows evenly spaced.
public final class Perplexity implements FileEvaluator {
  /// The usual most tokens of a window.
  static final int USUAL_WINDOW = 1024;

  static final String WINDOW = "window";

  private final TextFile text;
  private final TokenizedTexts documents;
  private final int window;

  private Perplexity(TextFile text, int window) {
    this.text = text;
    this.documents = new TokenizedTexts(text.documents());
    this.window = window;
  }

  /// Of a text.
  ///
  /// @param argument `FILE` or `FILE,window=TOKENS`
  static Perplexity of(String argument) throws IOException {
    Arguments arguments = Arguments.parse(argument, List.of(WINDOW));
    int window = arguments.find(WINDOW).map(Perplexity::window).orElse(USUAL_WINDOW);
    return new Perplexity(TextFile.read(arguments.file()), window);
  }

  private static int window(String number) {
    if (!number.matches("\\d{1,7}") || Integer.parseInt(number) < 2) {
      throw RequestException.expected(WINDOW, "a number of tokens from 2", "'" + number + "'");
    }
    return Integer.parseInt(number);
  }

  private String metric() {
    return text.name() + "/perplexity";
  }

  @Override
  public Map<String, Metric.Better> metrics() {
    return Map.of(metric(), Metric.Better.LOWER);
  }

  @Override
  public String identity() {
    return "perplexity of %s, windows of %d".formatted(text.digest(), window);
  }

  @Override
  public Map<String, Double> evaluate(Location location, Path scratch, Sample sample)
      throws IOException, InterruptedException {
    try (Checkpoint model = Checkpoint.open(location);
        Transformer transformer = Transformer.of(model)) {
      if (!transformer.isCausal()) {
        throw new InputException(
                model.location(),
                "%s models are encoders, which have no perplexity".formatted(transformer.type()))
            .withRemedy("measure with classify:FILE.tsv");
      }
      Windows windows = windows(model, transformer).sampled(sample.fraction());
      return Map.of(metric(), Math.exp(meanLoss(transformer, windows)));
    }
  }

  /// The mean of −ln p over all tokens that are predicted.
  static double meanLoss(Transformer transformer, Windows windows)
      throws IOException, InterruptedException {
    double sum = Arrays.stream(transformer.losses(windows.tokens(), windows.first())).sum();
    return sum / windows.predicted();
  }

  /// What a model reads of the text.
  Windows windows(Checkpoint model, Transformer transformer)
      throws IOException, InterruptedException {
    int length = Math.min(window, transformer.positions());
    Tokens tokens = documents.in(model);
    int[] beginning = tokens.first();
    if (beginning.length >= length) {
      throw RequestException.expected(
          WINDOW,
          "more than the %d tokens that a text begins with".formatted(beginning.length),
          length);
    }
    List<int[]> windows = new ArrayList<>();
    for (int[] document : tokens.texts()) {
      cut(document, beginning, length, windows);
    }
    if (windows.isEmpty()) {
      throw new InputException(text.path(), "too short: no token follows another");
    }
    return new Windows(windows, Math.max(1, beginning.length));
  }

  private static void cut(int[] tokens, int[] beginning, int length, List<int[]> into) {
    int step = length - beginning.length;
    for (int from = 0; from < tokens.length; from += step) {
      int to = Math.min(tokens.length, from + step);
      int[] window = Arrays.copyOf(beginning, beginning.length + to - from);
      System.arraycopy(tokens, from, window, beginning.length, to - from);
      if (window.length > Math.max(1, beginning.length)) {
        into.add(window);
      }
    }
  }

  /// Tokens that are read together.
  ///
  /// @param first the first of each window that is predicted
  record Windows(List<int[]> tokens, int first) {
    /// A part.
    Windows sampled(double fraction) {
      return new Windows(Sampled.of(tokens, fraction), first);
    }

    /// How many tokens are predicted.
    long predicted() {
      return tokens.stream().mapToLong(window -> window.length - first).sum();
    }
  }
}

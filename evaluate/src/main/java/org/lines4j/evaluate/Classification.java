package org.lines4j.evaluate;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.lines4j.error.InputException;
import org.lines4j.error.RequestException;
import org.lines4j.error.Shown;
import org.lines4j.evaluate.model.Settings;
import org.lines4j.evaluate.model.Transformer;
import org.lines4j.evaluate.text.TextFile;
import org.lines4j.evaluate.text.TokenizedTexts;
import org.lines4j.evaluate.text.Tokens;
import org.lines4j.files.Digests;
import org.lines4j.format.Checkpoint;
import org.lines4j.format.Companion;
import org.lines4j.storage.Location;
import org.lines4j.tune.Metric;
import org.lines4j.tune.Sample;

/// How often the label of a text is the one whose own text an encoder puts nearest to it, by the
/// cosine of their vectors; of equally near ones the first counts.
///
/// A vector is what the model folder's `modules.json` says, as sentence-transformers writes it, or
/// the mean over all tokens. A part of the data is rows evenly spaced.
public final class Classification implements FileEvaluator {
  static final String LABELS = "labels";
  static final String TEMPLATE = "template";
  private static final String SLOT = "{label}";

  private final String task;
  private final String digest;
  private final List<Row> rows;
  private final Map<String, String> labels;
  private final TokenizedTexts texts;

  private Classification(String task, String digest, List<Row> rows, Map<String, String> labels) {
    this.task = task;
    this.digest = digest;
    this.rows = rows;
    this.labels = labels;
    this.texts =
        new TokenizedTexts(
            Stream.concat(labels.values().stream(), rows.stream().map(Row::text)).toList());
  }

  private record Row(String text, String label) {}

  /// Of a table.
  ///
  /// @param argument `FILE.tsv`, with `,labels=FILE.tsv` for the labels' texts or `,template=TEXT
  ///   WITH {label}`
  static Classification of(String argument) throws IOException {
    Arguments arguments = Arguments.parse(argument, List.of(LABELS, TEMPLATE));
    TextFile file = TextFile.read(arguments.file());
    List<Row> rows =
        file.rows("text", "label").stream().map(row -> new Row(row.get(0), row.get(1))).toList();
    String template = arguments.find(TEMPLATE).orElse(SLOT);
    if (!template.contains(SLOT)) {
      throw RequestException.expected(
          TEMPLATE, "a text with " + SLOT + " in it", "'" + template + "'");
    }
    Map<String, String> labels = new LinkedHashMap<>();
    rows.forEach(row -> labels.putIfAbsent(row.label(), row.label()));
    Optional<String> names = arguments.find(LABELS);
    if (names.isPresent()) {
      name(labels, TextFile.read(Path.of(names.get())));
    }
    labels.replaceAll((_, text) -> template.replace(SLOT, text));
    if (labels.size() < 2) {
      throw new InputException(file.path(), "all rows have the same label: " + labels.keySet());
    }
    return new Classification(file.name(), file.digest(), rows, labels);
  }

  /// Gives labels the texts of a table; more labels than the rows have are labels, too.
  private static void name(Map<String, String> labels, TextFile file) {
    Map<String, String> texts = new LinkedHashMap<>();
    for (List<String> row : file.rows("label", "text")) {
      String other = texts.putIfAbsent(row.get(0), row.get(1));
      if (other != null && !other.equals(row.get(1))) {
        throw new InputException(
            file.path(),
            "the label '%s' has two texts: '%s' and '%s'"
                .formatted(Shown.of(row.get(0)), Shown.of(other), Shown.of(row.get(1))));
      }
    }
    for (String label : labels.keySet()) {
      if (!texts.containsKey(label)) {
        throw new InputException(
            file.path(), "there is no text for the label '%s'".formatted(Shown.of(label)));
      }
    }
    labels.putAll(texts);
  }

  private String metric() {
    return task + "/accuracy";
  }

  @Override
  public Map<String, Metric.Better> metrics() {
    return Map.of(metric(), Metric.Better.HIGHER);
  }

  @Override
  public String identity() {
    return "classification of %s by %s".formatted(digest, Digests.sha256(labels.toString()));
  }

  @Override
  public Map<String, Double> evaluate(Location location, Path scratch, Sample sample)
      throws IOException, InterruptedException {
    List<Integer> some =
        Sampled.of(IntStream.range(0, rows.size()).boxed().toList(), sample.fraction());
    double[][] near = similarities(location, some);
    List<String> names = List.copyOf(labels.keySet());
    int right = 0;
    for (int i = 0; i < near.length; i++) {
      right += names.get(largest(near[i])).equals(rows.get(some.get(i)).label()) ? 1 : 0;
    }
    return Map.of(metric(), (double) right / near.length);
  }

  private static int largest(double[] values) {
    int best = 0;
    for (int i = 1; i < values.length; i++) {
      best = values[i] > values[best] ? i : best;
    }
    return best;
  }

  /// How near texts are to each label.
  ///
  /// @param some numbers of rows
  double[][] similarities(Location location, List<Integer> some)
      throws IOException, InterruptedException {
    try (Checkpoint model = Checkpoint.open(location);
        Transformer transformer = Transformer.of(model)) {
      if (transformer.isCausal()) {
        throw new InputException(
                model.location(),
                "%s models are no encoders, whose texts could be compared"
                    .formatted(transformer.type()))
            .withRemedy("measure with perplexity:FILE");
      }
      List<float[]> vectors =
          transformer.embed(tokens(model, transformer, some), Poolings.of(model));
      double[][] near = new double[some.size()][labels.size()];
      for (int i = 0; i < near.length; i++) {
        for (int j = 0; j < labels.size(); j++) {
          near[i][j] = cosine(vectors.get(labels.size() + i), vectors.get(j));
        }
      }
      return near;
    }
  }

  /// Of all labels, then of rows.
  private List<int[]> tokens(Checkpoint model, Transformer transformer, List<Integer> some)
      throws IOException, InterruptedException {
    Tokens known = texts.in(model);
    int most = Math.min(transformer.positions(), most(model));
    List<int[]> tokens = new ArrayList<>();
    for (int i = 0; i < labels.size() + some.size(); i++) {
      int text = i < labels.size() ? i : labels.size() + some.get(i - labels.size());
      int[] whole = known.whole(text, most);
      if (whole.length == 0) {
        throw new InputException(model.location(), "the tokenizer makes nothing of a text");
      }
      tokens.add(whole);
    }
    return tokens;
  }

  /// The most tokens of a text, as sentence-transformers remembers it.
  private static int most(Checkpoint model) throws IOException {
    Optional<Companion> file = model.companions().find("sentence_bert_config.json");
    return file.isPresent()
        ? Settings.read(file.get()).count("max_seq_length", Integer.MAX_VALUE)
        : Integer.MAX_VALUE;
  }

  private static double cosine(float[] a, float[] b) {
    double dot = 0;
    double first = 0;
    double second = 0;
    for (int i = 0; i < a.length; i++) {
      dot += (double) a[i] * b[i];
      first += (double) a[i] * a[i];
      second += (double) b[i] * b[i];
    }
    return dot / Math.sqrt(first * second);
  }
}

package org.lines4j.tune.program;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.lines4j.error.RequestException;
import org.lines4j.tune.EvaluationException;
import org.lines4j.tune.Evaluator;
import org.lines4j.tune.Metric;
import org.lines4j.tune.Sample;

/// Runs a program on each model: `python eval.py {model}`.
///
/// The command is split into words as a shell would, at spaces outside quotes, but no shell runs
/// it: a path with spaces in it stays one word, and what only a shell understands, such as `|` and
/// `>` outside quotes, is refused. `sh -c '…'` is there for who wants one. In each word, `{model}`
/// stands for the model's path and `{result}` for a file that the program may write; both are also
/// in the environment, as `LINES_MODEL` and `LINES_RESULT`. `{fraction}` stands for the part of its
/// data that is to be used, such as `0.1`, and `{repeat}` for the number of the measurement of the
/// same model, from 1 (`LINES_FRACTION`, `LINES_REPEAT`).
///
/// The metrics are the JSON object in the last line of the program's standard output, or in the
/// file, or in any `.json` file that it makes beside it (lm-evaluation-harness adds a date to the
/// name): see [MetricsText].
public final class CommandEvaluator implements Evaluator {
  private static final String MODEL = "{model}";
  private static final String RESULT = "{result}";
  private static final String FRACTION = "{fraction}";
  private static final String REPEAT = "{repeat}";
  private static final String RESULT_FILE = "result.json";
  private static final int OUTPUT_BYTES = 1 << 20;
  private static final int ERROR_BYTES = 2000;
  private static final long LARGEST_RESULT = 64L << 20;

  /// How often the family of a running program is looked at.
  private static final long LOOK_MILLIS = 500;

  private final String command;
  private final List<String> words;
  private final Map<String, String> values;
  private final Map<String, Metric.Better> directions = new ConcurrentHashMap<>();

  private CommandEvaluator(String command, List<String> words, Map<String, String> values) {
    this.command = command;
    this.words = words;
    this.values = Map.copyOf(values);
  }

  /// An evaluator that runs `command`.
  ///
  /// @throws RequestException if a quote is not closed, nothing stands for the model, or it takes a
  ///   shell
  public static CommandEvaluator of(String command) {
    List<String> words = CommandWords.split(command);
    if (words.stream().noneMatch(word -> word.contains(MODEL))) {
      throw new RequestException(
          "the evaluator's command should say where the model's path goes, as {model}; found: "
              + command);
    }
    return new CommandEvaluator(command, words, Map.of());
  }

  /// The same, where words of the caller's, too, stand for something: `{name}` for its value.
  ///
  /// @throws RequestException if the command has no place for one of them
  public CommandEvaluator with(Map<String, String> more) {
    for (String name : more.keySet()) {
      if (words.stream().noneMatch(word -> word.contains(place(name)))) {
        throw new RequestException(
            "the evaluator's command should say where the %s goes, as %s; found: %s"
                .formatted(name, place(name), command));
      }
    }
    return new CommandEvaluator(command, words, more);
  }

  private static String place(String name) {
    return "{" + name + "}";
  }

  /// Whether a text says where the model's path goes.
  static boolean namesModel(String text) {
    return text.contains(MODEL);
  }

  /// The command, and what the scripts hold that it names.
  @Override
  public String identity() {
    String scripts = Scripts.described(words);
    return scripts.isEmpty() ? command : "%s (%s)".formatted(command, scripts);
  }

  /// What results have said, of models that were measured.
  @Override
  public Map<String, Metric.Better> metrics() {
    return Map.copyOf(directions);
  }

  @Override
  public boolean takesFraction() {
    return words.stream().anyMatch(word -> word.contains(FRACTION));
  }

  @Override
  public Map<String, Double> evaluate(Path model, Path scratch)
      throws EvaluationException, IOException, InterruptedException {
    return evaluate(model, scratch, Sample.WHOLE);
  }

  @Override
  public Map<String, Double> evaluate(Path model, Path scratch, Sample sample)
      throws EvaluationException, IOException, InterruptedException {
    Path result = scratch.toAbsolutePath().resolve(RESULT_FILE);
    Path measured = model.toAbsolutePath();
    List<String> filled = new ArrayList<>();
    for (String word : words) {
      String own = word;
      for (Map.Entry<String, String> value : values.entrySet()) {
        own = own.replace(place(value.getKey()), value.getValue());
      }
      filled.add(
          own.replace(FRACTION, String.valueOf(sample.fraction()))
              .replace(REPEAT, String.valueOf(sample.repeat()))
              .replace(RESULT, result.toString())
              .replace(MODEL, measured.toString()));
    }
    ProcessBuilder builder = new ProcessBuilder(filled);
    builder.environment().put("LINES_MODEL", measured.toString());
    builder.environment().put("LINES_RESULT", result.toString());
    builder.environment().put("LINES_FRACTION", String.valueOf(sample.fraction()));
    builder.environment().put("LINES_REPEAT", String.valueOf(sample.repeat()));
    try (ProcessFamily family = start(builder)) {
      OutputTail out = OutputTail.of(family.process().getInputStream(), OUTPUT_BYTES);
      OutputTail err = OutputTail.of(family.process().getErrorStream(), ERROR_BYTES);
      while (!family.process().waitFor(LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
        family.look();
      }
      family.kill(); // what it left running holds its output open
      int code = family.process().exitValue();
      if (code != 0) {
        String text = err.text();
        throw new EvaluationException(
            "exit code "
                + code
                + (text.isBlank()
                    ? ", and nothing on standard error; run it by hand: " + shown(filled)
                    : ""),
            text);
      }
      return metrics(scratch, out.lastLine(), err.text());
    }
  }

  /// As a shell would take it, if no word holds quotes.
  private static String shown(List<String> words) {
    return words.stream()
        .map(word -> word.matches("[\\w./:=@%+,-]+") ? word : "'" + word + "'")
        .collect(Collectors.joining(" "));
  }

  private ProcessFamily start(ProcessBuilder builder) {
    try {
      Process process = builder.start();
      process.getOutputStream().close();
      return new ProcessFamily(process);
    } catch (IOException e) {
      throw new RequestException(
              "cannot run the evaluator's command '%s': %s".formatted(command, e.getMessage()))
          .withRemedy(
              "its first word should be a program that is on the PATH, or the path of one that may"
                  + " be executed");
    }
  }

  private Map<String, Double> metrics(Path scratch, String lastLine, String errors)
      throws EvaluationException, IOException {
    Optional<Path> file = resultFile(scratch);
    String text = file.isPresent() ? Files.readString(file.get()) : lastLine;
    try {
      Map<String, Double> metrics = MetricsText.parse(text);
      directions.putAll(MetricsText.directions(text, metrics.keySet()));
      return metrics;
    } catch (IllegalArgumentException e) {
      String where =
          file.isPresent()
              ? "the result file " + scratch.relativize(file.get())
              : "the last line of standard output, '%s',".formatted(shortened(lastLine));
      throw new EvaluationException(where + " has no metrics: " + e.getMessage(), errors);
    }
  }

  private static String shortened(String line) {
    return line.length() > 100 ? line.substring(0, 100) + "…" : line;
  }

  /// The file that the command was told, or the newest `.json` file near it.
  private static Optional<Path> resultFile(Path scratch) throws IOException {
    Path told = scratch.resolve(RESULT_FILE);
    if (Files.isRegularFile(told)) {
      return Optional.of(told);
    }
    try (Stream<Path> files = Files.walk(scratch)) {
      List<Path> found =
          files
              .filter(file -> file.toString().endsWith(".json") && Files.isRegularFile(file))
              .filter(file -> file.toFile().length() <= LARGEST_RESULT)
              .sorted(java.util.Comparator.comparingLong(file -> -file.toFile().lastModified()))
              .toList();
      return found.stream().findFirst();
    }
  }
}

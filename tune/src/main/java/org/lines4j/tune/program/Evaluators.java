package org.lines4j.tune.program;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.lines4j.error.NearestName;
import org.lines4j.error.RequestException;
import org.lines4j.storage.Location;
import org.lines4j.tune.EvaluationException;
import org.lines4j.tune.Evaluator;
import org.lines4j.tune.EvaluatorType;
import org.lines4j.tune.Metric;
import org.lines4j.tune.Sample;

/// Evaluators by what a user calls them: `NAME:ARGUMENT` of an [EvaluatorType], or a command.
public final class Evaluators {
  private static final Pattern NAMED = Pattern.compile("([a-z][a-z-]*):(.*)", Pattern.DOTALL);

  private static final List<EvaluatorType> TYPES =
      ServiceLoader.load(EvaluatorType.class, Evaluators.class.getClassLoader()).stream()
          .map(ServiceLoader.Provider::get)
          .sorted(Comparator.comparing(EvaluatorType::name))
          .toList();

  private Evaluators() {}

  /// One evaluator of all of these, which gives the metrics of each.
  ///
  /// @throws RequestException if one is neither, or two give the same metric
  /// @throws org.lines4j.error.InputException if what one measures on is not what it should be
  public static Evaluator of(List<String> texts) throws IOException {
    return of(texts, TYPES);
  }

  /// The same with other types than those that jars provide.
  static Evaluator of(List<String> texts, List<EvaluatorType> types) throws IOException {
    List<Evaluator> all = new ArrayList<>();
    for (String text : texts) {
      all.add(of(text, types));
    }
    return all.size() == 1 ? all.getFirst() : Together.of(all);
  }

  private static Evaluator of(String text, List<EvaluatorType> types) throws IOException {
    Matcher named = NAMED.matcher(text);
    if (!named.matches() || CommandEvaluator.namesModel(text)) {
      return CommandEvaluator.of(text);
    }
    String name = named.group(1);
    Optional<EvaluatorType> type =
        types.stream().filter(known -> known.name().equals(name)).findFirst();
    if (type.isEmpty()) {
      List<String> names = types.stream().map(EvaluatorType::name).toList();
      throw new RequestException(
              "there is no evaluator called '%s', nor {model} where a command has the model's path"
                  .formatted(name))
          .withRemedy(
              names.isEmpty()
                  ? "those that need no program are in the module lines-evaluate, for an archive in"
                      + " lines-…-evaluate, to be unpacked over it"
                  : NearestName.advice(name, names));
    }
    return type.get().open(named.group(2));
  }

  /// Several, one after the other.
  private record Together(List<Evaluator> all) implements Evaluator {
    static Evaluator of(List<Evaluator> evaluators) {
      Set<String> metrics = new HashSet<>();
      for (Evaluator one : evaluators) {
        one.metrics()
            .keySet()
            .forEach(
                name -> {
                  if (!metrics.add(name)) {
                    throw new RequestException("two evaluators give the metric " + name)
                        .withRemedy("give their files different names");
                  }
                });
      }
      return new Together(List.copyOf(evaluators));
    }

    @Override
    public Map<String, Metric.Better> metrics() {
      Map<String, Metric.Better> metrics = new LinkedHashMap<>();
      all.forEach(one -> metrics.putAll(one.metrics()));
      return metrics;
    }

    @Override
    public Map<String, Double> evaluate(Path model, Path scratch)
        throws EvaluationException, IOException, InterruptedException {
      return evaluate(Location.of(model), scratch, Sample.WHOLE);
    }

    @Override
    public Map<String, Double> evaluate(Location model, Path scratch, Sample sample)
        throws EvaluationException, IOException, InterruptedException {
      Map<String, Double> metrics = new LinkedHashMap<>();
      for (int i = 0; i < all.size(); i++) {
        Path own = Files.createDirectory(scratch.resolve(String.valueOf(i + 1)));
        all.get(i).evaluate(model, own, sample).forEach((name, value) -> add(metrics, name, value));
      }
      return metrics;
    }

    /// What programs call their metrics is known once they have run.
    private static void add(Map<String, Double> metrics, String name, Double value) {
      if (metrics.put(name, value) != null) {
        throw new RequestException("two evaluators give the metric " + name)
            .withRemedy("have one of them print it under another name");
      }
    }

    @Override
    public boolean opensModels() {
      return all.stream().allMatch(Evaluator::opensModels);
    }

    @Override
    public boolean takesFraction() {
      return all.stream().allMatch(Evaluator::takesFraction);
    }

    @Override
    public boolean startsOnParts() {
      return all.stream().allMatch(Evaluator::startsOnParts);
    }

    @Override
    public boolean mayGiveOthers() {
      return all.stream().anyMatch(Evaluator::mayGiveOthers);
    }

    @Override
    public String identity() {
      return all.stream().map(Evaluator::identity).collect(Collectors.joining("\n"));
    }
  }
}

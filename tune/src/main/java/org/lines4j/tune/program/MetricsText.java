package org.lines4j.tune.program;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.lines4j.tune.Metric;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.MissingNode;

/// Metrics as programs give them: a JSON object of numbers, `{"metric": 0.5, …}`, or
/// lm-evaluation-harness' result file as it is.
///
/// Of the latter, `{"results": {"task": {"acc,none": 0.5, "exact_match,strict-match": 0.4}}}` has
/// the metrics `task/acc` and `task/exact_match/strict-match`: the filter is named unless it is
/// `none`. Standard errors are left out. What is no number is passed over.
final class MetricsText {
  /// Python writes NaN and Infinity.
  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .build();

  private static final String RESULTS = "results";
  private static final String DIRECTIONS = "higher_is_better";
  private static final String NO_FILTER = ",none";

  private static final String WANTED =
      "the evaluator should print one JSON object of numbers last, such as {\"accuracy\": 0.9}";

  private MetricsText() {}

  /// The metrics in `text`; they may be NaN or infinite.
  ///
  /// @throws IllegalArgumentException if it is not JSON, or has no number
  static Map<String, Double> parse(String text) {
    Map<String, Double> metrics = new LinkedHashMap<>();
    try {
      JsonNode document = JSON.readTree(text);
      if (!document.isObject()) {
        throw new IllegalArgumentException("not a JSON object");
      }
      if (document.path(RESULTS).isObject()) {
        document
            .path(RESULTS)
            .properties()
            .forEach(task -> addNumbers(metrics, task.getKey() + "/", task.getValue()));
      } else {
        addNumbers(metrics, "", document);
      }
    } catch (JacksonException e) {
      throw new IllegalArgumentException("not JSON; " + WANTED, e);
    }
    if (metrics.isEmpty()) {
      throw new IllegalArgumentException("there is no number in it; " + WANTED);
    }
    return metrics;
  }

  /// Which way the metrics in `text` are better, as far as lm-evaluation-harness says so:
  /// `{"higher_is_better": {"task": {"acc": true, "perplexity": false}}}`.
  ///
  /// @param metrics those that [#parse] found in it
  static Map<String, Metric.Better> directions(String text, Set<String> metrics) {
    JsonNode tasks = JSON.readTree(text).path(DIRECTIONS);
    Map<String, Metric.Better> directions = new LinkedHashMap<>();
    for (String metric : metrics) {
      int slash = metric.indexOf('/');
      JsonNode isHigher =
          slash < 0
              ? MissingNode.getInstance()
              : tasks
                  .path(metric.substring(0, slash))
                  .path(metric.substring(slash + 1).replaceFirst("/.*", ""));
      if (isHigher.isBoolean()) {
        directions.put(
            metric, isHigher.booleanValue() ? Metric.Better.HIGHER : Metric.Better.LOWER);
      }
    }
    return directions;
  }

  private static void addNumbers(Map<String, Double> metrics, String prefix, JsonNode values) {
    for (Map.Entry<String, JsonNode> value : values.properties()) {
      String name = value.getKey();
      if (value.getValue().isNumber() && !isStandardError(prefix, name)) {
        metrics.put(
            prefix + (prefix.isEmpty() ? name : plain(name)), value.getValue().doubleValue());
      }
    }
  }

  private static boolean isStandardError(String prefix, String name) {
    return !prefix.isEmpty() && name.contains("_stderr,");
  }

  private static String plain(String name) {
    return name.endsWith(NO_FILTER)
        ? name.substring(0, name.length() - NO_FILTER.length())
        : name.replace(',', '/');
  }
}

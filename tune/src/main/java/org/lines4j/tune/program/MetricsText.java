package org.lines4j.tune.program;

import java.util.LinkedHashMap;
import java.util.Map;
import org.lines4j.tune.record.JsonTree;

/// Metrics as programs give them: a JSON object of numbers, `{"metric": 0.5, …}`, or
/// lm-evaluation-harness' result file as it is.
///
/// Of the latter, `{"results": {"task": {"acc,none": 0.5, "exact_match,strict-match": 0.4}}}` has
/// the metrics `task/acc` and `task/exact_match/strict-match`: the filter is named unless it is
/// `none`. Standard errors are left out. What is no number is passed over.
final class MetricsText {
  private static final String RESULTS = "results";
  private static final String NO_FILTER = ",none";

  private MetricsText() {}

  /// The metrics in `text`; they may be NaN or infinite.
  ///
  /// @throws IllegalArgumentException if it is not JSON, or has no number
  static Map<String, Double> parse(String text) {
    Map<?, ?> object = JsonTree.object(text);
    Map<String, Double> metrics = new LinkedHashMap<>();
    if (object.get(RESULTS) instanceof Map<?, ?> tasks) {
      tasks.forEach(
          (task, values) -> {
            if (values instanceof Map<?, ?> named) {
              addNumbers(metrics, task + "/", named);
            }
          });
    } else {
      addNumbers(metrics, "", object);
    }
    if (metrics.isEmpty()) {
      throw new IllegalArgumentException("there is no number in it");
    }
    return metrics;
  }

  private static void addNumbers(Map<String, Double> metrics, String prefix, Map<?, ?> values) {
    values.forEach(
        (name, value) -> {
          if (value instanceof Double number && !isStandardError(prefix, name.toString())) {
            metrics.put(prefix + (prefix.isEmpty() ? name : plain(name.toString())), number);
          }
        });
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

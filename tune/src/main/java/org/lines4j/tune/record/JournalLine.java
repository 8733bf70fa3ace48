package org.lines4j.tune.record;

import java.io.StringWriter;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.lines4j.tune.Trial;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/// A line of `trials.jsonl`.
public record JournalLine(SearchIdentity identity, Trial trial) {
  private static final JsonFactory JSON = new JsonFactory();

  /// The line's JSON, without its end.
  public String json() {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), text)) {
      json.writeStartObject();
      json.writeStringProperty("key", trial.key());
      strings(json, "parameters", trial.parameters());
      if (trial.alpha().isPresent()) {
        json.writeNumberProperty("alpha", trial.alpha().getAsDouble());
      }
      json.writeObjectPropertyStart("metrics");
      trial.metrics().forEach(json::writeNumberProperty);
      json.writeEndObject();
      trial.failure().ifPresent(failure -> write(json, failure));
      json.writeNumberProperty("seconds", trial.seconds());
      json.writeNumberProperty("attempts", trial.attempts());
      json.writeStringProperty("recipe", identity.recipe());
      strings(json, "inputs", identity.inputs());
      json.writeStringProperty("evaluator", identity.evaluator());
      json.writeEndObject();
    }
    return text.toString();
  }

  private static void write(JsonGenerator json, Trial.Failure failure) {
    json.writeObjectPropertyStart("error");
    json.writeStringProperty("reason", failure.reason());
    json.writeStringProperty("details", failure.details());
    json.writeEndObject();
  }

  private static void strings(JsonGenerator json, String name, Map<String, String> values) {
    json.writeObjectPropertyStart(name);
    values.forEach(json::writeStringProperty);
    json.writeEndObject();
  }

  /// Reads a line.
  ///
  /// @throws IllegalArgumentException if it is none; the message says why
  public static JournalLine parse(String line) {
    Map<?, ?> object = JsonTree.object(line);
    Map<String, Double> metrics = new LinkedHashMap<>();
    map(object, "metrics")
        .forEach((name, value) -> metrics.put(String.valueOf(name), as(Double.class, value)));
    Optional<Trial.Failure> failure =
        object.containsKey("error")
            ? Optional.of(
                new Trial.Failure(
                    text(map(object, "error"), "reason"), text(map(object, "error"), "details")))
            : Optional.empty();
    OptionalDouble alpha =
        object.get("alpha") instanceof Double known
            ? OptionalDouble.of(known)
            : OptionalDouble.empty();
    Trial trial =
        new Trial(
            text(object, "key"),
            strings(object, "parameters"),
            alpha,
            metrics,
            failure,
            as(Double.class, object.get("seconds")),
            as(Double.class, object.get("attempts")).intValue());
    SearchIdentity identity =
        new SearchIdentity(
            text(object, "recipe"), strings(object, "inputs"), text(object, "evaluator"));
    return new JournalLine(identity, trial);
  }

  private static String text(Map<?, ?> object, String name) {
    return as(String.class, object.get(name));
  }

  private static Map<?, ?> map(Map<?, ?> object, String name) {
    return as(Map.class, object.get(name));
  }

  private static Map<String, String> strings(Map<?, ?> object, String name) {
    Map<String, String> strings = new LinkedHashMap<>();
    map(object, name).forEach((key, value) -> strings.put(String.valueOf(key), "" + value));
    return strings;
  }

  private static <T> T as(Class<T> kind, @org.jspecify.annotations.Nullable Object value) {
    if (!kind.isInstance(value)) {
      throw new IllegalArgumentException(
          "expected a %s, found %s".formatted(kind.getSimpleName(), value));
    }
    return kind.cast(value);
  }
}

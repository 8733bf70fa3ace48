package org.lines4j.tune.record;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.lines4j.tune.Trial;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.json.JsonMapper;

/// A line of `trials.jsonl`.
///
/// @param lowerIsBetter metrics of which the evaluator says so
public record JournalLine(SearchIdentity identity, Trial trial, List<String> lowerIsBetter) {
  private static final JsonMapper JSON =
      JsonMapper.builder()
          .disable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
          .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
          .build();

  /// Copies the list.
  public JournalLine {
    lowerIsBetter = List.copyOf(lowerIsBetter);
  }

  /// The properties in their order. What is empty is left out.
  @JsonInclude(JsonInclude.Include.NON_ABSENT)
  record Properties(
      String key,
      Map<String, String> parameters,
      OptionalDouble alpha,
      Map<String, Double> metrics,
      @JsonProperty("lower_is_better") Optional<List<String>> lowerIsBetter,
      Optional<Trial.Failure> error,
      double seconds,
      int attempts,
      String recipe,
      Map<String, String> inputs,
      String evaluator) {}

  /// The line's JSON, without its end.
  public String json() {
    return JSON.writeValueAsString(
        new Properties(
            trial.key(),
            trial.parameters(),
            trial.alpha(),
            trial.metrics(),
            Optional.of(lowerIsBetter).filter(metrics -> !metrics.isEmpty()),
            trial.failure(),
            trial.seconds(),
            trial.attempts(),
            identity.recipe(),
            identity.inputs(),
            identity.evaluator()));
  }

  /// Reads a line.
  ///
  /// @throws IllegalArgumentException if it is none; the message says why
  public static JournalLine parse(String line) {
    try {
      Properties read = JSON.readValue(line, Properties.class);
      return new JournalLine(
          new SearchIdentity(read.recipe(), read.inputs(), read.evaluator()),
          new Trial(
              read.key(),
              read.parameters(),
              read.alpha(),
              read.metrics(),
              read.error(),
              read.seconds(),
              read.attempts()),
          read.lowerIsBetter().orElse(List.of()));
    } catch (JacksonException e) {
      throw new IllegalArgumentException(e.getOriginalMessage(), e);
    }
  }
}

package org.lines4j.tune;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/// A finished measurement of one model, successful or not.
///
/// @param key what identifies the model within the search
/// @param parameters what the model is, for the journal's reader
/// @param alpha the α that the model was made with; empty for models that were there before
/// @param metrics by name; empty where the measurement failed
/// @param failure why it failed
/// @param seconds that the measurement took, all attempts together, without making the model
/// @param attempts how many there were
public record Trial(
    String key,
    Map<String, String> parameters,
    OptionalDouble alpha,
    Map<String, Double> metrics,
    Optional<Failure> failure,
    double seconds,
    int attempts) {
  /// Copies its collections.
  public Trial {
    parameters = Collections.unmodifiableMap(new LinkedHashMap<>(parameters));
    metrics = Collections.unmodifiableMap(new LinkedHashMap<>(metrics));
  }

  /// Why a measurement failed.
  ///
  /// @param reason in a few words
  /// @param details such as the end of what a program said
  public record Failure(String reason, String details) {}

  /// Whether there are metrics.
  public boolean isMeasured() {
    return failure.isEmpty();
  }
}

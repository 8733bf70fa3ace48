package org.lines4j.lab.result;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.json.JsonMapper;

/// What others have published of merged encoders: `published.json`, which says where it is from.
///
/// @param source of all figures
record PublishedFigures(String source, List<Figures> figures) {
  /// What the fine-tuned models, each on its own task, are called.
  static final String FINE_TUNED = "fine-tuned";

  /// Copies the list.
  PublishedFigures {
    figures = List.copyOf(figures);
  }

  /// Of one encoder and number of tasks.
  ///
  /// @param accuracy mean over the tasks in percent, by merge method
  record Figures(String model, int tasks, Map<String, Double> accuracy) {
    /// Copies the map.
    Figures {
      accuracy = Map.copyOf(accuracy);
    }
  }

  static PublishedFigures read() {
    try (InputStream in = PublishedFigures.class.getResourceAsStream("published.json")) {
      if (in == null) {
        throw new IllegalStateException("published.json is missing in the lab's jar");
      }
      return JsonMapper.shared().readValue(in, PublishedFigures.class);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Optional<Figures> of(String model, int tasks) {
    return figures.stream()
        .filter(one -> one.model().equals(model) && one.tasks() == tasks)
        .findFirst();
  }
}

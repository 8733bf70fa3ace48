package org.lines4j.tune;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.lines4j.storage.Location;

/// Measures models, by whatever means.
///
/// With [Conduct#parallel] above 1 it is called from several threads at a time, each with a model
/// of its own.
public interface Evaluator {
  /// The model's metrics by name.
  ///
  /// @param model a model folder, or a file of the format that the search's models have, there
  ///   until this returns
  /// @param scratch an empty folder to work in, removed afterwards
  /// @throws EvaluationException if this model cannot be measured; the search goes on
  /// @throws org.lines4j.error.RequestException if none can; the search ends
  /// @throws InterruptedException if the search gave it up, for its time is over
  Map<String, Double> evaluate(Path model, Path scratch)
      throws EvaluationException, IOException, InterruptedException;

  /// The same, of a part of the evaluator's data, or once more.
  ///
  /// @param sample a fraction of 1 where [#takesFraction] says no
  default Map<String, Double> evaluate(Path model, Path scratch, Sample sample)
      throws EvaluationException, IOException, InterruptedException {
    return evaluate(model, scratch);
  }

  /// The same, wherever the model lies.
  ///
  /// @param model a path of this machine unless [#opensModels]
  default Map<String, Double> evaluate(Location model, Path scratch, Sample sample)
      throws EvaluationException, IOException, InterruptedException {
    return evaluate(model.path(), scratch, sample);
  }

  /// Whether it opens models as this library does, wherever they lie: none is then copied to this
  /// machine, or written, if it need not be.
  default boolean opensModels() {
    return false;
  }

  /// Whether it can measure on a part of its data.
  default boolean takesFraction() {
    return false;
  }

  /// Whether candidates are measured on parts of its data first, unless something else is asked
  /// for.
  default boolean startsOnParts() {
    return takesFraction();
  }

  /// Which way its metrics are better, as far as that is known: more of them may be once a model
  /// was measured.
  default Map<String, Metric.Better> metrics() {
    return Map.of();
  }

  /// Whether it may give metrics that are not among [#metrics].
  default boolean mayGiveOthers() {
    return true;
  }

  /// What the journal knows it by: a search is not continued with another evaluator.
  String identity();
}

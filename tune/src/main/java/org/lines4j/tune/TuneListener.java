package org.lines4j.tune;

import java.util.OptionalDouble;

/// Told how a search goes on, from any of its threads.
public interface TuneListener {
  /// Says nothing to anybody.
  TuneListener SILENT = new TuneListener() {};

  /// Something that the user should know.
  default void note(String message) {}

  /// A trial was finished and written down.
  ///
  /// @param label of the model
  default void finished(String label, Trial trial, Progress progress) {}

  /// How far a search is.
  ///
  /// @param done models measured, those of earlier runs too
  /// @param total models that will be measured, at most
  /// @param secondsLeft estimated from this run; empty before its first measurement
  record Progress(int done, int total, OptionalDouble secondsLeft) {}
}

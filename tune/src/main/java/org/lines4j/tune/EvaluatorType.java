package org.lines4j.tune;

import java.io.IOException;

/// Evaluators that need no program: what `NAME:ARGUMENT` stands for. Jars provide them as services.
public interface EvaluatorType {
  /// The word before the colon, of small letters.
  String name();

  /// An evaluator.
  ///
  /// @param argument what stands behind the colon
  /// @throws org.lines4j.error.RequestException if it does not say what to measure on
  /// @throws org.lines4j.error.InputException if what it names cannot be measured on
  Evaluator open(String argument) throws IOException;
}

package org.lines4j.evaluate;

import java.io.IOException;
import org.lines4j.tune.Evaluator;
import org.lines4j.tune.EvaluatorType;

/// `classify:FILE.tsv`.
public final class ClassificationType implements EvaluatorType {
  /// For the service loader.
  public ClassificationType() {}

  @Override
  public String name() {
    return "classify";
  }

  @Override
  public Evaluator open(String argument) throws IOException {
    return Classification.of(argument);
  }
}

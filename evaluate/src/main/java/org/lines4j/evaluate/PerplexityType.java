package org.lines4j.evaluate;

import java.io.IOException;
import org.lines4j.tune.Evaluator;
import org.lines4j.tune.EvaluatorType;

/// `perplexity:FILE`.
public final class PerplexityType implements EvaluatorType {
  /// For the service loader.
  public PerplexityType() {}

  @Override
  public String name() {
    return "perplexity";
  }

  @Override
  public Evaluator open(String argument) throws IOException {
    return Perplexity.of(argument);
  }
}

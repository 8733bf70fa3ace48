package org.lines4j.tune;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/// Measures a model by its weights: `target` wants λ = 1 most of all in deep layers, `control`
/// wants λ = 0 most of all in shallow ones. With `isEven`, all layers count alike, so depth is no
/// use.
final class Synthetic implements Evaluator {
  private final boolean isEven;
  private final AtomicInteger calls = new AtomicInteger();
  final List<Path> models = Collections.synchronizedList(new ArrayList<>());

  Synthetic(boolean isEven) {
    this.isEven = isEven;
  }

  @Override
  public Map<String, Double> evaluate(Path model, Path scratch)
      throws IOException, EvaluationException, InterruptedException {
    calls.incrementAndGet();
    models.add(model);
    return metrics(model);
  }

  Map<String, Double> metrics(Path model) throws IOException {
    Map<String, Double> metrics = new LinkedHashMap<>();
    metrics.put("target", target(Models.lambdas(model, 0)));
    metrics.put("control", control(Models.lambdas(model, 0)));
    metrics.put("other", target(Models.lambdas(model, 3)));
    metrics.put("loss", 1 - control(Models.lambdas(model, 0)) + 0.5);
    return metrics;
  }

  private double target(List<Double> lambdas) {
    double lost = 0;
    double sum = 0;
    for (int i = 0; i < lambdas.size(); i++) {
      double weight = isEven ? 1 : (i + 1) * (i + 1);
      lost += weight * Math.pow(1 - lambdas.get(i), 2);
      sum += weight;
    }
    return 0.9 - 0.7 * lost / sum;
  }

  private double control(List<Double> lambdas) {
    double lost = 0;
    double sum = 0;
    for (int i = 0; i < lambdas.size(); i++) {
      double weight = isEven ? 1 : Math.pow(lambdas.size() - i, 2);
      lost += weight * Math.pow(lambdas.get(i), 2);
      sum += weight;
    }
    return 0.8 - 0.6 * lost / sum;
  }

  int calls() {
    return calls.get();
  }

  @Override
  public String identity() {
    return "synthetic " + isEven;
  }
}

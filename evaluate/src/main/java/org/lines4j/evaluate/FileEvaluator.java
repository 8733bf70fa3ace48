package org.lines4j.evaluate;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.lines4j.storage.Location;
import org.lines4j.tune.EvaluationException;
import org.lines4j.tune.Evaluator;
import org.lines4j.tune.Sample;

/// Opens models itself and measures them on a file, by metrics that are known beforehand.
interface FileEvaluator extends Evaluator {
  @Override
  default boolean takesFraction() {
    return true;
  }

  /// Files are small, and parts of them say little.
  @Override
  default boolean startsOnParts() {
    return false;
  }

  @Override
  default boolean mayGiveOthers() {
    return false;
  }

  @Override
  default boolean opensModels() {
    return true;
  }

  @Override
  default Map<String, Double> evaluate(Path model, Path scratch)
      throws EvaluationException, IOException, InterruptedException {
    return evaluate(Location.of(model), scratch, Sample.WHOLE);
  }
}

package org.lines4j.method;

import java.io.DataInput;
import java.io.IOException;
import java.util.List;

/// What a method must know of whole models before it can merge the first tensor: the same for all
/// of their tensors, and [Object#equals] to what their merges say.
public interface ModelMeasure {
  /// How often [#of] reads the models, most likely.
  int scans();

  /// Finds it out. Must come to the same whatever the number of threads.
  List<Double> of(ModelScan scan) throws IOException;

  /// A question that [#of] asks, as another JVM has written it ([ModelScan.Question#writeTo]).
  ModelScan.Question<?> read(DataInput in) throws IOException;
}

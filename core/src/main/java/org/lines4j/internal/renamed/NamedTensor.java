package org.lines4j.internal.renamed;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.lines4j.format.Checkpoint;
import org.lines4j.format.StoredTensor;
import org.lines4j.format.TensorSource;
import org.lines4j.tensor.TensorInfo;

/// A tensor that a checkpoint has, whatever it is to be called.
///
/// @param origin what it is called there, for messages; several names in short where it is made of
///   several
/// @param shard index into the checkpoint's files
record NamedTensor(String origin, TensorSource source, int shard) {
  TensorInfo info() {
    return source.info();
  }

  /// All tensors of a checkpoint, as they are called there.
  static Map<String, NamedTensor> of(Checkpoint model) {
    Map<String, NamedTensor> tensors = new LinkedHashMap<>();
    for (StoredTensor tensor : model.tensors()) {
      String name = tensor.name();
      tensors.put(name, new NamedTensor(name, model.source(tensor), tensor.shard()));
    }
    return tensors;
  }

  /// Tensors under other names; under those that they have where two would share one.
  static Map<String, NamedTensor> renamed(
      Map<String, NamedTensor> tensors, UnaryOperator<String> names) {
    Map<String, NamedTensor> renamed = new LinkedHashMap<>();
    tensors.forEach((name, tensor) -> renamed.put(names.apply(name), tensor));
    return renamed.size() == tensors.size() ? renamed : tensors;
  }
}

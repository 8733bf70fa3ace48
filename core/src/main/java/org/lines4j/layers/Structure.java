package org.lines4j.layers;

import java.util.Collections;
import java.util.List;

/// What a module computes with: the fingerprints of the inner names of its matrices, distinct and
/// sorted. Norms and biases do not count, because an attention and a feed-forward network may share
/// those.
record Structure(List<Long> fingerprints) {
  static Structure of(Subtree module) {
    return new Structure(
        module.tensors().stream()
            .filter(TensorPath::isMatrix)
            .map(path -> path.fingerprint(module.depth()))
            .sorted()
            .distinct()
            .toList());
  }

  /// Whether the two differ, yet share at least half of what the smaller one has.
  boolean resembles(Structure other) {
    List<Long> larger = other.fingerprints;
    List<Long> smaller = fingerprints;
    if (smaller.size() > larger.size()) {
      larger = fingerprints;
      smaller = other.fingerprints;
    }
    int shared = 0;
    for (Long print : smaller) {
      shared += Collections.binarySearch(larger, print) >= 0 ? 1 : 0;
    }
    return 2 * shared >= smaller.size() && !equals(other);
  }
}

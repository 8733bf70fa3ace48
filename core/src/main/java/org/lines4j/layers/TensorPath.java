package org.lines4j.layers;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.lines4j.layers.Place.Side;
import org.lines4j.tensor.TensorInfo;

/// A tensor's name, cut into the modules that it leads through: at each `.`, or `/` as TensorFlow
/// writes.
///
/// A hostile name may hold thousands of dots. Only the first [#MAX_SEGMENTS] segments are told
/// apart, so that all work on the tree of names stays linear in the length of the names.
final class TensorPath {
  private static final int MAX_SEGMENTS = 32;

  private final String name;
  private final String key;
  private final int rank;
  private final List<String> segments;

  /// At index i: a fingerprint of rank and name from segment i on, with every number alike, so that
  /// the tensors of two experts, or of two blocks, have one fingerprint.
  private final long[] fingerprints;

  TensorPath(TensorInfo tensor) {
    name = tensor.name();
    rank = tensor.shape().rank();
    key = name.replace('/', '.');
    segments = split(key);
    fingerprints = new long[segments.size() + 1];
    long print = rank;
    fingerprints[segments.size()] = print;
    for (int i = segments.size() - 1; i >= 0; i--) {
      String segment = segments.get(i);
      int hash = Family.isNumber(segment) ? 1 : segment.hashCode();
      print = Long.rotateLeft((print ^ hash) * 0x9E3779B97F4A7C15L, 29);
      fingerprints[i] = print;
    }
  }

  /// Names in this key's order keep every module's tensors together.
  String sortKey() {
    return key;
  }

  private static List<String> split(String key) {
    List<String> segments = new ArrayList<>();
    int start = 0;
    for (int dot = key.indexOf('.'); dot >= 0 && segments.size() < MAX_SEGMENTS - 1; ) {
      segments.add(key.substring(start, dot));
      start = dot + 1;
      dot = key.indexOf('.', start);
    }
    segments.add(key.substring(start));
    return segments;
  }

  String name() {
    return name;
  }

  /// The name's first `depth` segments, separators as in the name.
  String prefix(int depth) {
    int length = Math.max(0, depth - 1);
    for (int i = 0; i < depth; i++) {
      length += segments.get(i).length();
    }
    return name.substring(0, length);
  }

  /// How many segments the name has.
  int depth() {
    return segments.size();
  }

  String segment(int i) {
    return segments.get(i);
  }

  long fingerprint(int depth) {
    return fingerprints[depth];
  }

  /// A weight that mixes channels, such as a projection, a convolution or an embedding.
  boolean isMatrix() {
    return rank >= 2;
  }

  /// A vector that is not a bias: the scale of a norm, a layer scale, a state-space parameter.
  boolean isScale() {
    return rank == 1 && !segments.getLast().equals("bias");
  }

  /// Whether the tensor is in one of `modules`, given by their segments.
  boolean isIn(Set<List<String>> modules) {
    return IntStream.range(1, depth()).anyMatch(i -> modules.contains(segments.subList(0, i)));
  }

  /// On which side of the stack the name says that a tensor outside of it lies.
  Optional<Side> side() {
    return NameWords.side(segments);
  }
}

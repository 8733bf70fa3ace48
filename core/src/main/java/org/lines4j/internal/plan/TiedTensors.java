package org.lines4j.internal.plan;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.lines4j.format.Checkpoint;
import org.lines4j.format.StoredTensor;
import org.lines4j.layers.LayerMap;
import org.lines4j.layers.LayerScaling;
import org.lines4j.layers.Place;
import org.lines4j.plan.Source;

/// Tensors that are one parameter under two names, such as a language model's input and output
/// embeddings. A safetensors file has them once or, bytes and all, twice; they are known by their
/// bytes, and scaled alike, so that they stay equal.
final class TiedTensors {
  private TiedTensors() {}

  /// The same parameter as `tensor`, which `other` lacks, under a name that `other` has.
  static Optional<StoredTensor> twin(Checkpoint own, StoredTensor tensor, Checkpoint other)
      throws IOException {
    if (!canBeTied(tensor)) {
      return Optional.empty();
    }
    Source source = new Source(own, tensor);
    for (StoredTensor candidate : own.tensors()) {
      if (!candidate.name().equals(tensor.name())
          && other.find(candidate.name()).isPresent()
          && isSame(source, new Source(own, candidate))) {
        return Optional.of(candidate);
      }
    }
    return Optional.empty();
  }

  private static boolean canBeTied(StoredTensor tensor) {
    return tensor.info().dtype().isFloating() && tensor.info().shape().rank() >= 2;
  }

  /// Equal bytes say nothing where all elements are the same: fresh parameters often are zero or
  /// one.
  private static boolean isSame(Source a, Source b) throws IOException {
    return StoredBytes.equal(a, b) && !StoredBytes.isFilledWithOneValue(a);
  }

  /// Where each pair belongs: where its name says, but for the second of two tied ones that lie
  /// outside the stacks, at different ends: it goes with the first.
  static Map<String, Place> places(
      List<TensorPair> pairs, LayerMap layers, LayerScaling scaling, List<String> notices)
      throws IOException {
    Map<String, Place> places = new HashMap<>();
    Map<String, List<TensorPair>> alike = new LinkedHashMap<>();
    for (TensorPair pair : pairs) {
      Place place = layers.place(pair.tiedTo().orElse(pair.name()));
      places.put(pair.name(), place);
      if (place instanceof Place.Outside && pair.isScalable() && canBeTied(anyTensor(pair))) {
        String key = anyTensor(pair).info().typeAndShape();
        alike.computeIfAbsent(key, _ -> new ArrayList<>()).add(pair);
      }
    }
    for (List<TensorPair> group : alike.values()) {
      joinTied(group, places, scaling, notices);
    }
    return places;
  }

  private static StoredTensor anyTensor(TensorPair pair) {
    return pair.any().tensor();
  }

  private static void joinTied(
      List<TensorPair> group, Map<String, Place> places, LayerScaling scaling, List<String> notices)
      throws IOException {
    for (TensorPair first : group) {
      for (TensorPair second : group) {
        Place place = places.getOrDefault(first.name(), new Place.Outside(Place.Side.BEFORE));
        Place other = places.getOrDefault(second.name(), place);
        if (place.equals(new Place.Outside(Place.Side.BEFORE))
            && scaling.lambda(place) != scaling.lambda(other)
            && isSame(first.base().orElseThrow(), second.base().orElseThrow())
            && isSame(first.tuned().orElseThrow(), second.tuned().orElseThrow())) {
          places.put(second.name(), place);
          notices.add(second.name() + ": tied to " + first.name() + ", scaled as it is");
        }
      }
    }
  }
}

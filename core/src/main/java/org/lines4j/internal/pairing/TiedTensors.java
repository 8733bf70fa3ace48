package org.lines4j.internal.pairing;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import org.lines4j.format.Checkpoint;
import org.lines4j.format.StoredTensor;
import org.lines4j.internal.work.ResolvedTensors.MergeTensor;
import org.lines4j.internal.work.Source;
import org.lines4j.layers.LayerMap;
import org.lines4j.layers.LayerScaling;
import org.lines4j.layers.Place;
import org.lines4j.tensor.TensorInfo;

/// Tensors that are one parameter under two names, such as a language model's input and output
/// embeddings. A safetensors file has them once or, bytes and all, twice; they are known by their
/// bytes, and scaled alike, so that they stay equal.
public final class TiedTensors {
  /// Where more tensors than this are missing, the models are different ones, not differently tied.
  private static final int MOST_TIED = 64;

  private TiedTensors() {}

  /// What `other` has of the same parameter as `tensor`, a head or its bias, which `other` lacks,
  /// under another of its names.
  public static Optional<StoredTensor> twin(Checkpoint own, StoredTensor tensor, Checkpoint other)
      throws IOException {
    boolean isBias = tensor.info().dtype().isFloating() && tensor.name().endsWith("bias");
    if ((!isBias && !canBeTied(tensor.info())) || missing(own, other) > MOST_TIED) {
      return Optional.empty();
    }
    Source source = new Source(own, tensor);
    for (StoredTensor candidate : own.tensors()) {
      Optional<StoredTensor> twin = other.find(candidate.name());
      if (!candidate.name().equals(tensor.name())
          && twin.isPresent()
          && isSame(source, new Source(own, candidate))) {
        return twin;
      }
    }
    return Optional.empty();
  }

  /// How many tensors of `own` the other model lacks, as far as it matters.
  private static long missing(Checkpoint own, Checkpoint other) {
    return own.tensors().stream()
        .filter(tensor -> other.find(tensor.name()).isEmpty())
        .limit(MOST_TIED + 1L)
        .count();
  }

  private static boolean canBeTied(TensorInfo tensor) {
    return tensor.dtype().isFloating() && tensor.shape().rank() >= 2;
  }

  /// Equal bytes say nothing where all elements are the same: fresh parameters often are zero or
  /// one.
  public static boolean isSame(Source a, Source b) throws IOException {
    return StoredBytes.equal(a, b) && !StoredBytes.isFilledWithOneValue(a);
  }

  /// Where each pair belongs: where its name says, but for the second of two tied ones that lie
  /// outside the stacks, at different ends: it goes with the first.
  public static Map<String, Place> places(
      List<TensorPair> pairs, LayerMap layers, LayerScaling scaling, List<String> notices)
      throws IOException {
    Map<String, Place> places = new HashMap<>();
    List<TensorPair> candidates = new ArrayList<>();
    for (TensorPair pair : pairs) {
      Place place = layers.place(pair.tiedTo().orElse(pair.name()));
      places.put(pair.name(), place);
      if (place instanceof Place.Outside && pair.isScalable() && canBeTied(pair.any().info())) {
        candidates.add(pair);
      }
    }
    for (List<TensorPair> group : alike(candidates, TensorPair::any)) {
      joinTied(group, places, scaling, notices);
    }
    return places;
  }

  /// Groups of what may be the same: of one type and shape, and alike at the beginning. To compare
  /// each with each takes long where there are many.
  private static <T> Collection<List<T>> alike(List<T> candidates, Function<T, Source> source)
      throws IOException {
    Map<List<Object>, List<T>> groups = new LinkedHashMap<>();
    for (T candidate : candidates) {
      Source stored = source.apply(candidate);
      List<Object> key = List.of(stored.info().typeAndShape(), StoredBytes.beginning(stored));
      groups.computeIfAbsent(key, _ -> new ArrayList<>()).add(candidate);
    }
    return groups.values();
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
            && isSame(first, second)) {
          places.put(second.name(), place);
          notices.add(second.name() + ": tied to " + first.name() + ", scaled as it is");
        }
      }
    }
  }

  /// The tensors outside the stacks of which one name, but not another, is `chosen`: that name by
  /// the one that it is tied to, and the other way round.
  public static Map<String, String> split(
      List<TensorPair> pairs, Map<String, Place> places, Predicate<String> chosen)
      throws IOException {
    List<TensorPair> candidates =
        pairs.stream()
            .filter(pair -> places.get(pair.name()) instanceof Place.Outside)
            .filter(pair -> pair.isScalable() && canBeTied(pair.any().info()))
            .toList();
    Map<String, String> split = new LinkedHashMap<>();
    for (List<TensorPair> group : alike(candidates, TensorPair::any)) {
      for (TensorPair first : group) {
        for (TensorPair second : group) {
          if (chosen.test(first.name()) && !chosen.test(second.name()) && isSame(first, second)) {
            split.put(first.name(), second.name());
            split.put(second.name(), first.name());
          }
        }
      }
    }
    return split;
  }

  /// Of tensors outside the stacks that are one parameter under two names in every model of a
  /// merge, the later name → the earlier.
  public static Map<String, String> twins(List<MergeTensor> tensors, LayerMap layers)
      throws IOException {
    List<MergeTensor> candidates = new ArrayList<>();
    for (MergeTensor tensor : tensors) {
      TensorInfo stored = tensor.models().getFirst().info();
      if (layers.place(tensor.name()) instanceof Place.Outside && canBeTied(stored)) {
        candidates.add(tensor);
      }
    }
    Map<String, String> twins = new HashMap<>();
    for (List<MergeTensor> group : alike(candidates, tensor -> tensor.models().getFirst())) {
      for (int i = 1; i < group.size(); i++) {
        for (int j = 0; j < i && !twins.containsKey(group.get(i).name()); j++) {
          if (isSame(group.get(j), group.get(i))) {
            twins.put(group.get(i).name(), group.get(j).name());
          }
        }
      }
    }
    return twins;
  }

  private static boolean isSame(TensorPair a, TensorPair b) throws IOException {
    return isSame(a.base().orElseThrow(), b.base().orElseThrow())
        && isSame(a.tuned().orElseThrow(), b.tuned().orElseThrow());
  }

  private static boolean isSame(MergeTensor a, MergeTensor b) throws IOException {
    List<Source> first = a.sources().toList();
    List<Source> second = b.sources().toList();
    boolean same = first.size() == second.size() && a.parameters().equals(b.parameters());
    for (int i = 0; same && i < first.size(); i++) {
      same = isSame(first.get(i), second.get(i));
    }
    return same;
  }
}

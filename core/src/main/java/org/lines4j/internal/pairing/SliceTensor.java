package org.lines4j.internal.pairing;

import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.lines4j.internal.work.Source;
import org.lines4j.layers.Place;
import org.lines4j.layers.Stack;
import org.lines4j.merge.Recipe.Slice;

/// A tensor of the output, and which tensor of each of its slice's sources goes into it.
///
/// @param name in the output
/// @param depth how far into its slice's layers it is: 0 for the first, 1 for the last; 0 too for
///   what lies before and after them, as in mergekit
/// @param side where it lies, if it is in none of the layers
/// @param slice that it belongs to, whole models' base included
/// @param inputs one for each source of the slice; empty where the source has no such tensor
/// @param inputNames what each source calls it
public record SliceTensor(
    String name,
    double depth,
    Optional<Place.Side> side,
    Slice slice,
    List<Optional<Source>> inputs,
    List<String> inputNames) {

  /// Whether every source has it.
  public boolean isComplete() {
    return inputs.stream().allMatch(Optional::isPresent);
  }

  /// The sources that have no such tensor.
  public List<String> lacking() {
    return IntStream.range(0, inputs.size())
        .filter(i -> inputs.get(i).isEmpty())
        .mapToObj(i -> slice.sources().get(i).model())
        .toList();
  }

  /// A tensor from the first source that has it, for its type and shape.
  public Source any() {
    return inputs.stream().flatMap(Optional::stream).findFirst().orElseThrow();
  }

  /// This tensor made from others.
  public SliceTensor with(List<Optional<Source>> others) {
    return new SliceTensor(name, depth, side, slice, others, inputNames);
  }

  /// This tensor where `place` says.
  public SliceTensor at(Place place) {
    if (place instanceof Place.InLayer(Stack stack, int layer)) {
      double of = stack.layers() == 1 ? 1 : (layer - 1) / (double) (stack.layers() - 1);
      return new SliceTensor(name, of, Optional.empty(), slice, inputs, inputNames);
    }
    Place.Side outside = place.isBefore() ? Place.Side.BEFORE : Place.Side.AFTER;
    return new SliceTensor(name, 0, Optional.of(outside), slice, inputs, inputNames);
  }
}

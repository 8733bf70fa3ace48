package org.lines4j.layers;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.lines4j.error.RequestException;
import org.lines4j.tensor.TensorInfo;

/// Which layer of which stack each tensor of a model is in. Immutable, and the same whatever order
/// the tensors come in.
public final class LayerMap {
  private final List<Stack> stacks;
  private final Map<String, Place> places;
  private final List<String> unsure;
  private final List<Placement.Unused> unused;

  LayerMap(
      List<Stack> stacks,
      Map<String, Place> places,
      List<String> unsure,
      List<Placement.Unused> unused) {
    this.stacks = List.copyOf(stacks);
    this.places = places;
    this.unsure = List.copyOf(unsure);
    this.unused = List.copyOf(unused);
  }

  /// Places every tensor: by the first of the user's rules that matches, or else by the user's
  /// layer pattern if there is one, or else by the structure of the model.
  ///
  /// A stack is a run of sibling modules that are numbered and have the same inner structure; the
  /// outermost such number counts. Numbers that are missing, as in a pruned model, are not closed
  /// up: every block keeps the layer that its number says, and L counts up to the highest.
  ///
  /// @throws IllegalArgumentException if a user's pattern captured something that is no layer
  ///   number
  public static LayerMap detect(Collection<TensorInfo> tensors, LayerOptions options) {
    TreeMap<String, TensorPath> sorted = new TreeMap<>();
    for (TensorInfo tensor : tensors) {
      sorted.put(tensor.name(), new TensorPath(tensor));
    }
    List<TensorPath> paths = new ArrayList<>(sorted.values());
    paths.sort((a, b) -> a.sortKey().compareTo(b.sortKey()));
    Placement placement = new Placement();
    options
        .layers()
        .ifPresentOrElse(
            pattern -> placement.byPattern(paths, pattern),
            () -> placement.byStructure(paths, options.mode()));
    placement.byRules(paths, options.rules());
    return placement.finish(paths);
  }

  /// This map, if each of the user's patterns places some tensor. (Where layers of several models
  /// are looked for, one may be about another.)
  ///
  /// @throws RequestException naming one that places none
  public LayerMap checkUsed() {
    if (!unused.isEmpty()) {
      Placement.Unused first = unused.getFirst();
      String why =
          "%s places no tensor: it is found in no name, or only where an earlier rule is"
              .formatted(first.pattern());
      throw (first.place().isEmpty()
              ? new RequestException(why)
              : new RequestException(first.place(), why))
          .withRemedy("leave it out, or write it as the tensors are named");
    }
    return this;
  }

  /// The stacks that hold tensors, in the order of their first tensors' names; empty if none was
  /// found.
  public List<Stack> stacks() {
    return stacks;
  }

  /// Where a tensor is.
  ///
  /// @throws IllegalArgumentException if the tensor was not among those given
  public Place place(String tensorName) {
    Place place = places.get(tensorName);
    if (place == null) {
      throw new IllegalArgumentException("no place is known for tensor " + tensorName);
    }
    return place;
  }

  /// The distinct names with every number written as `*`, and how many tensors have each, such as
  /// `fc*.weight ×3`: what to show where no stack was found.
  public List<String> nameGroups() {
    return NameGroups.of(List.copyOf(places.keySet()));
  }

  /// The tensors outside every stack whose names do not say on which side of it; they are taken to
  /// be after it.
  public List<String> unsure() {
    return unsure;
  }
}

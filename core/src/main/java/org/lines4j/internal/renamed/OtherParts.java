package org.lines4j.internal.renamed;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.lines4j.format.Checkpoint;
import org.lines4j.internal.pairing.Misfits;
import org.lines4j.layers.LayerMap;
import org.lines4j.layers.LayerOptions;
import org.lines4j.layers.Place;
import org.lines4j.layers.Stack;
import org.lines4j.layers.StackMode;
import org.lines4j.tensor.TensorInfo;

/// What each of two models has that the other lacks: heads, what makes one vector of all tokens,
/// what is for images or sounds, what predicts tokens further ahead, and whole stacks of which the
/// smaller model is the rest. Beside the layers that both have, the target may have whatever else
/// its makers put there: people call their heads as they like.
final class OtherParts {
  private final Checkpoint model;
  private final Checkpoint target;
  private final Map<String, NamedTensor> own;
  private final Map<String, NamedTensor> theirs;
  private final Predictors predictors;
  private final List<String> taken;
  private final List<String> left;
  private final List<String> stacks;
  private final int front;

  /// @param own the model's tensors, as far as that is known under the target's names
  OtherParts(
      Checkpoint model,
      Map<String, NamedTensor> own,
      Checkpoint target,
      Map<String, NamedTensor> theirs)
      throws IOException {
    this.model = model;
    this.target = target;
    this.own = own;
    this.theirs = theirs;
    List<String> names = Stream.of(own, theirs).flatMap(all -> all.keySet().stream()).toList();
    this.predictors = Predictors.among(names);
    this.front = front(names);
    Predicate<String> isOther = name -> !isPart(name);
    this.left = lacking(own, theirs);
    this.stacks = new ArrayList<>(left.stream().filter(isOther).toList());
    stacks.removeAll(storedTwice(model, stacks, own, theirs));
    this.taken = new ArrayList<>(lacking(theirs, own));
    taken.removeAll(storedTwice(target, taken.stream().filter(isOther).toList(), theirs, own));
  }

  /// How long that is which stands before all names: Lightning's modules hold models as `model`.
  private static int front(List<String> names) {
    int front = 0;
    int dot = names.isEmpty() ? -1 : names.getFirst().indexOf('.');
    while (dot >= 0) {
      String start = names.getFirst().substring(0, dot + 1);
      if (!names.stream().allMatch(name -> name.startsWith(start))) {
        break;
      }
      front = dot + 1;
      dot = names.getFirst().indexOf('.', front);
    }
    return front;
  }

  private static List<String> lacking(
      Map<String, NamedTensor> own, Map<String, NamedTensor> other) {
    return own.keySet().stream().filter(name -> !other.containsKey(name)).toList();
  }

  /// Embeddings that the other model has once, under another name: T5's encoder and decoder have
  /// that which they share, and some files store it for each.
  private static List<String> storedTwice(
      Checkpoint model,
      List<String> names,
      Map<String, NamedTensor> own,
      Map<String, NamedTensor> other)
      throws IOException {
    List<NamedTensor> paired =
        own.entrySet().stream()
            .filter(e -> other.containsKey(e.getKey()) && Heads.isInputEmbedding(e.getKey()))
            .map(Map.Entry::getValue)
            .toList();
    List<String> twice = new ArrayList<>();
    for (String name : names) {
      if (Heads.isInputEmbedding(name)) {
        NamedTensor embedding = Objects.requireNonNull(own.get(name));
        for (NamedTensor twin : paired) {
          if (!twice.contains(name) && Heads.isSame(model, embedding, twin)) {
            twice.add(name);
          }
        }
      }
    }
    return twice;
  }

  /// What the target has.
  List<String> taken() {
    return taken;
  }

  /// What the model has.
  List<String> left() {
    return left;
  }

  /// Whether all that they do not have in common are such parts, and neither is broken without
  /// them.
  boolean areAll() throws IOException {
    return (!taken.isEmpty() || left.stream().anyMatch(this::isPart) || !stacks.isEmpty())
        && areTargetsOwn(taken.stream().filter(name -> !isPart(name)).toList())
        && WholeStacks.hold(stacks, left, theirs.keySet())
        && !mayBeAnother()
        && !isStackLost()
        && !isEmbeddingLost()
        && !isHeadLost();
  }

  private boolean isPart(String name) {
    return Heads.isPart(name) || Heads.isPart(name.substring(front)) || predictors.hold(name);
  }

  /// Whether what only the target has lies beside the layers that both have, so that it is no part
  /// of what was tuned, whatever it is called. Where they have none in common, it is less than what
  /// they have: one of a model's files is not all that there was.
  private boolean areTargetsOwn(List<String> names) {
    List<String> paired = theirs.keySet().stream().filter(own::containsKey).toList();
    if (names.isEmpty()) {
      return true;
    }
    LayerMap layers =
        LayerMap.detect(target.infos(), LayerOptions.defaults().withMode(StackMode.SEPARATE));
    Set<Stack> common =
        paired.stream().flatMap(name -> stack(layers, name)).collect(Collectors.toSet());
    return (names.size() <= paired.size() || !common.isEmpty())
        && names.stream().flatMap(name -> stack(layers, name)).noneMatch(common::contains)
        && names.stream().noneMatch(this::mayBeOutputEmbedding);
  }

  private static Stream<Stack> stack(LayerMap layers, String name) {
    return layers.place(name) instanceof Place.InLayer in ? Stream.of(in.stack()) : Stream.of();
  }

  /// Whether a tensor may be the model's head for tokens, which is called otherwise.
  private boolean mayBeOutputEmbedding(String name) {
    TensorInfo tensor = Objects.requireNonNull(theirs.get(name)).info();
    return left.stream()
        .filter(Heads::isOutputEmbedding)
        .map(head -> Objects.requireNonNull(own.get(head)).info())
        .anyMatch(head -> Misfits.canCombine(head, tensor));
  }

  private boolean mayBeHead(String name) {
    return Heads.mayBeOne(name) || Heads.mayBeOne(name.substring(front));
  }

  /// Whether the smaller model may be either of two stacks of the other.
  private boolean mayBeAnother() {
    List<String> paired = theirs.keySet().stream().filter(own::containsKey).toList();
    return WholeStacks.mayBeMeant(infos(own, left), infos(theirs, paired))
        || WholeStacks.mayBeMeant(infos(theirs, taken), infos(own, paired));
  }

  private static Map<String, TensorInfo> infos(
      Map<String, NamedTensor> tensors, List<String> names) {
    Map<String, TensorInfo> infos = new LinkedHashMap<>();
    names.forEach(name -> infos.put(name, Objects.requireNonNull(tensors.get(name)).info()));
    return infos;
  }

  /// Whether the target's class says that it has a stack, and it has none.
  private boolean isStackLost() throws IOException {
    List<String> whole =
        left.stream().filter(name -> !mayBeHead(name) && !predictors.hold(name)).toList();
    return WholeStacks.holdAny(whole, theirs.keySet()) && Heads.areOfOneClass(model, target);
  }

  /// Whether the head that the target has is the model's embedding, which is not the same there.
  private boolean isEmbeddingLost() throws IOException {
    return taken.stream().anyMatch(Heads::isOutputEmbedding)
        && own.keySet().stream().anyMatch(Heads::isInputEmbedding)
        && !Heads.isUntied(model);
  }

  /// Whether the model has a head and the target none, though its class has one.
  private boolean isHeadLost() throws IOException {
    return taken.stream().allMatch(name -> isPart(name) && !mayBeHead(name))
        && left.stream().anyMatch(this::mayBeHead)
        && !Heads.isHeadless(target);
  }
}

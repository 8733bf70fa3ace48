package org.lines4j.internal.renamed;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.lines4j.format.Checkpoint;
import org.lines4j.internal.pairing.TiedTensors;
import org.lines4j.internal.work.Source;
import org.lines4j.layers.Stack;
import org.lines4j.tensor.Shape;
import org.lines4j.tensor.TensorInfo;

/// What each of two models has that the other lacks: heads, what makes one vector of all tokens,
/// what is for images or sounds, what predicts tokens further ahead, and whatever else lies beside
/// the layers that both have. People call what they put there as they like; only what may be one
/// under two names is not taken for two.
final class OtherParts {
  private final Checkpoint model;
  private final Checkpoint target;
  private final Map<String, NamedTensor> own;
  private final Map<String, NamedTensor> theirs;
  private final Predictors predictors;
  private final List<String> taken;
  private final List<String> left;
  private final List<String> others;
  private final List<String> paired;
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
    this.front = PlainName.front(names).length();
    this.left = lacking(own, theirs);
    this.others = new ArrayList<>(left.stream().filter(name -> !isPart(name)).toList());
    others.removeAll(storedTwice(model, others, own, theirs));
    this.taken = new ArrayList<>(lacking(theirs, own));
    List<String> running = taken.stream().filter(name -> !predictors.hold(name)).toList();
    taken.removeAll(storedTwice(target, running, theirs, own));
    this.paired = theirs.keySet().stream().filter(own::containsKey).toList();
  }

  private static List<String> lacking(
      Map<String, NamedTensor> own, Map<String, NamedTensor> other) {
    return own.keySet().stream().filter(name -> !other.containsKey(name)).toList();
  }

  /// What the other model has once, under another name: T5's encoder and decoder have the embedding
  /// that they share, and some files store it for each; the states of a running model hold a head
  /// that is its embedding, and maybe that head's bias, once more.
  private List<String> storedTwice(
      Checkpoint model,
      List<String> names,
      Map<String, NamedTensor> own,
      Map<String, NamedTensor> other)
      throws IOException {
    if (names.isEmpty()) {
      return List.of();
    }
    List<NamedTensor> paired = new ArrayList<>();
    List<NamedTensor> embeddings = new ArrayList<>();
    own.forEach(
        (name, tensor) -> {
          if (other.containsKey(name)) {
            paired.add(tensor);
            if (Heads.isInputEmbedding(name)) {
              embeddings.add(tensor);
            }
          }
        });
    Map<String, List<NamedTensor>> shared = shared(names, own, other);
    List<String> twice = new ArrayList<>();
    for (String name : names) {
      NamedTensor tensor = Objects.requireNonNull(own.get(name));
      if (isOneOf(embeddings, tensor, model)
          || isOneOf(shared.getOrDefault(name, List.of()), tensor, model)) {
        twice.add(name);
      }
    }
    Set<String> modules = twice.stream().map(OtherParts::module).collect(Collectors.toSet());
    for (String name : names) {
      if (!twice.contains(name)
          && modules.contains(module(name))
          && isOneOf(paired, Objects.requireNonNull(own.get(name)), model)) {
        twice.add(name);
      }
    }
    return twice;
  }

  /// What may be the same as each tensor, in a module that two others have, as Deformable DETR's
  /// decoder has the `bbox_embed.0` of the whole: the names are the same but for what stands
  /// before.
  private Map<String, List<NamedTensor>> shared(
      List<String> names, Map<String, NamedTensor> own, Map<String, NamedTensor> other) {
    Map<String, List<NamedTensor>> shared = new HashMap<>();
    Set<String> lacking = new HashSet<>(names);
    own.forEach(
        (name, tensor) -> {
          boolean isLacking = lacking.contains(name);
          boolean isPaired = other.containsKey(name);
          for (String end : endings(name)) {
            NamedTensor shorter = own.get(end);
            if (isLacking && shorter != null && other.containsKey(end)) {
              shared.computeIfAbsent(name, _ -> new ArrayList<>()).add(shorter);
            } else if (isPaired && lacking.contains(end)) {
              shared.computeIfAbsent(end, _ -> new ArrayList<>()).add(tensor);
            }
          }
        });
    return shared;
  }

  /// What a name would be without the first modules, behind what stands before all names.
  private List<String> endings(String name) {
    List<String> endings = new ArrayList<>();
    for (int dot = name.indexOf('.', front); dot >= 0; dot = name.indexOf('.', dot + 1)) {
      endings.add(name.substring(0, front) + name.substring(dot + 1));
    }
    return endings;
  }

  private static String module(String name) {
    return name.substring(0, name.lastIndexOf('.') + 1);
  }

  private static boolean isOneOf(List<NamedTensor> tensors, NamedTensor tensor, Checkpoint model)
      throws IOException {
    Source source = new Source(model, tensor.source());
    for (NamedTensor other : tensors) {
      if (TiedTensors.isSame(source, new Source(model, other.source()))) {
        return true;
      }
    }
    return false;
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
    if (taken.isEmpty() && others.isEmpty() && left.stream().noneMatch(this::isPart)) {
      return false;
    }
    Stacks ownStacks = new Stacks(infos(own, own.keySet()));
    Stacks theirStacks = new Stacks(infos(theirs, theirs.keySet()));
    return areBeside(taken, theirStacks, lacking(theirs, own), own.keySet())
        && areBeside(left, ownStacks, left, theirs.keySet())
        && !mayBeRenamed(ownStacks, theirStacks)
        && !mayBeAnother()
        && !isOneLost()
        && !isEmbeddingLost()
        && !isHeadLost();
  }

  private boolean isPart(String name) {
    return Heads.isPart(name) || Heads.isPart(name.substring(front)) || predictors.hold(name);
  }

  /// Whether tensors that one of the models lacks lie beside the layers that both have, so that
  /// they are no part of what was tuned, whatever they are called; or are for a task, or whole
  /// stacks of a chain, as the way up of a U-Net. Where both have no layers, they must be fewer
  /// than what both have.
  ///
  /// @param stacks the model's
  /// @param only all that it alone has
  /// @param other the names of the other's tensors
  private boolean areBeside(
      List<String> names, Stacks stacks, List<String> only, Set<String> other) {
    if (names.isEmpty()) {
      return true;
    }
    Set<Stack> common = stacks.of(paired);
    if (common.isEmpty()) {
      return names.stream().filter(name -> !isPart(name)).count() <= paired.size();
    }
    List<String> inLayers =
        stacks.in(common, names).stream().filter(name -> !isForTask(name)).toList();
    return WholeStacks.hold(inLayers, only, other);
  }

  /// Whether the target may have what it lacks of the model, and call it otherwise: a tower of as
  /// many layers, an embedding, a head for tokens.
  private boolean mayBeRenamed(Stacks ownStacks, Stacks theirStacks) {
    List<String> lost =
        left.stream().filter(name -> !isForTask(name) || Heads.isOutputEmbedding(name)).toList();
    List<String> gained = taken.stream().filter(name -> !isForTask(name)).toList();
    if (lost.isEmpty() || gained.isEmpty()) {
      return false;
    }
    return !Collections.disjoint(ownStacks.likenesses(lost), theirStacks.likenesses(gained))
        || mayBeOtherRows(infos(own, lost), infos(theirs, gained));
  }

  /// Whether the target may have an embedding for another vocabulary, and call it otherwise.
  private boolean mayBeOtherRows(Map<String, TensorInfo> lost, Map<String, TensorInfo> gained) {
    return paired.stream().noneMatch(Heads::isInputEmbedding)
        && lost.values().stream()
            .filter(embedding -> Heads.isInputEmbedding(embedding.name()))
            .anyMatch(
                embedding ->
                    gained.values().stream()
                        .anyMatch(tensor -> areRows(tensor.shape(), embedding.shape())));
  }

  private static boolean areRows(Shape shape, Shape embedding) {
    return shape.rank() == 2
        && embedding.rank() == 2
        && shape.dims().getLast().equals(embedding.dims().getLast())
        && 2 * shape.dims().getFirst() > embedding.dims().getFirst();
  }

  /// Whether a tensor belongs to what each model has for its task.
  private boolean isForTask(String name) {
    return mayBeHead(name) || Heads.isPooler(name) || predictors.hold(name);
  }

  private boolean mayBeHead(String name) {
    return Heads.mayBeOne(name) || Heads.mayBeOne(name.substring(front));
  }

  /// Whether the smaller model may be either of two stacks of the other.
  private boolean mayBeAnother() {
    return WholeStacks.mayBeMeant(infos(own, left), infos(theirs, paired))
        || WholeStacks.mayBeMeant(infos(theirs, taken), infos(own, paired));
  }

  private static Map<String, TensorInfo> infos(
      Map<String, NamedTensor> tensors, Collection<String> names) {
    Map<String, TensorInfo> infos = new LinkedHashMap<>();
    for (String name : names) {
      TensorInfo info = Objects.requireNonNull(tensors.get(name)).info();
      infos.put(name, info.withName(name));
    }
    return infos;
  }

  /// Whether the target's class says that it has what it lacks; or nothing says its class, and it
  /// has nothing of its own, so that it may have lost what is no whole stack.
  private boolean isOneLost() throws IOException {
    if (Heads.areOfOneClass(model, target)) {
      List<String> whole =
          left.stream().filter(name -> !mayBeHead(name) && !predictors.hold(name)).toList();
      return !others.isEmpty() || WholeStacks.holdAny(whole, theirs.keySet());
    }
    return taken.isEmpty()
        && !Heads.isClassKnown(target)
        && !WholeStacks.hold(others, left, theirs.keySet());
  }

  /// Whether the head that the target has is the model's embedding, which is not the same there.
  private boolean isEmbeddingLost() throws IOException {
    return taken.stream().anyMatch(Heads::isOutputEmbedding)
        && own.keySet().stream().anyMatch(Heads::isInputEmbedding)
        && !Heads.isUntied(model);
  }

  /// Whether the model has a head and the target none, though its class has one. One of several may
  /// be missing: BERT was published with what says whether a sentence is the next, too.
  private boolean isHeadLost() throws IOException {
    List<String> heads = left.stream().filter(this::mayBeHead).toList();
    return !heads.isEmpty()
        && taken.stream().allMatch(name -> isPart(name) && !mayBeHead(name))
        && (paired.stream().noneMatch(this::mayBeHead)
            || heads.stream().anyMatch(Heads::isOutputEmbedding))
        && !Heads.isHeadless(target);
  }
}

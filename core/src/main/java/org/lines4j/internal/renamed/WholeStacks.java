package org.lines4j.internal.renamed;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.lines4j.tensor.Shape;
import org.lines4j.tensor.TensorInfo;

/// What only the larger of two models has, where the other is a whole part of it: T5's decoder, of
/// which embedding models are the encoder, or CLIP's texts beside its images.
final class WholeStacks {
  private WholeStacks() {}

  /// Whether tensors are those of whole stacks, and of what lies beside such a stack.
  ///
  /// @param tensors some that the smaller model lacks
  /// @param only all of these
  /// @param smaller the names of its tensors
  static boolean hold(
      Collection<String> tensors, Collection<String> only, Collection<String> smaller) {
    MissingModules missing = new MissingModules(smaller);
    Set<String> besideStacks = new HashSet<>();
    for (String name : only) {
      missing.stackAround(name).ifPresent(stack -> besideStacks.add(holder(stack)));
    }
    return tensors.stream()
        .map(missing::around)
        .allMatch(module -> module.filter(m -> besideStacks.contains(holder(m))).isPresent());
  }

  /// Whether one of these tensors is in a stack of which a model has nothing.
  ///
  /// @param smaller the names of its tensors
  static boolean holdAny(Collection<String> tensors, Collection<String> smaller) {
    MissingModules missing = new MissingModules(smaller);
    return tensors.stream().anyMatch(name -> missing.stackAround(name).isPresent());
  }

  /// Whether a model may as well be what it lacks of another, which has all of it once more behind
  /// a prefix: OpenCLIP's images without theirs are called as its texts are.
  ///
  /// @param only what the smaller model lacks
  /// @param smaller its tensors that the other has, too
  static boolean mayBeMeant(Map<String, TensorInfo> only, Map<String, TensorInfo> smaller) {
    Map<String, Set<Shape>> behind = new HashMap<>();
    only.forEach(
        (name, tensor) -> {
          for (int dot = name.indexOf('.'); dot >= 0; dot = name.indexOf('.', dot + 1)) {
            behind
                .computeIfAbsent(name.substring(dot + 1), _ -> new HashSet<>())
                .add(tensor.shape());
          }
        });
    return smaller.entrySet().stream()
        .allMatch(
            own -> behind.getOrDefault(own.getKey(), Set.of()).contains(own.getValue().shape()));
  }

  private static String holder(String module) {
    return module.substring(0, module.lastIndexOf('.') + 1);
  }
}

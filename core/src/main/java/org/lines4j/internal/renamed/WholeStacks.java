package org.lines4j.internal.renamed;

import java.util.Collection;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

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
    NavigableNames names = new NavigableNames(smaller);
    Set<String> besideStacks = new HashSet<>();
    for (String name : only) {
      names
          .firstWithout(name)
          .filter(module -> isNumbered(name.substring(module.length())))
          .ifPresent(stack -> besideStacks.add(holder(stack)));
    }
    return tensors.stream()
        .map(names::firstWithout)
        .allMatch(module -> module.filter(m -> besideStacks.contains(holder(m))).isPresent());
  }

  private static String holder(String module) {
    return module.substring(0, module.lastIndexOf('.') + 1);
  }

  private static boolean isNumbered(String path) {
    for (String part : path.split("\\.", -1)) {
      if (PlainName.isNumber(part)) {
        return true;
      }
    }
    return false;
  }

  /// Names in order, so that what begins in one way lies together.
  private record NavigableNames(TreeSet<String> names) {
    NavigableNames(Collection<String> names) {
      this(new TreeSet<>(names));
    }

    /// The outermost module around a tensor, or the tensor, of which these names have nothing;
    /// empty where that lies in a numbered one, which they have.
    Optional<String> firstWithout(String tensor) {
      for (int end = tensor.indexOf('.'); end >= 0; end = tensor.indexOf('.', end + 1)) {
        String module = tensor.substring(0, end);
        String first = names.ceiling(module + ".");
        if (first == null || !first.startsWith(module + ".")) {
          return isNumbered(module) ? Optional.empty() : Optional.of(module);
        }
      }
      return isNumbered(tensor) ? Optional.empty() : Optional.of(tensor);
    }
  }
}

package org.lines4j.internal.renamed;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.lines4j.error.Counted;
import org.lines4j.error.Shown;

/// The modules of which a model has nothing, around tensors that it lacks.
///
/// @param names its tensors', in order, so that what begins in one way lies together
public record MissingModules(TreeSet<String> names) {
  private static final int MOST_NAMED = 6;

  /// Of a model with tensors of these names.
  public MissingModules(Collection<String> names) {
    this(new TreeSet<>(names));
  }

  /// The outermost such module around a tensor, or the tensor; empty where that lies in a numbered
  /// one, of which the model has something.
  Optional<String> around(String tensor) {
    for (int end = tensor.indexOf('.'); end >= 0; end = tensor.indexOf('.', end + 1)) {
      String module = tensor.substring(0, end);
      String first = names.ceiling(module + ".");
      if (first == null || !first.startsWith(module + ".")) {
        return isNumbered(module) ? Optional.empty() : Optional.of(module);
      }
    }
    return isNumbered(tensor) ? Optional.empty() : Optional.of(tensor);
  }

  /// The same, where a stack lies in it that the tensor is in.
  Optional<String> stackAround(String tensor) {
    return around(tensor).filter(module -> isNumbered(tensor.substring(module.length())));
  }

  /// What tensors that the model lacks are, such as `scale, lstm (4 tensors), vision_tower (390
  /// tensors)`.
  public String inWords(List<String> tensors) {
    Map<String, List<String>> modules =
        tensors.stream()
            .collect(
                Collectors.groupingBy(
                    tensor -> around(tensor).orElse(tensor),
                    LinkedHashMap::new,
                    Collectors.toList()));
    List<String> words = new ArrayList<>();
    modules.forEach(
        (module, within) ->
            words.add(
                within.size() == 1
                    ? within.getFirst()
                    : "%s (%s)".formatted(module, Counted.of(within.size(), "tensor"))));
    return Shown.some(words, MOST_NAMED);
  }

  private static boolean isNumbered(String path) {
    for (String part : path.split("\\.", -1)) {
      if (PlainName.isNumber(part)) {
        return true;
      }
    }
    return false;
  }
}

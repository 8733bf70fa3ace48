package org.lines4j.internal.renamed;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.lines4j.error.InputException;
import org.lines4j.error.Shown;
import org.lines4j.storage.Location;
import org.lines4j.tensor.TensorInfo;

/// Names that exporters of ONNX give to what they have computed beforehand, such as transposed
/// weights: a number that counts the values of the graph. It says neither layer nor purpose.
public final class FoldedNames {
  /// PyTorch's, from 1.13 on, with its own graphs, and before 1.13; tf2onnx's.
  private static final Pattern FOLDED =
      Pattern.compile("onnx::\\w+_\\d+|val_\\d+|\\d{2,}|const_fold_opt__\\d+");

  private FoldedNames() {}

  /// Whether a tensor has such a name.
  public static boolean isOne(TensorInfo tensor) {
    return tensor.shape().rank() > 0 && FOLDED.matcher(tensor.name()).matches();
  }

  /// Checks that two graphs count alike, as those of one model do: otherwise the same number is
  /// another weight.
  ///
  /// @throws InputException if some of their numbers are the same, and others are not
  static void check(Location model, List<TensorInfo> own, Location other, List<TensorInfo> others) {
    Set<String> here = names(own);
    Set<String> there = names(others);
    Optional<String> alone =
        Stream.concat(
                here.stream().filter(name -> !there.contains(name)),
                there.stream().filter(name -> !here.contains(name)))
            .sorted()
            .findFirst();
    if (alone.isPresent() && here.stream().anyMatch(there::contains)) {
      boolean isHere = here.contains(alone.get());
      throw new InputException(
              isHere ? model : other,
              ("it has a tensor %s, which %s lacks: where an exporter of ONNX counted otherwise,"
                      + " what has the same number in both need not be the same weight")
                  .formatted(Shown.of(alone.get()), isHere ? other : model))
          .withRemedy(
              "give the models that the graphs were exported from, or export both in one way")
          .withTensor(Shown.of(alone.get()));
    }
  }

  private static Set<String> names(List<TensorInfo> tensors) {
    return tensors.stream()
        .filter(FoldedNames::isOne)
        .map(TensorInfo::name)
        .collect(Collectors.toSet());
  }
}

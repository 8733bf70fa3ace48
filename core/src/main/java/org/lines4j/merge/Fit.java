package org.lines4j.merge;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.lines4j.InputException;
import org.lines4j.format.Checkpoint;
import org.lines4j.internal.plan.NamePrefix;
import org.lines4j.plan.Source;

/// Whether all models have the same tensors, of the same shapes. What their bytes say is the plan's
/// to check.
final class Fit {
  private Fit() {}

  /// @throws InputException that lists every tensor that does not fit
  static void check(Recipe recipe, List<SliceTensor> tensors, ModelSet models) throws IOException {
    List<String> misfits = new ArrayList<>();
    for (SliceTensor tensor : tensors) {
      misfit(tensor).ifPresent(why -> misfits.add("\n  " + tensor.name() + ": " + why));
    }
    if (!misfits.isEmpty()) {
      throw new InputException(
          "%s: the models do not fit together: %d of %d tensors differ in more than their values%s%s"
              .formatted(
                  recipe.name(),
                  misfits.size(),
                  tensors.size(),
                  String.join("", misfits),
                  prefixHint(models) + vocabularyHint(recipe, tensors)));
    }
  }

  private static Optional<String> misfit(SliceTensor tensor) throws IOException {
    List<String> lacking = new ArrayList<>();
    for (int i = 0; i < tensor.inputs().size(); i++) {
      if (tensor.inputs().get(i).isEmpty()) {
        lacking.add(tensor.slice().sources().get(i).model());
      }
    }
    if (!lacking.isEmpty()) {
      return Optional.of("missing in " + String.join(", ", lacking));
    }
    List<Source> sources = tensor.inputs().stream().flatMap(Optional::stream).toList();
    Source first = sources.getFirst();
    for (Source other : sources) {
      if (!canCombine(first, other)) {
        return Optional.of(each(tensor));
      }
    }
    return Optional.empty();
  }

  private static boolean canCombine(Source a, Source b) {
    boolean floating = a.dtype().isFloating() && b.dtype().isFloating();
    return (floating || a.dtype() == b.dtype()) && a.info().shape().equals(b.info().shape());
  }

  private static String each(SliceTensor tensor) {
    List<String> found = new ArrayList<>();
    for (int i = 0; i < tensor.inputs().size(); i++) {
      found.add(
          "%s has %s"
              .formatted(
                  tensor.slice().sources().get(i).model(),
                  tensor.inputs().get(i).orElseThrow().info().typeAndShape()));
    }
    return found.stream().distinct().collect(Collectors.joining(", "));
  }

  /// Where embeddings differ in their number of rows, a word on how to merge them all the same.
  private static String vocabularyHint(Recipe recipe, List<SliceTensor> tensors) {
    boolean differs =
        tensors.stream()
            .filter(VocabularyTensors::isNamed)
            .map(tensor -> tensor.inputs().stream().flatMap(Optional::stream))
            .map(sources -> sources.map(s -> VocabularyTensors.first(s.info().shape())).distinct())
            .anyMatch(rows -> rows.count() > 1);
    return recipe.tokenizer().isEmpty() && differs
        ? "\n"
            + "Their vocabularies differ in size: with 'tokenizer_source: base', 'union' or a"
            + " model, each token's rows are merged."
        : "";
  }

  private static String prefixHint(ModelSet models) {
    List<String> names = List.copyOf(models.distinct().keySet());
    Checkpoint first = models.get(names.getFirst());
    return names.stream()
        .skip(1)
        .map(name -> NamePrefix.hint(first, models.get(name), names.getFirst(), name))
        .filter(hint -> !hint.isEmpty())
        .findFirst()
        .orElse("");
  }
}

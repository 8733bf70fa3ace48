package org.lines4j.internal.resolve;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.lines4j.format.Checkpoint;
import org.lines4j.internal.pairing.Adapters;
import org.lines4j.internal.pairing.Misfits;
import org.lines4j.internal.pairing.NamePrefix;
import org.lines4j.internal.pairing.SliceTensor;
import org.lines4j.internal.vocabulary.ClassRows;
import org.lines4j.internal.vocabulary.VocabularyTensors;
import org.lines4j.internal.work.Source;
import org.lines4j.merge.ModelSet;
import org.lines4j.merge.Recipe;

/// Whether all models have the same tensors, of the same shapes. What their bytes say is the plan's
/// to check.
public final class Fit {
  private Fit() {}

  /// Checks all tensors.
  ///
  /// @throws org.lines4j.error.InputException that lists every tensor that does not fit
  public static void check(Recipe recipe, List<SliceTensor> tensors, ModelSet models) {
    Adapters.refuseAlone(models.distinct().values());
    List<String> misfits = new ArrayList<>();
    for (SliceTensor tensor : tensors) {
      misfit(tensor).ifPresent(why -> misfits.add(tensor.name() + ": " + why));
    }
    if (!misfits.isEmpty()) {
      Adapters.refuse(models.distinct().values());
    }
    Misfits.refuse(
        recipe.name(),
        misfits,
        tensors.size(),
        misfits.isEmpty() ? "" : hints(recipe, models, tokenRows(tensors)) + classesHint(tensors));
  }

  private static List<List<Source>> tokenRows(List<SliceTensor> tensors) {
    return tensors.stream()
        .filter(VocabularyTensors::isNamed)
        .map(tensor -> tensor.inputs().stream().flatMap(Optional::stream).toList())
        .toList();
  }

  /// What may be the reason that models do not fit together, a line each.
  ///
  /// @param tokenRows of each tensor that is called like one with a row for each token, those of
  ///   all models
  static String hints(Recipe recipe, ModelSet models, List<List<Source>> tokenRows) {
    return prefixHint(models) + vocabularyHint(recipe, tokenRows);
  }

  private static Optional<String> misfit(SliceTensor tensor) {
    if (!tensor.isComplete()) {
      return Optional.of("missing in " + String.join(", ", tensor.lacking()));
    }
    return Misfits.of(
        tensor.inputs().stream().flatMap(Optional::stream).toList(),
        tensor.slice().sources().stream().map(Recipe.ModelUse::model).toList());
  }

  /// Where embeddings differ in their number of rows, a word on how to merge them all the same.
  private static String vocabularyHint(Recipe recipe, List<List<Source>> tokenRows) {
    boolean differs =
        tokenRows.stream()
            .filter(sources -> sources.stream().allMatch(VocabularyTensors::hasRowForEachToken))
            .map(
                sources ->
                    sources.stream().map(s -> VocabularyTensors.first(s.info().shape())).distinct())
            .anyMatch(rows -> rows.count() > 1);
    return recipe.tokenizer().isEmpty() && differs
        ? "\n  "
            + "Their vocabularies differ in size: with 'tokenizer_source: base', 'union' or a"
            + " model, each token's rows are merged."
        : "";
  }

  /// Where heads of classifiers differ in their number of rows, that it is that of their classes.
  private static String classesHint(List<SliceTensor> tensors) {
    return tensors.stream()
        .filter(SliceTensor::isComplete)
        .map(
            tensor ->
                ClassRows.hint(
                    tensor.inputs().stream().flatMap(Optional::stream).toList(),
                    tensor.slice().sources().stream().map(Recipe.ModelUse::model).toList()))
        .flatMap(Optional::stream)
        .findFirst()
        .orElse("");
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

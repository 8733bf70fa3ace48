package org.lines4j.internal.vocabulary;

import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.lines4j.internal.work.Source;
import org.lines4j.tensor.Shape;

/// Heads of classifiers, which have a row for each class.
public final class ClassRows {
  /// Outside the layers, which are numbered.
  private static final Pattern HEAD =
      Pattern.compile(
          "([^.\\d][^.]*\\.)*(heads?|head_dist|fc|last_linear|score|classifier|classification_head)(\\..+)?");

  private ClassRows() {}

  /// In words, that models have other numbers of classes; empty where that is not how they differ.
  ///
  /// @param sources the tensor of each model
  /// @param owners whose they are, such as `the base`
  public static Optional<String> hint(List<Source> sources, List<String> owners) {
    List<Shape> shapes = sources.stream().map(source -> source.info().shape()).toList();
    List<Long> first = shapes.getFirst().dims();
    boolean isHead = sources.stream().allMatch(ClassRows::isHead);
    boolean onlyRows =
        first.size() >= 1
            && shapes.stream()
                .allMatch(
                    shape ->
                        shape.rank() == first.size()
                            && shape
                                .dims()
                                .subList(1, first.size())
                                .equals(first.subList(1, first.size())));
    if (!isHead || !onlyRows || shapes.stream().distinct().count() == 1) {
      return Optional.empty();
    }
    String rows =
        IntStream.range(0, shapes.size())
            .mapToObj(i -> shapes.get(i).dims().getFirst() + " in " + owners.get(i))
            .distinct()
            .collect(Collectors.joining(", "));
    return Optional.of(
        "\n  %s has a row for each class: %s. Rows of other classes have nothing in common, so the head is kept as one model has it, mostly the one that was tuned for the classes that the output is for."
            .formatted(sources.getFirst().name(), rows));
  }

  private static boolean isHead(Source source) {
    return HEAD.matcher(source.name()).matches() && !VocabularyTensors.hasRowForEachToken(source);
  }
}

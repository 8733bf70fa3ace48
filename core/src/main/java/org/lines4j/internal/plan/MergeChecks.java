package org.lines4j.internal.plan;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.lines4j.InputException;
import org.lines4j.RequestException;
import org.lines4j.merge.ResolvedMerge;
import org.lines4j.merge.ResolvedMerge.Lines;
import org.lines4j.merge.ResolvedMerge.MergeTensor;
import org.lines4j.method.MethodType;
import org.lines4j.method.MethodType.BaseUse;
import org.lines4j.plan.Source;
import org.lines4j.tensor.TensorInfo;

/// Whether the models of a recipe can be merged as it says.
final class MergeChecks {
  private final ResolvedMerge recipe;
  private final MethodType method;

  private MergeChecks(ResolvedMerge recipe) {
    this.recipe = recipe;
    this.method = recipe.method();
  }

  /// Checks a recipe and the models that it names.
  ///
  /// @throws RequestException if the recipe is wrong in itself
  /// @throws InputException if tensors do not fit together; the message lists them all
  static void check(ResolvedMerge recipe) throws IOException {
    MergeChecks checks = new MergeChecks(recipe);
    recipe.lines().ifPresent(checks::checkLines);
    List<String> misfits = new ArrayList<>();
    for (MergeTensor tensor : recipe.tensors()) {
      checks.checkParameters(tensor);
      checks.misfit(tensor).ifPresent(misfit -> misfits.add(tensor.name() + ": " + misfit));
    }
    if (!misfits.isEmpty()) {
      throw new InputException(
          "%s: the models do not fit together: %d of %d tensors differ in more than their values%s"
              .formatted(
                  models(recipe),
                  misfits.size(),
                  recipe.tensors().size(),
                  misfits.stream().map(misfit -> "\n  " + misfit).collect(Collectors.joining())));
    }
  }

  private static String models(ResolvedMerge recipe) {
    return recipe.tensors().stream()
        .flatMap(MergeChecks::sources)
        .map(source -> source.checkpoint().path())
        .distinct()
        .map(Path::toString)
        .collect(Collectors.joining(", "));
  }

  /// The base's tensor, where there is one, and the models'.
  static Stream<Source> sources(MergeTensor tensor) {
    return Stream.concat(tensor.base().stream(), tensor.models().stream());
  }

  private void checkLines(Lines lines) {
    lines.alpha().ifPresent(alpha -> checkFinite("lines: alpha", alpha));
    checkFinite("lines: beta", lines.beta());
    Optional<MergeTensor> baseless =
        recipe.tensors().stream().filter(tensor -> tensor.base().isEmpty()).findFirst();
    if (method.baseUse() == BaseUse.NONE || baseless.isPresent()) {
      throw new RequestException(
          "lines: scales updates of a base model, but %s"
              .formatted(
                  method.baseUse() == BaseUse.NONE
                      ? method.name() + " takes none"
                      : "tensor %s has none; name one as base_model"
                          .formatted(baseless.orElseThrow().name())));
    }
  }

  private void checkParameters(MergeTensor tensor) {
    int count = tensor.models().size();
    if (count < method.fewestModels() || count > method.mostModels()) {
      String most = method.mostModels() == Integer.MAX_VALUE ? "more" : "" + method.mostModels();
      throw new RequestException(
          "%s: tensor %s: %s merges %s models, the base not counted, found %d"
              .formatted(
                  method.name(),
                  tensor.name(),
                  method.name(),
                  method.fewestModels() == method.mostModels()
                      ? most
                      : method.fewestModels() + " or " + most,
                  count));
    }
    if (method.baseUse() == BaseUse.REQUIRED && tensor.base().isEmpty()) {
      throw new RequestException(
          "%s: tensor %s: needs a base model; name one as base_model"
              .formatted(method.name(), tensor.name()));
    }
    checkFinite(tensor.name(), tensor.parameters());
    tensor.modelParameters().forEach(values -> checkFinite(tensor.name(), values));
  }

  private void checkFinite(String tensor, Map<String, Object> values) {
    values.forEach(
        (name, value) -> {
          if (value instanceof Double number) {
            checkFinite("%s: tensor %s: %s".formatted(method.name(), tensor, name), number);
          }
        });
  }

  private static void checkFinite(String what, double value) {
    if (!Float.isFinite((float) value)) {
      throw new RequestException(
          "%s should be a finite number in float32, found %s".formatted(what, value));
    }
  }

  private Optional<String> misfit(MergeTensor tensor) throws IOException {
    List<Source> sources = sources(tensor).toList();
    TensorInfo first = sources.getFirst().info();
    for (Source source : sources) {
      TensorInfo info = source.info();
      boolean floating = first.dtype().isFloating() && info.dtype().isFloating();
      boolean sameType = floating || info.dtype() == first.dtype();
      if (!sameType || !info.shape().equals(first.shape())) {
        return Optional.of(
            "%s has %s, %s has %s"
                .formatted(
                    sources.getFirst().file(),
                    first.typeAndShape(),
                    source.file(),
                    info.typeAndShape()));
      }
      long difference = floating ? -1 : StoredBytes.firstDifference(sources.getFirst(), source);
      if (difference >= 0) {
        return Optional.of(
            "%s cannot be merged, so all should be equal, but %s and %s differ from element %d on"
                .formatted(
                    info.typeAndShape(),
                    sources.getFirst().file(),
                    source.file(),
                    difference * 8 / info.dtype().bits()));
      }
    }
    return Optional.empty();
  }
}

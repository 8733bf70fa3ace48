package org.lines4j.subspace.method;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.lines4j.Methods;
import org.lines4j.layers.LayerScaling.Outside;
import org.lines4j.merge.Lines;
import org.lines4j.merge.Recipe;
import org.lines4j.method.MethodType;
import org.lines4j.method.MethodType.BaseUse;
import org.lines4j.method.Parameter;
import org.lines4j.plan.RunOptions;

/// What must hold for every method that has a base, on tensors that are hard for some: updates that
/// are zero, of low rank, the same, or of fewer rows than models.
class EveryMethodTest {
  /// Whose sums are float32's, in the order of the models, or whose order says something.
  private static final Set<String> BY_ORDER =
      Set.of(
          "linear",
          "task_arithmetic",
          "ties",
          "consensus",
          "dare_linear",
          "dare_ties",
          "della",
          "della_linear",
          "breadcrumbs",
          "breadcrumbs_ties",
          "slerp",
          "nuslerp",
          "multislerp",
          "karcher",
          "model_stock",
          "sce",
          "arcee_fusion",
          "ram",
          "ramplus_tl",
          "magmax");

  private static final Golden EDGE = Golden.of("edge");
  private static final RunOptions OPTIONS = RunOptions.defaults().withThreads(3);

  @TempDir Path scratch = Path.of("");

  static Stream<String> methods() {
    return Methods.all().stream()
        .filter(method -> method.baseUse() != BaseUse.NONE)
        .map(MethodType::name);
  }

  static Stream<String> methodsWithoutOrder() {
    return methods().filter(name -> !BY_ORDER.contains(name));
  }

  private static MethodType method(String name) {
    return Methods.find(name).orElseThrow();
  }

  private static Golden golden(String name, Golden all) {
    MethodType method = method(name);
    int count = Math.clamp(all.models().size(), method.fewestModels(), method.mostModels());
    return all.of(all.models().subList(0, count));
  }

  /// With what has no fallback, and less than all of each update where that can be said.
  private static Recipe recipe(String name, Golden golden) {
    Map<String, Object> parameters = new LinkedHashMap<>();
    for (Parameter parameter : method(name).parameters()) {
      if (parameter.fallback().isEmpty() || parameter.name().equals("density")) {
        parameters.put(parameter.name(), 0.5);
      }
    }
    return golden.recipe(name, parameters);
  }

  private static Lines lines(double alpha, double beta) {
    return new Lines(Optional.of(alpha), beta, Outside.ALPHA);
  }

  private byte[] merged(Golden golden, Recipe recipe, RunOptions options) throws IOException {
    return Files.readAllBytes(golden.merge(recipe, out(), options));
  }

  private Path out() {
    return scratch.resolve("out.safetensors");
  }

  @ParameterizedTest
  @MethodSource("methods")
  void updatesThatAreZeroChangeNothing(String name) {
    Map<String, Golden.Tensor> base = EDGE.read("base");
    Golden copies = golden(name, EDGE).withCopies(scratch);
    Path merged = copies.merge(recipe(name, copies), out(), OPTIONS);
    assertNear(base, Golden.read(merged), method(name).baseUse() == BaseUse.REQUIRED ? 0 : 1e-6);
  }

  @ParameterizedTest
  @MethodSource("methods")
  void withoutLambdaTheBaseIsLeft(String name) {
    Golden golden = golden(name, EDGE);
    Recipe recipe = recipe(name, golden).withLines(lines(0, 0));
    assertNear(EDGE.read("base"), Golden.read(golden.merge(recipe, out(), OPTIONS)), 0);
  }

  @ParameterizedTest
  @MethodSource("methods")
  void finiteModelsGiveAFiniteMerge(String name) {
    Golden golden = golden(name, EDGE);
    for (Recipe recipe :
        List.of(recipe(name, golden), recipe(name, golden).withLines(Golden.lines()))) {
      Golden.read(golden.merge(recipe, out(), OPTIONS))
          .forEach(
              (tensor, values) -> {
                for (double value : values.values()) {
                  assertTrue(Double.isFinite(value), tensor);
                }
              });
    }
  }

  @ParameterizedTest
  @MethodSource("methods")
  void threadsChangeNoByte(String name) throws IOException {
    Golden golden = golden(name, EDGE);
    Recipe recipe = recipe(name, golden).withLines(Golden.lines());
    assertArrayEquals(
        merged(golden, recipe, OPTIONS), merged(golden, recipe, OPTIONS.withThreads(1)));
  }

  @ParameterizedTest
  @MethodSource("methodsWithoutOrder")
  void theOrderOfTheModelsChangesNoByte(String name) throws IOException {
    Golden golden = golden(name, EDGE);
    assumeTrue(golden.models().size() > 1);
    Golden reversed = golden.reversed();
    assertArrayEquals(
        merged(golden, recipe(name, golden), OPTIONS),
        merged(reversed, recipe(name, reversed), OPTIONS));
  }

  private static void assertNear(
      Map<String, Golden.Tensor> expected, Map<String, Golden.Tensor> found, double most) {
    expected.forEach(
        (name, tensor) -> {
          double[] values = Golden.at(found, name).values();
          for (int i = 0; i < values.length; i++) {
            assertEquals(
                tensor.values()[i],
                values[i],
                most * Math.abs(tensor.values()[i]),
                name + "[" + i + "]");
          }
        });
  }
}

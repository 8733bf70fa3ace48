package org.lines4j.subspace.method;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.lines4j.error.RequestException;
import org.lines4j.merge.Recipe;
import org.lines4j.merge.Setting;
import org.lines4j.merge.Setting.Case;
import org.lines4j.method.MethodType;
import org.lines4j.plan.RunOptions;

/// `calibrate: svc`, behind other methods.
class SvcTest {
  private static final RunOptions OPTIONS = RunOptions.defaults().withThreads(2);

  /// As the authors have it.
  private static final String CALIBRATED = "^(?!.*(text_projection|embedding))";

  @TempDir Path scratch = Path.of("");

  private Path out() {
    return scratch.resolve("out.safetensors");
  }

  @ParameterizedTest
  @CsvSource({
    "vit, svc.ta",
    "llama, svc.ta",
    "edge, svc.ta.sensible",
    "vit, svc.ties",
    "edge, svc.ties.sensible"
  })
  void aMergeIsCalibratedAsTheAuthorsDoIt(String folder, String file) {
    Golden golden = Golden.of(folder);
    Recipe recipe = file.startsWith("svc.ta") ? sum(golden, 0.3) : trimmed(golden);
    golden.check(golden.merge(recipe, out(), OPTIONS), file, 2e-4);
  }

  @Test
  void thePortsFloorAndChoiceOfTensorsCanBeAskedFor() {
    Golden golden = Golden.of("vit");
    Recipe recipe =
        with(sum(golden, 0.3), Map.of("calibrated", Setting.of("."), "floor", Setting.of(0.1)));
    golden.check(golden.merge(recipe, out(), OPTIONS), "svc-port.ta", 5e-6);
  }

  private static Recipe sum(Golden golden, double weight) {
    return golden.recipe(
        "task_arithmetic", Map.of("calibrate", "svc", "calibrated", CALIBRATED, "weight", weight));
  }

  /// TIES of each tensor, which keeps a fifth of the elements and one more.
  private static Recipe trimmed(Golden golden) {
    List<Case> densities = new ArrayList<>();
    golden
        .read("base")
        .forEach(
            (name, tensor) -> {
              double kept = (int) (0.2 * tensor.values().length) + 1.5;
              double density = Math.min(1, kept / tensor.values().length);
              densities.add(new Case(Optional.of(name), List.of(density), 0));
            });
    return with(
        golden.recipe("ties", Map.of("calibrate", "svc", "calibrated", CALIBRATED)),
        Map.of("density", new Setting(densities, 0)));
  }

  private static Recipe with(Recipe recipe, Map<String, Setting> more) {
    Map<String, Setting> all = new LinkedHashMap<>(recipe.parameters());
    all.putAll(more);
    return recipe.withParameters(all);
  }

  @Test
  void theMethodByItselfCalibratesTheSum() throws IOException {
    Golden golden = Golden.of("vit");
    Recipe own = golden.recipe("svc", Map.of("calibrated", CALIBRATED, "weight", 0.3));
    golden.check(golden.merge(own, out(), OPTIONS), "svc.ta", 2e-4);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ties",
        "linear",
        "model_stock",
        "tsv_m",
        "metagpt",
        "della",
        "sce",
        "breadcrumbs"
      })
  void whatAnyMethodMergesCanBeCalibrated(String method) throws IOException {
    Golden golden = Golden.of("vit");
    Recipe plain = golden.recipe(method, parameters(method));
    Recipe calibrated = with(plain, Map.of("calibrate", Setting.of("svc")));
    byte[] merged = Files.readAllBytes(golden.merge(calibrated, out(), OPTIONS));
    RunOptions alone = RunOptions.defaults().withThreads(1);
    assertArrayEquals(merged, Files.readAllBytes(golden.merge(calibrated, out(), alone)));
    byte[] uncalibrated = Files.readAllBytes(golden.merge(plain, out(), OPTIONS));
    assertTrue(!java.util.Arrays.equals(merged, uncalibrated));
    golden.merge(calibrated.withLines(Golden.lines()), out(), OPTIONS);
    Golden.read(out())
        .forEach(
            (name, tensor) -> {
              for (double value : tensor.values()) {
                assertTrue(Double.isFinite(value), name);
              }
            });
  }

  private static Map<String, Object> parameters(String method) {
    return switch (method) {
      case "linear", "tsv_m", "model_stock", "metagpt" -> Map.of();
      case "della" -> Map.of("density", 0.5, "epsilon", 0.1);
      case "breadcrumbs" -> Map.of("density", 0.5, "gamma", 0.01);
      case "sce" -> Map.of("select_topk", 0.5);
      default -> Map.of("density", 0.5);
    };
  }

  @Test
  void withoutLambdaTheBaseIsLeft() {
    Golden golden = Golden.of("edge");
    Recipe recipe = with(sum(golden, 0.3), Map.of("lambda", Setting.of(0.0)));
    Map<String, Golden.Tensor> merged = Golden.read(golden.merge(recipe, out(), OPTIONS));
    golden
        .read("base")
        .forEach(
            (name, tensor) ->
                assertArrayEquals(tensor.values(), Golden.at(merged, name).values(), name));
  }

  @Test
  void theOrderOfTheModelsChangesNoByte() throws IOException {
    for (String folder : List.of("vit", "edge")) {
      Golden golden = Golden.of(folder);
      byte[] merged = Files.readAllBytes(golden.merge(alone(golden), out(), OPTIONS));
      Golden reversed = golden.reversed();
      byte[] other = Files.readAllBytes(reversed.merge(alone(reversed), out(), OPTIONS));
      assertArrayEquals(merged, other, folder);
    }
  }

  private static Recipe alone(Golden golden) {
    return golden.recipe("svc", Map.of());
  }

  @Test
  void aCalibrationThatDoesNotExistIsRefused() {
    Golden golden = Golden.of("edge");
    Recipe recipe = golden.recipe("ties", Map.of("calibrate", "svd"));
    assertThrows(RequestException.class, () -> golden.merge(recipe, out(), OPTIONS));
  }

  @Test
  void thresholdsOverWholeModelsAreRefused() {
    Golden golden = Golden.of("edge");
    Recipe recipe =
        golden.recipe("ties", Map.of("calibrate", "svc", "density", 0.5, "trim_scope", "model"));
    RequestException e =
        assertThrows(RequestException.class, () -> golden.merge(recipe, out(), OPTIONS));
    assertTrue(String.valueOf(e.getMessage()).contains("trim_scope: tensor"), e.getMessage());
  }

  @Test
  void methodsThatKnowNoBaseAreRefused() {
    Golden golden = Golden.of("edge");
    Recipe recipe = golden.recipe("svc", Map.of("calibrate", "svc"));
    assertThrows(RequestException.class, () -> golden.merge(recipe, out(), OPTIONS));
  }

  /// What is calibrated is otherwise the method that it was: nothing that one may say of itself
  /// falls back to what is said of none.
  @Test
  void aCalibratedMethodAnswersAllThatAMethodIsAsked() {
    Set<String> own =
        Arrays.stream(CalibratedMethod.class.getDeclaredMethods())
            .map(Method::getName)
            .collect(Collectors.toSet());
    Set<String> derived = Set.of("modelsInWords"); // from the fewest and the most
    List<String> missing =
        Arrays.stream(MethodType.class.getDeclaredMethods())
            .filter(asked -> !asked.isSynthetic() && !Modifier.isStatic(asked.getModifiers()))
            .map(Method::getName)
            .filter(name -> !own.contains(name) && !derived.contains(name))
            .toList();
    assertEquals(List.of(), missing);
  }
}

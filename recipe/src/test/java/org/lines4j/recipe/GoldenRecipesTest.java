package org.lines4j.recipe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.lines4j.Methods;
import org.lines4j.RecipeResolver;
import org.lines4j.internal.work.ResolvedTensors;
import org.lines4j.internal.work.ResolvedTensors.MergeTensor;
import org.lines4j.internal.work.Source;
import org.lines4j.layers.LayerOptions;
import org.lines4j.merge.ModelSet;
import org.lines4j.tensor.DType;

/// Recipes that mergekit 0.1.4 has run, on models of six layers: see the goldens' README.
class GoldenRecipesTest {
  private static final double EXACT = 1e-15;

  static Path goldens() {
    return Path.of(System.getProperty("basedir", "."), "../core/src/test/resources/mergekit");
  }

  static Stream<String> recipes() throws IOException {
    try (Stream<Path> files = Files.list(goldens())) {
      return files
          .map(path -> String.valueOf(path.getFileName()))
          .filter(name -> name.endsWith(".yml"))
          .sorted()
          .toList()
          .stream();
    }
  }

  private static void resolve(String name, Consumer<ResolvedTensors> check) throws IOException {
    RecipeFile file = RecipeFile.read(goldens().resolve(name));
    RecipeResolver resolver = RecipeResolver.of(file.variants().getFirst().recipe(), Methods.all());
    try (ModelSet models = ModelSet.open(resolver.modelNames(), file.folder())) {
      check.accept(ResolvedTensors.of(resolver.resolve(models, LayerOptions.defaults())));
    }
  }

  private static MergeTensor tensor(ResolvedTensors merge, String name) {
    return merge.tensors().stream()
        .filter(tensor -> tensor.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no tensor " + name));
  }

  private static double number(Map<String, Object> values, String name) {
    return (Double) Objects.requireNonNull(values.get(name));
  }

  private static String origin(Source source) {
    return source.checkpoint().location().name() + ":" + source.name();
  }

  private static List<String> origins(ResolvedTensors merge, String name) {
    return tensor(merge, name).models().stream().map(GoldenRecipesTest::origin).toList();
  }

  @ParameterizedTest
  @MethodSource("recipes")
  void everyOneResolves(String name) throws IOException {
    resolve(
        name,
        merge -> {
          assertFalse(merge.tensors().isEmpty());
          assertEquals(Optional.of(DType.F32), merge.computeType());
          assertEquals(Optional.of(DType.F32), merge.outType());
          for (MergeTensor tensor : merge.tensors()) {
            assertEquals(tensor.models().size(), tensor.modelParameters().size());
          }
        });
  }

  @Test
  void theBaseIsNoneOfTheMergedModels() throws IOException {
    resolve(
        "ties.yml",
        merge -> {
          MergeTensor norm = tensor(merge, "model.norm.weight");
          assertEquals("base:model.norm.weight", origin(norm.base().orElseThrow()));
          assertEquals(
              List.of("ft0:model.norm.weight", "ft1:model.norm.weight", "ft2:model.norm.weight"),
              origins(merge, "model.norm.weight"));
          assertEquals(0.3, number(norm.modelParameters().get(2), "weight"), 0);
          assertEquals(0.9, number(norm.modelParameters().get(2), "density"), 0);
          assertEquals(3, merge.modelCount());
          assertEquals(List.of("base", "ft0", "ft1", "ft2"), List.copyOf(merge.inputs().keySet()));
        });
  }

  @Test
  void aBaseThatIsListedAmongTheModelsIsTheBase() throws IOException {
    resolve(
        "slerp.yml",
        merge -> {
          MergeTensor norm = tensor(merge, "model.norm.weight");
          assertEquals("ft1:model.norm.weight", origin(norm.base().orElseThrow()));
          assertEquals(List.of("ft2:model.norm.weight"), origins(merge, "model.norm.weight"));
          assertEquals(1, merge.modelCount());
        });
  }

  @Test
  void gradientsRunFromTheFirstLayerToTheLast() throws IOException {
    resolve(
        "task_arithmetic_gradient.yml",
        merge -> {
          double[] wanted = {0.2, 0.28, 0.36, 0.52, 0.76, 1.0};
          for (int layer = 0; layer < 6; layer++) {
            String name = "model.layers." + layer + ".mlp.up_proj.weight";
            assertEquals(wanted[layer], weight(merge, name), EXACT);
          }
          assertEquals(0.2, weight(merge, "model.embed_tokens.weight"), 0);
          assertEquals(0.2, weight(merge, "model.norm.weight"), 0, "as mergekit has it");
          assertEquals(0.2, weight(merge, "lm_head.weight"), 0, "as mergekit has it");
        });
  }

  private static double weight(ResolvedTensors merge, String tensor) {
    return number(tensor(merge, tensor).modelParameters().getFirst(), "weight");
  }

  @Test
  void theFirstFilterThatFitsCounts() throws IOException {
    resolve(
        "task_arithmetic_filters.yml",
        merge -> {
          assertEquals(0, weight(merge, "model.layers.2.mlp.down_proj.weight"), 0);
          assertEquals(0.1, weight(merge, "model.layers.0.mlp.up_proj.weight"), EXACT);
          assertEquals(0.9, weight(merge, "model.layers.5.mlp.up_proj.weight"), EXACT);
          assertEquals(1.0, weight(merge, "lm_head.weight"), 0);
          assertEquals(0.3, weight(merge, "model.layers.3.self_attn.q_proj.weight"), 0);
          assertEquals(0.3, weight(merge, "model.embed_tokens.weight"), 0);
        });
  }

  @Test
  void gradientsStandBehindFilters() throws IOException {
    resolve(
        "slerp_gradient.yml",
        merge -> {
          String attention = "model.layers.%d.self_attn.q_proj.weight";
          assertEquals(0.12, t(merge, attention.formatted(1)), EXACT);
          assertEquals(0.44, t(merge, attention.formatted(3)), EXACT);
          assertEquals(0.84, t(merge, "model.layers.1.mlp.gate_proj.weight"), EXACT);
          assertEquals(0.4, t(merge, "model.layers.1.input_layernorm.weight"), 0);
          assertEquals(0.4, t(merge, "model.embed_tokens.weight"), 0);
        });
  }

  private static double t(ResolvedTensors merge, String tensor) {
    return number(tensor(merge, tensor).parameters(), "t");
  }

  @Test
  void slicesGiveTheirOwnParametersAndRenumberLayers() throws IOException {
    resolve(
        "linear_slices.yml",
        merge -> {
          String second = "model.layers.2.mlp.up_proj.weight";
          assertEquals(
              List.of(
                  "ft0:model.layers.2.mlp.up_proj.weight", "ft1:model.layers.3.mlp.up_proj.weight"),
              origins(merge, second));
          MergeTensor up = tensor(merge, second);
          assertEquals(0.3, number(up.modelParameters().get(0), "weight"), 0);
          assertEquals(0.9, number(up.modelParameters().get(1), "weight"), 0);
          assertEquals(
              List.of("ft0:model.embed_tokens.weight", "ft1:model.embed_tokens.weight"),
              origins(merge, "model.embed_tokens.weight"));
          assertEquals(
              List.of("ft0:lm_head.weight", "ft2:lm_head.weight"),
              origins(merge, "lm_head.weight"));
          assertEquals(6 * 9 + 3, merge.tensors().size());
          assertTrue(merge.sidecarChanges().layers().isEmpty(), "six layers as before");
        });
  }

  @Test
  void layersAreStacked() throws IOException {
    resolve(
        "passthrough_stack.yml",
        merge -> {
          String norm = ".input_layernorm.weight";
          assertEquals(9 * 9 + 3, merge.tensors().size());
          assertEquals(
              List.of("ft2:model.layers.2" + norm), origins(merge, "model.layers.4" + norm));
          assertEquals(
              List.of("ft1:model.layers.5" + norm), origins(merge, "model.layers.8" + norm));
          assertEquals(
              List.of("ft0:model.embed_tokens.weight"),
              origins(merge, "model.embed_tokens.weight"));
          assertEquals(List.of("ft1:lm_head.weight"), origins(merge, "lm_head.weight"));
          assertEquals(
              List.of(0, 1, 2, 1, 2, 3, 3, 4, 5),
              merge.sidecarChanges().layers().orElseThrow().origins());
        });
  }

  @Test
  void flagsAndGlobalParametersComeThrough() throws IOException {
    resolve(
        "nuslerp_base_rowwise.yml",
        merge -> {
          Map<String, Object> values = tensor(merge, "lm_head.weight").parameters();
          assertEquals(Map.of("nuslerp_flatten", false, "nuslerp_row_wise", true), values);
        });
    resolve(
        "passthrough_scale.yml",
        merge -> {
          String projection = "model.layers.1.self_attn.%s_proj.weight";
          assertEquals(0, scale(merge, projection.formatted("o")), 0);
          assertEquals(1, scale(merge, projection.formatted("q")), 0);
        });
  }

  private static double scale(ResolvedTensors merge, String tensor) {
    return number(tensor(merge, tensor).modelParameters().getFirst(), "scale");
  }
}

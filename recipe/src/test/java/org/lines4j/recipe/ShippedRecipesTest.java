package org.lines4j.recipe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.lines4j.Methods;
import org.lines4j.RecipeResolver;
import org.lines4j.merge.Lines;
import org.lines4j.merge.Recipe;

/// The recipes under `recipes/`, with the paper's settings.
class ShippedRecipesTest {
  private static final Path FOLDER = Path.of(System.getProperty("basedir", "."), "../recipes");

  @ParameterizedTest
  @CsvSource({
    "editing, 11",
    "ood, 11",
    "uniform-soup, 11",
    "rewarded-soup, 11",
    "multi-task-arithmetic, 10",
    "multi-task-ties, 15",
    "multi-task-consensus, 10"
  })
  void everyOneIsWellAndSaysWhatItIs(String name, int outputs) throws IOException {
    RecipeFile file = RecipeFile.read(FOLDER.resolve(name + ".yml"));
    assertEquals(outputs, file.variants().size());
    assertTrue(file.text().contains("arXiv"), "cites its source");
    for (RecipeFile.Variant variant : file.variants()) {
      assertFalse(RecipeResolver.of(variant.recipe(), Methods.all()).modelNames().isEmpty());
    }
  }

  @Test
  void noneIsLeftOut() throws IOException {
    try (Stream<Path> files = Files.list(FOLDER)) {
      assertEquals(7, files.filter(path -> path.toString().endsWith(".yml")).count());
    }
  }

  @Test
  void editingTradesAlphaForBeta() throws IOException {
    List<Lines> lines =
        RecipeFile.read(FOLDER.resolve("editing.yml")).variants().stream()
            .map(RecipeFile.Variant::recipe)
            .flatMap((Recipe recipe) -> recipe.lines().stream())
            .toList();
    for (int i = 0; i < lines.size(); i++) {
      assertEquals(i / 10.0, lines.get(i).alpha().orElseThrow(), 1e-15);
      assertEquals((10 - i) / 10.0, lines.get(i).beta(), 1e-15);
    }
  }
}

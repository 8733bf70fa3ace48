package org.lines4j.recipe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.lines4j.Intermediates;
import org.lines4j.Merge;
import org.lines4j.Methods;
import org.lines4j.RecipeResolver;
import org.lines4j.error.RequestException;
import org.lines4j.layers.LayerOptions;
import org.lines4j.merge.ModelSet;
import org.lines4j.merge.Stage;
import org.lines4j.plan.Plan;
import org.lines4j.plan.RunOptions;
import org.lines4j.storage.Location;

/// Recipes that use what others of the same file make.
class StagesTest {
  @TempDir private Path folder;

  private static String linear(String name, String... models) {
    List<String> uses =
        Stream.of(models).map("{model: %s, parameters: {weight: 1}}"::formatted).toList();
    return (name.isEmpty() ? "" : "name: " + name + "\n")
        + "merge_method: linear\nmodels: [%s]\n".formatted(String.join(",", uses));
  }

  private RecipeFile file(String... documents) {
    return RecipeFile.parse(folder.resolve("r.yml"), String.join("---\n", documents));
  }

  private String refusal(String... documents) {
    RequestException refusal = assertThrows(RequestException.class, () -> file(documents));
    return String.valueOf(refusal.getMessage());
  }

  private static List<String> names(RecipeFile file) {
    return file.stages().stream().map(Stage::name).toList();
  }

  @Test
  void stagesAreMadeAfterThoseThatTheyUse() {
    RecipeFile file =
        file(linear("", "b", "c"), linear("b", "a", "x"), linear("c", "b+lora"), linear("a", "x"));
    assertEquals(List.of("a", "b", "c", ""), names(file));
    assertEquals(1, file.variants().size());
    assertEquals(file.variants().getFirst().recipe(), file.stages().getLast().recipe());
  }

  @Test
  void allMayHaveNames() {
    assertEquals(List.of("a", "b"), names(file(linear("b", "a"), linear("a", "x"))));
    assertFalse(file(linear("alone", "x")).isStaged());
  }

  @Test
  void documentsWithoutContentAreNone() {
    assertEquals(List.of("a", ""), names(file("\n", linear("a", "x"), linear("", "a"), "\n")));
  }

  @Test
  void whatIsWrongWithTheGraphIsSaid() {
    assertTrue(refusal(linear("a", "x"), linear("a", "x")).contains("two recipes are called 'a'"));
    assertTrue(refusal(linear("", "x"), linear("", "x")).contains("two recipes have no name"));
    assertTrue(
        refusal(linear("a", "b"), linear("b", "c"), linear("c", "a"), linear("", "a"))
            .contains("use each other in a circle: a ← b ← c ← a"));
    assertTrue(refusal(linear("a", "b"), linear("b", "a")).contains("circle: a ← b ← a"));
    assertTrue(
        refusal(linear("a", "a"), linear("", "a"))
            .endsWith(
                "#a:1: the recipe 'a' uses the model that it makes; a file or folder of the same"
                    + " name is ./a"));
    assertTrue(
        refusal(linear("a", "x"), linear("", "x")).contains("no other recipe uses what 'a' makes"));
    assertTrue(
        refusal(linear("a", "x"), linear("b", "x"))
            .contains("2 recipes make what no other uses (a, b), and there is one output"));
    assertTrue(refusal(linear("a", "x") + "path: {w: [0, 1]}\n", linear("", "a")).contains("path"));
    assertTrue(
        refusal("name: " + "x".repeat(101) + "\n" + linear("", "x")).contains("100 letters"));
  }

  @Test
  void anEarlierStageHasNoPath() {
    String path = linear("a", "x").replace("weight: 1", "weight: w") + "path: {w: [0, 1]}\n";
    String refusal = refusal(path, linear("", "a"));
    assertTrue(refusal.contains("#a:4: others use what 'a' makes, so it has no path"), refusal);
    assertEquals(2, file(linear("b", "x"), path.replace("model: x", "model: b")).variants().size());
  }

  @Test
  void thereMayNotBeTooManyDocuments() {
    String many =
        Stream.iterate(0, i -> i + 1)
            .limit(101)
            .map(i -> linear("s" + i, "s" + (i + 1)))
            .reduce("", (a, b) -> a + "---\n" + b);
    assertTrue(refusal(many).contains("more than 100 documents"));
    String deep =
        Stream.iterate(0, i -> i + 1)
            .limit(99)
            .map(i -> linear("s" + i, "s" + (i + 1)))
            .reduce("", (a, b) -> a + "---\n" + b);
    assertEquals(100, file(deep, linear("s99", "x")).stages().size(), "a long chain is well");
  }

  @Test
  void anchorsAreOfOneDocument() {
    String refusal = refusal("x-a: &a 1\n" + linear("a", "x"), linear("", "a") + "dtype: *a\n");
    assertTrue(refusal.contains("the alias *a names nothing"), refusal);
  }

  /// A model of one tensor.
  private static void model(Path file, float... values) throws IOException {
    model(file, List.of("h.0.w"), values);
  }

  /// A model whose tensors have two numbers each, or all that there are.
  private static void model(Path file, List<String> names, float... values) throws IOException {
    StringBuilder header = new StringBuilder("{");
    int each = values.length / names.size();
    for (int i = 0; i < names.size(); i++) {
      header.append(
          "%s\"%s\":{\"dtype\":\"F32\",\"shape\":[1,%d],\"data_offsets\":[%d,%d]}"
              .formatted(i == 0 ? "" : ",", names.get(i), each, 4 * each * i, 4 * each * (i + 1)));
    }
    byte[] text = header.append('}').toString().getBytes(StandardCharsets.UTF_8);
    ByteBuffer bytes =
        ByteBuffer.allocate(8 + text.length + 4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putLong(text.length).put(text);
    for (float value : values) {
      bytes.putFloat(value);
    }
    Files.write(file, bytes.array());
  }

  @BeforeEach
  void writeModels() throws IOException {
    model(folder.resolve("x.safetensors"), 1, 2);
    model(folder.resolve("y.safetensors"), 3, -4);
  }

  private static Merge merge(RecipeResolver recipe, ModelSet models) throws IOException {
    return Merge.of(recipe.resolve(models, LayerOptions.defaults()));
  }

  private Path out() {
    return folder.resolve("out.safetensors");
  }

  private RecipeFile chain() {
    return file(
        linear("../a", "x.safetensors", "y.safetensors"),
        linear("b", "../a", "x.safetensors"),
        linear("", "b", "y.safetensors"));
  }

  private List<String> files() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  private Intermediates plan(RecipeFile file, long memory) throws IOException {
    return Intermediates.plan(
        file.stages(),
        Methods.all(),
        Location.of(folder),
        Location.of(out()),
        StagesTest::merge,
        memory);
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 70_000_000, 1_000_000_000})
  void stagesAreTheSameInMemoryAndOnTheDisk(long memory) throws IOException {
    RecipeFile file = chain();
    try (Intermediates earlier = plan(file, memory)) {
      assertEquals(memory > 0, earlier.stages().getFirst().isInMemory());
      assertEquals(memory > 500_000_000, earlier.stages().get(1).isInMemory());
      earlier.make(RunOptions.defaults());
      assertEquals(memory < 500_000_000, files().contains(".out.safetensors.lines-stages"));
      RecipeResolver last = RecipeResolver.of(file.stages().getLast().recipe(), Methods.all());
      try (ModelSet models = last.open(Location.of(folder), earlier.models())) {
        Plan plan = merge(last, models).plan(out());
        earlier.checkRoom(plan);
        plan.run();
      }
    }
    assertEquals(List.of("out.safetensors", "x.safetensors", "y.safetensors"), files());
    ByteBuffer made = ByteBuffer.wrap(Files.readAllBytes(out())).order(ByteOrder.LITTLE_ENDIAN);
    assertEquals(2.25f, made.getFloat(made.capacity() - 8));
    assertEquals(-1.75f, made.getFloat(made.capacity() - 4));
  }

  @Test
  void whatAKilledRunLeftIsClearedByTheNextOfAnyKind() throws IOException {
    Path left = folder.resolve(".out.safetensors.lines-stages");
    Files.createDirectories(left.resolve("content/1"));
    Files.writeString(left.resolve("content/1/model.safetensors"), "half");
    try (Intermediates earlier = plan(chain(), 1_000_000_000)) {
      assertTrue(Files.exists(left), "planning changes nothing");
      earlier.make(RunOptions.defaults());
      assertFalse(Files.exists(left));
    }
    Files.createDirectories(left);
    RecipeResolver plain =
        RecipeResolver.of(
            file(linear("", "x.safetensors")).stages().getFirst().recipe(), Methods.all());
    try (ModelSet models = plain.open(Location.of(folder))) {
      merge(plain, models).plan(out()).run();
    }
    assertFalse(Files.exists(left));
  }

  @Test
  void aRunThatFailsLeavesNothing() throws IOException {
    try (Intermediates earlier = plan(chain(), 0)) {
      IOException failure =
          assertThrows(
              IOException.class,
              () ->
                  earlier.make(
                      (stage, plan) -> {
                        if (stage.equals("b")) {
                          throw new IOException("no more");
                        }
                        return plan.run();
                      }));
      assertEquals("no more", failure.getMessage());
    }
    assertEquals(List.of("x.safetensors", "y.safetensors"), files());
  }

  /// A tied head is scaled as its embedding, wherever it lies: which its bytes tell.
  @Test
  void whatIsPlannedKnowsTiesOfWhatIsNotYetMade() throws IOException {
    List<String> names = List.of("embed.w", "h.0.w", "h.1.w", "lm_head.w");
    model(folder.resolve("x.safetensors"), names, 1, 2, 3, 4, 5, 6, 1, 2);
    model(folder.resolve("y.safetensors"), names, 3, 5, 7, 9, 11, 13, 3, 5);
    String last =
        """
        merge_method: task_arithmetic
        base_model: x.safetensors
        models: [{model: a, parameters: {weight: 1}}]
        lines: {alpha: 0.25, beta: 0.5, outside: depth}
        """;
    RecipeFile file = file(linear("a", "x.safetensors", "y.safetensors"), last);
    try (Intermediates earlier = plan(file, 1_000_000_000)) {
      List<Double> planned = lambdas(file, earlier);
      earlier.make(RunOptions.defaults());
      assertEquals(List.of(0.25, 0.25, 0.75, 0.25), lambdas(file, earlier));
      assertEquals(lambdas(file, earlier), planned);
    }
  }

  private List<Double> lambdas(RecipeFile file, Intermediates earlier) throws IOException {
    RecipeResolver last = RecipeResolver.of(file.stages().getLast().recipe(), Methods.all());
    try (ModelSet models = last.open(Location.of(folder), earlier.models())) {
      return merge(last, models).plan(out()).tensors().stream()
          .map(tensor -> tensor.lambda().orElseThrow())
          .toList();
    }
  }
}

package org.lines4j.doors.library;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lines4j.Merge;
import org.lines4j.Methods;
import org.lines4j.RecipeResolver;
import org.lines4j.format.Checkpoint;
import org.lines4j.format.CheckpointWriter;
import org.lines4j.format.StoredTensor;
import org.lines4j.layers.LayerOptions;
import org.lines4j.merge.ModelSet;
import org.lines4j.merge.Recipe;
import org.lines4j.merge.Recipe.ModelUse;
import org.lines4j.tensor.DType;
import org.lines4j.tensor.Shape;
import org.lines4j.tensor.TensorInfo;
import org.lines4j.tune.Results;

/// docs/library.md shows code that compiles, and does what it says.
class LibraryPageTest {
  private static final Path SOURCES = Path.of("src/test/java/org/lines4j/doors/library");

  @TempDir private Path folder;

  @BeforeEach
  void makeModels() throws IOException {
    model("base", 0.25f);
    model("math", 0.5f);
    model("code", 0.125f);
  }

  private static List<TensorInfo> infos() {
    List<TensorInfo> infos = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      infos.add(new TensorInfo("model.layers." + i + ".mlp.weight", DType.F32, Shape.of(2, 2)));
    }
    return infos;
  }

  /// All elements are `value`, but the last of each tensor.
  private static byte[] content(float value) {
    ByteBuffer bytes = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
    return bytes.putFloat(value).putFloat(value).putFloat(value).putFloat(1).array();
  }

  private void model(String name, float value) throws IOException {
    try (CheckpointWriter writer = CheckpointWriter.create(at(name), infos(), Map.of())) {
      for (TensorInfo info : infos()) {
        writer.write(info.name(), MemorySegment.ofArray(content(value)));
      }
      writer.publish();
    }
  }

  private Path at(String name) {
    return folder.resolve(name + ".safetensors");
  }

  private static float first(Path model, int layer) throws IOException {
    try (Checkpoint checkpoint = Checkpoint.open(model)) {
      StoredTensor tensor = checkpoint.find("model.layers." + layer + ".mlp.weight").orElseThrow();
      byte[] bytes = new byte[16];
      checkpoint.source(tensor).read(0, MemorySegment.ofArray(bytes));
      return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getFloat();
    }
  }

  @Test
  void whatThePageShowsIsWhatIsTested() throws IOException {
    StringBuilder sources = new StringBuilder();
    for (String name : List.of("Examples", "Largest", "ListedFloats")) {
      sources.append(Files.readString(SOURCES.resolve(name + ".java")));
    }
    String tested = plain(sources.toString());
    String page = Files.readString(Path.of("..", "docs", "library.md"));
    Matcher block = Pattern.compile("\n```java\n(.*?)```\n", Pattern.DOTALL).matcher(page);
    int blocks = 0;
    while (block.find()) {
      blocks++;
      assertTrue(tested.contains(plain(block.group(1))), block.group(1));
    }
    assertEquals(12, blocks);
  }

  /// Without what only arranges it.
  private static String plain(String code) {
    return code.lines().map(String::strip).collect(Collectors.joining(" ")).replace(" ", "");
  }

  @Test
  void anEditIsMade() throws IOException {
    Path out = at("out");
    assertTrue(Examples.edit(at("base"), at("math"), out).notFinite().isEmpty());
    assertEquals(0.25f + 0.1f * 0.25f, first(out, 0));
    assertEquals(0.5f, first(out, 2));
  }

  @Test
  void aModelIsConverted() throws IOException {
    Path out = folder.resolve("out.pt");
    assertTrue(Examples.convert(at("base"), out).notFinite().isEmpty());
    try (Checkpoint made = Checkpoint.open(out)) {
      assertEquals("pytorch", made.format());
      assertTrue(made.infos().stream().allMatch(info -> info.dtype() == DType.BF16));
    }
  }

  @Test
  void mergesAreMadeFromARecipeAndFromObjects() throws IOException {
    Path recipe = folder.resolve("recipe.yml");
    Files.writeString(
        recipe,
        """
        merge_method: linear
        models:
        - {model: math.safetensors, parameters: {weight: 0.5}}
        - {model: code.safetensors, parameters: {weight: 0.5}}
        """);
    Examples.merge(recipe, at("merged"));
    assertEquals((0.5f + 0.125f) / 2, first(at("merged"), 1));

    for (String name : List.of("base", "math", "code")) {
      Files.move(at(name), folder.resolve(name));
    }
    assertTrue(Examples.merge(Examples.recipe(), folder, at("objects")).notFinite().isEmpty());
  }

  @Test
  void modelsAreInspectedAndCompared() throws IOException {
    assertTrue(Examples.inspect(at("base")).contains("model.layers"));
    assertTrue(Examples.diff(at("base"), at("math")) < 1);
  }

  @Test
  void aSearchAsksTheEvaluator() throws IOException, InterruptedException {
    Results results = Examples.tune(at("base"), at("math"), folder.resolve("results"));
    assertEquals("accuracy, version 1", results.evaluator());
    assertTrue(Files.exists(folder.resolve("results/best.yml")));
  }

  @Test
  void aMethodOfOnesOwnMerges() throws IOException {
    List<ModelUse> models =
        List.of(
            ModelUse.of("math.safetensors", Map.of()), ModelUse.of("code.safetensors", Map.of()));
    Recipe recipe = Recipe.of("own", "largest", models).withBase("base.safetensors");
    RecipeResolver resolver = RecipeResolver.of(recipe, Methods.all());
    try (ModelSet opened = ModelSet.open(resolver.modelNames(), folder)) {
      Merge.of(resolver.resolve(opened, LayerOptions.defaults())).plan(at("out")).run();
    }
    assertEquals(0.5f, first(at("out"), 0));
  }

  @Test
  void aFormatOfOnesOwnIsRead() throws IOException {
    StringBuilder list = new StringBuilder("listed floats\n");
    infos().forEach(info -> list.append(info.name()).append(" 2 2\n"));
    byte[] start = Arrays.copyOf(list.toString().getBytes(StandardCharsets.UTF_8), 4096);
    Arrays.fill(start, list.length(), start.length, (byte) ' ');
    ByteBuffer bytes = ByteBuffer.allocate(4096 + 3 * 16).put(start);
    infos().forEach(_ -> bytes.put(content(0.75f)));
    Path file = folder.resolve("listed");
    Files.write(file, bytes.array());
    assertEquals(0.75f, first(file, 1));
    Examples.edit(at("base"), file, at("out"));
    assertEquals(0.75f, first(at("out"), 2));

    Files.write(file, Arrays.copyOf(bytes.array(), 4100));
    assertTrue(Examples.remedy(file).contains("the size should be"), Examples.remedy(file));
  }

  @Test
  void aRemedyIsData() throws IOException {
    assertEquals("unpack it first", Examples.remedy(Files.write(at("packed"), packed())));
  }

  private static byte[] packed() {
    byte[] gzip = new byte[64];
    gzip[0] = 0x1f;
    gzip[1] = (byte) 0x8b;
    return gzip;
  }
}

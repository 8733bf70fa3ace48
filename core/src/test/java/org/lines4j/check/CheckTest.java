package org.lines4j.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lines4j.check.Finding.Kind;
import org.lines4j.check.Finding.Severity;
import org.lines4j.format.Checkpoint;
import org.lines4j.format.CheckpointWriter;
import org.lines4j.layers.LayerOptions;
import org.lines4j.plan.RunOptions;
import org.lines4j.tensor.DType;
import org.lines4j.tensor.Shape;
import org.lines4j.tensor.TensorInfo;

class CheckTest {
  private static final String CONFIG =
      "{\"model_type\": \"llama\", \"num_hidden_layers\": 2, \"vocab_size\": 12,"
          + " \"rope_theta\": 10000.0}";
  private static final String HEAD = "score.weight";
  private static final String QUERY = "model.layers.1.self_attn.q_proj.weight";

  @TempDir private Path folder;
  private Path base = Path.of("");

  /// A matrix's shape.
  private static Shape shape(String name) {
    return name.contains("norm") ? Shape.of(16) : Shape.of(12, 16);
  }

  private static List<String> names() {
    List<String> names = new ArrayList<>(List.of("model.embed_tokens.weight"));
    for (int layer = 0; layer < 2; layer++) {
      names.add("model.layers." + layer + ".self_attn.q_proj.weight");
      names.add("model.layers." + layer + ".input_layernorm.weight");
    }
    names.add("model.norm.weight");
    return names;
  }

  /// Weights by seed, and updates of them by another.
  private static float[] values(String name, int seed, int update, float size) {
    Random random = new Random(31L * seed + name.hashCode());
    Random change = new Random(31L * update + name.hashCode() + 7);
    float[] values = new float[(int) shape(name).elements()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian() + (float) change.nextGaussian() * size;
    }
    return values;
  }

  @FunctionalInterface
  private interface Values {
    float[] of(String name);
  }

  private Path model(String name, Values values) throws IOException {
    return model(name, values, DType.F32);
  }

  private static List<TensorInfo> infos(DType type) {
    return names().stream().map(tensor -> new TensorInfo(tensor, type, shape(tensor))).toList();
  }

  private Path model(String name, Values values, DType type) throws IOException {
    return model(name, values, infos(type));
  }

  private Path model(String name, Values values, List<TensorInfo> infos) throws IOException {
    Path model = Files.createDirectories(folder.resolve(name));
    Files.writeString(model.resolve("config.json"), CONFIG);
    try (Arena arena = Arena.ofConfined();
        CheckpointWriter writer =
            CheckpointWriter.create(
                model.resolve("model.safetensors"), infos, Map.of("format", "pt"))) {
      for (TensorInfo info : infos) {
        MemorySegment bytes = arena.allocate(info.byteSize());
        float[] floats = values.of(info.name());
        for (int i = 0; i < floats.length; i++) {
          if (info.dtype() == DType.F32) {
            bytes.setAtIndex(ValueLayout.JAVA_FLOAT, i, floats[i]);
          } else {
            short half = (short) (Float.floatToIntBits(floats[i]) >> 16);
            bytes.setAtIndex(ValueLayout.JAVA_SHORT, i, half);
          }
        }
        writer.write(info.name(), bytes);
      }
      writer.publish();
    }
    return model;
  }

  private Path tuned(int update) throws IOException {
    return model("tuned" + update, name -> values(name, 0, update, 0.05f));
  }

  private static void config(Path model, UnaryOperator<String> change) throws IOException {
    Files.writeString(model.resolve("config.json"), change.apply(CONFIG));
  }

  @BeforeEach
  void writeBase() throws IOException {
    base = model("base", name -> values(name, 0, 0, 0));
  }

  private static Check check(Path base, Path... tuned) throws IOException {
    return check(RunOptions.defaults(), base, tuned);
  }

  private static Check check(RunOptions run, Path base, Path... tuned) throws IOException {
    List<Checkpoint> models = new ArrayList<>();
    try (Checkpoint from = Checkpoint.open(base)) {
      for (Path model : tuned) {
        models.add(Checkpoint.open(model));
      }
      return Check.of(from, models, List.of(), LayerOptions.defaults(), run);
    } finally {
      for (Checkpoint model : models) {
        model.close();
      }
    }
  }

  private static void assertProblem(Kind kind, Path model, String message, Check check) {
    assertFalse(check.isFit(), "fit");
    List<Finding> found =
        check.findings().stream()
            .filter(finding -> finding.isProblem() && finding.kind() == kind)
            .filter(finding -> finding.model().equals(model.toString()))
            .toList();
    assertTrue(
        found.stream().anyMatch(finding -> finding.message().contains(message)),
        () -> message + " in " + check.findings());
  }

  private static void assertRemark(Kind kind, String message, Check check) {
    assertTrue(
        check.findings().stream()
            .anyMatch(
                finding ->
                    !finding.isProblem()
                        && finding.kind() == kind
                        && finding.message().contains(message)),
        () -> message + " in " + check.findings());
  }

  @Test
  void aFolderAndAGgufFileAreLookedOverTogether() throws IOException {
    Path pair = Path.of("src", "test", "resources", "gguf", "edit");
    Path hf = pair.resolve("base-hf");
    Path gguf = pair.resolve("tuned-Q8_0.gguf");
    for (List<Path> models : List.of(List.of(hf, gguf), List.of(gguf, hf))) {
      try (Checkpoint from = Checkpoint.open(models.getFirst());
          Checkpoint to = Checkpoint.open(models.getLast())) {
        Check found =
            Check.of(from, List.of(to), List.of(), LayerOptions.defaults(), RunOptions.defaults());
        assertEquals(0.17, found.models().getFirst().relative(), 0.02);
        assertEquals(4, found.layers().size()); // with what lies before and behind
        assertTrue(
            found.findings().stream().noneMatch(f -> f.severity() == Severity.PROBLEM),
            () -> found.findings().toString());
      }
    }
  }

  @Test
  void modelsOfOneBaseAreFit() throws IOException {
    Check check = check(base, tuned(1), tuned(2), tuned(3));
    assertEquals(List.of(), check.findings());
    assertEquals(
        "These 3 models were tuned from this base and can be edited and merged.", check.verdict());
    assertEquals(4, check.layers().size());
    for (Check.Layer layer : check.layers()) {
      for (double relative : layer.relative()) {
        assertEquals(0.05, relative, 0.03);
      }
      assertEquals(1, layer.cosines().get(1).get(1), 1e-12);
      assertEquals(0, layer.cosines().get(2).get(0), 0.5);
      assertEquals(layer.cosines().get(0).get(2), layer.cosines().get(2).get(0));
    }
    assertEquals(
        "This model was tuned from this base and can be edited.", check(base, tuned(1)).verdict());
  }

  @Test
  void threadsChangeNothing() throws IOException {
    Path[] models = {tuned(1), tuned(2)};
    assertEquals(
        check(RunOptions.defaults().withThreads(1), base, models),
        check(RunOptions.defaults().withThreads(7), base, models));
  }

  @Test
  void aModelOfAnotherBaseIsFound() throws IOException {
    Path other = model("other", name -> values(name, 5, 1, 0.05f));
    Check check = check(base, tuned(1), other);
    assertProblem(Kind.OTHER_BASE, other, "not tuned from this base", check);
    assertTrue(check.verdict().startsWith("These 2 models should not be edited or merged"));
  }

  @Test
  void aBaseAmongTheTunedIsFound() throws IOException {
    assertProblem(
        Kind.SWAPPED, base, "it is their base", check(tuned(1), base, tuned(2), tuned(3)));
  }

  @Test
  void aCardThatNamesTheTunedModelAsTheBaseTells() throws IOException {
    Path tuned = tuned(1);
    Files.writeString(tuned.resolve("README.md"), "---\nbase_model: someone/base\n---\n");
    assertEquals(List.of(), check(base, tuned).findings());
    assertProblem(Kind.SWAPPED, base, "swapped", check(tuned, base));
  }

  @Test
  void whatATrainerLeftBesideTheBaseIsRemarked() throws IOException {
    Path tuned = tuned(1);
    Files.writeString(tuned.resolve("trainer_state.json"), "{}");
    assertRemark(Kind.SWAPPED, "trainer_state.json", check(tuned, base));
  }

  @Test
  void theSameModelTwiceIsFound() throws IOException {
    Path twin = model("twin", name -> values(name, 0, 1, 0.05f));
    assertProblem(Kind.SAME_MODEL, twin, "tuned1", check(base, tuned(1), twin));
    assertProblem(Kind.SAME_MODEL, base, "no tensor differs", check(base, base));
  }

  @Test
  void aBaseBetweenThatWasTunedItselfIsRemarked() throws IOException {
    Check check =
        check(
            base,
            model("a", name -> plus(values(name, 0, 9, 0.1f), name, 1)),
            model("b", name -> plus(values(name, 0, 9, 0.1f), name, 2)),
            model("c", name -> plus(values(name, 0, 9, 0.1f), name, 3)));
    assertTrue(
        check.findings().stream()
            .anyMatch(f -> f.kind() == Kind.OTHER_BASE || f.kind() == Kind.SWAPPED),
        check.findings().toString());
  }

  private static float[] plus(float[] values, String name, int seed) {
    Random random = new Random(77L * seed + name.hashCode());
    for (int i = 0; i < values.length; i++) {
      values[i] += 0.05f * (float) random.nextGaussian();
    }
    return values;
  }

  @Test
  void twinsAreNotTakenForABase() throws IOException {
    Path twin = model("twin", name -> values(name, 0, 1, 0.05f));
    Check check = check(base, tuned(1), twin);
    assertTrue(
        check.findings().stream().noneMatch(finding -> finding.kind() == Kind.SWAPPED),
        () -> "" + check.findings());
  }

  @Test
  void aModelThatIsNotFiniteIsNotCalledTheSameAsAnother() throws IOException {
    Path broken =
        model(
            "twin",
            name -> name.equals(QUERY) ? with(name, Float.NaN, 3) : values(name, 0, 1, 0.05f));
    Check check = check(base, tuned(1), broken);
    assertProblem(Kind.NOT_FINITE, broken, QUERY, check);
    assertTrue(
        check.findings().stream().noneMatch(finding -> finding.kind() == Kind.SAME_MODEL),
        () -> "" + check.findings());
  }

  @Test
  void whatIsNotFiniteIsFound() throws IOException {
    Path broken = model("broken", name -> with(name, Float.NaN, 3));
    Check check = check(base, broken);
    assertProblem(Kind.NOT_FINITE, broken, QUERY + ": of 192 elements", check);
    assertEquals(4, check.layers().size(), "the other tensor of its layer is left");
  }

  private static float[] with(String name, float value, int count) {
    float[] values = values(name, 0, 1, 0.05f);
    for (int i = 0; i < count && name.equals(QUERY); i++) {
      values[i] = value;
    }
    return values;
  }

  @Test
  void tensorsThatBecameConstantAreFound() throws IOException {
    Path fallen = model("fallen", name -> with(name, 0, 192));
    assertProblem(Kind.CONSTANT, fallen, QUERY, check(base, fallen));
  }

  @Test
  void typesThatDifferAreRemarked() throws IOException {
    Path half = model("half", name -> values(name, 0, 1, 0.05f), DType.BF16);
    Check check = check(base, half);
    assertTrue(check.isFit(), check.findings().toString());
    assertRemark(Kind.TYPE, "and 3 more are float32 in the base, bfloat16 here", check);
  }

  @Test
  void settingsThatDifferAreFound() throws IOException {
    Path tuned = tuned(1);
    config(tuned, text -> text.replace("10000.0", "500000.0"));
    assertProblem(Kind.SETTINGS, tuned, "rope_theta", check(base, tuned));
  }

  @Test
  void configurationsThatPromiseOtherTensorsAreFound() throws IOException {
    Path tuned = tuned(1);
    config(tuned, text -> text.replace("12", "32000").replace("layers\": 2", "layers\": 3"));
    Check check = check(base, tuned);
    assertProblem(Kind.OUTPUT, tuned, "vocab_size 32000, but there are 12 embeddings", check);
    assertProblem(Kind.OUTPUT, tuned, "num_hidden_layers 3", check);
    Files.writeString(tuned.resolve("config.json"), "[");
    assertProblem(Kind.OUTPUT, tuned, "config.json", check(base, tuned));
    Files.delete(tuned.resolve("config.json"));
    assertRemark(Kind.OUTPUT, "no config.json", check(base, tuned));
  }

  @Test
  void chatTemplatesThatDifferAreRemarked() throws IOException {
    Path tuned = tuned(1);
    Files.writeString(base.resolve("chat_template.jinja"), "{{ one }}");
    assertRemark(Kind.CHAT_TEMPLATE, "no chat template", check(base, tuned));
    Files.writeString(tuned.resolve("chat_template.jinja"), "{{ two }}\n");
    assertRemark(Kind.CHAT_TEMPLATE, "not the base's", check(base, tuned));
    Files.writeString(tuned.resolve("chat_template.jinja"), "{{ one }}\n");
    assertEquals(List.of(), check(base, tuned).findings());
  }

  /// Each can be edited: its head is left as it is tuned.
  @Test
  void headsThatAMergeRefusesAreFound() throws IOException {
    Path two = withHead(1, 2);
    Path three = withHead(2, 3);
    assertEquals(List.of(), check(base, two).findings());
    Check check = check(base, two, three);
    assertFalse(check.isFit());
    assertEquals(
        List.of(Kind.MERGE), check.findings().stream().map(Finding::kind).distinct().toList());
    assertTrue(
        check
            .verdict()
            .startsWith(
                "These 2 models were tuned from this base and can be edited, but not merged as"
                    + " they are: "),
        check.verdict());
    assertTrue(check.findings().getFirst().message().contains(HEAD), check::verdict);
  }

  private Path withHead(int update, int classes) throws IOException {
    List<TensorInfo> infos = new ArrayList<>(infos(DType.F32));
    infos.add(new TensorInfo(HEAD, DType.F32, Shape.of(classes, 16)));
    return model(
        "head" + update,
        name -> name.equals(HEAD) ? new float[classes * 16] : values(name, 0, update, 0.05f),
        infos);
  }

  @Test
  void tensorsThatDoNotFitAreFound() throws IOException {
    Path lacking = folder.resolve("lacking.safetensors");
    TensorInfo info = new TensorInfo("other.weight", DType.F32, Shape.of(2, 2));
    try (Arena arena = Arena.ofConfined();
        CheckpointWriter writer = CheckpointWriter.create(lacking, List.of(info), Map.of())) {
      writer.write(info.name(), arena.allocate(info.byteSize()));
      writer.publish();
    }
    Check check = check(base, lacking, tuned(1));
    assertProblem(Kind.MISFIT, lacking, "other.weight", check);
    assertTrue(Double.isNaN(check.models().getFirst().relative()));
    for (Check.Layer layer : check.layers()) {
      assertTrue(Double.isNaN(layer.relative().getFirst()));
      assertEquals(0.05, layer.relative().getLast(), 0.03);
      assertTrue(Double.isNaN(layer.cosines().getFirst().getLast()));
    }
  }
}

package org.lines4j.numbers;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.lines4j.Edit;
import org.lines4j.error.InputException;
import org.lines4j.error.OnMismatch;
import org.lines4j.error.RequestException;
import org.lines4j.format.Checkpoint;
import org.lines4j.internal.work.PlannedRun;
import org.lines4j.internal.work.PlannedTensor;
import org.lines4j.internal.work.Work;
import org.lines4j.layers.LayerOptions;
import org.lines4j.layers.LayerRules;
import org.lines4j.layers.LayerScaling;
import org.lines4j.layers.LayerScaling.Outside;
import org.lines4j.layers.Rename;
import org.lines4j.plan.Plan;
import org.lines4j.plan.TensorPlan;
import org.lines4j.tensor.DType;

/// What is decided before the first byte is written.
class PlanningTest {
  private static final String[] FOUR_BLOCKS = {
    "embed.weight", "blocks.0.w", "blocks.1.w", "blocks.2.w", "blocks.3.w", "head.weight"
  };

  private Planning planning;
  private Path folder;

  @BeforeEach
  void useFolder(@TempDir Path given) {
    folder = given;
    planning = new Planning(given);
  }

  // ---- which λ

  @Test
  void lambdaGrowsWithDepthAndIsAlphaOutside() throws IOException {
    Plan plan = planning.plan(Planning.base(FOUR_BLOCKS), Planning.tuned(FOUR_BLOCKS), e -> e);
    assertEquals(
        List.of(0.1, 0.1, 0.1 + 0.9 * (1 / 3.0), 0.1 + 0.9 * (2 / 3.0), 1.0, 0.1),
        plan.tensors().stream().map(t -> t.lambda().orElseThrow()).toList());
    assertEquals(List.of(), plan.notices());
  }

  @Test
  void outsideDepthGivesTheHeadAlphaPlusBeta() throws IOException {
    Plan plan =
        planning.plan(Planning.base(FOUR_BLOCKS), Planning.tuned(FOUR_BLOCKS), depth(0.2, 0.5));
    assertEquals(0.2, Planning.lambda(plan, "embed.weight"));
    assertEquals(0.7, Planning.lambda(plan, "head.weight"));
  }

  @ParameterizedTest
  @CsvSource({"12, blocks.%d.mlp.0.weight, 10, 11", "6, layers.%d.mlp.3.fc.2.weight, 2, 3"})
  void aNumberInsideABlockIsNotItsLayer(int blocks, String name, int block, int layer)
      throws IOException {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < blocks; i++) {
      names.add(name.formatted(i));
      names.add(name.formatted(i).replaceAll("mlp\\.\\d", "mlp.9"));
    }
    String[] all = names.toArray(String[]::new);
    double lambda = 0.25 + 0.5 * ((layer - 1) / (double) (blocks - 1));
    try (Checkpoint out = planning.run(Planning.base(all), Planning.tuned(all), lines(0.25, 0.5))) {
      float[] values = Planning.values(out, name.formatted(block));
      assertArrayEquals(new float[] {(float) lambda, (float) lambda}, values);
    }
  }

  @Test
  void theEncoderAndDecoderOfT5AreOneStack() throws IOException {
    List<String> names = new ArrayList<>(List.of("shared.weight"));
    for (String half : List.of("encoder", "decoder")) {
      for (int i = 0; i < 6; i++) {
        names.add(half + ".block." + i + ".layer.0.SelfAttention.q.weight");
        if (half.equals("decoder")) {
          names.add(half + ".block." + i + ".layer.1.EncDecAttention.q.weight");
        }
        names.add(
            half + ".block." + i + ".layer." + (half.equals("decoder") ? 2 : 1) + ".wi.weight");
      }
      names.add(half + ".final_layer_norm.weight");
    }
    String[] all = names.toArray(String[]::new);
    try (Checkpoint out = planning.run(Planning.base(all), Planning.tuned(all), lines(0, 1))) {
      for (int i = 0; i < 6; i++) {
        float encoder = (float) (i / 11.0);
        float decoder = (float) ((6 + i) / 11.0);
        String block = ".block." + i + ".layer.";
        assertEquals(
            encoder, Planning.values(out, "encoder" + block + "0.SelfAttention.q.weight")[0]);
        assertEquals(
            decoder, Planning.values(out, "decoder" + block + "1.EncDecAttention.q.weight")[0]);
      }
      // The trap: a tool that reads the first ".layer.N" takes these for layers 1 and 2.
      assertEquals(
          (float) (5 / 11.0),
          Planning.values(out, "encoder.block.5.layer.0.SelfAttention.q.weight")[0]);
    }
  }

  @Test
  void aStackOfASingleLayerGetsAlphaAndANotice() throws IOException {
    String[] names = {"blocks.0.w", "blocks.0.v"};
    UnaryOperator<Edit> options =
        edit ->
            lines(0.3, 0.7)
                .apply(edit)
                .withLayers(
                    LayerOptions.defaults()
                        .withLayers(Pattern.compile("(?<stack>blocks)\\.(?<layer>\\d+)")));
    Plan plan = planning.plan(Planning.base(names), Planning.tuned(names), options);
    assertEquals(0.3, Planning.lambda(plan, "blocks.0.w"));
    assertEquals(
        List.of("blocks has a single layer: no depth to grade, its λ is α"), plan.notices());
  }

  @Test
  void aPartOfAModelIsNotScaledByDepth() throws IOException {
    String[] names = {"blocks.0.w", "blocks.1.w"};
    Path base = Planning.base(names).write(folder.resolve("m-00002-of-00003.safetensors"));
    Path tuned = Planning.tuned(names).write(folder.resolve("t-00002-of-00003.safetensors"));
    try (Checkpoint from = Checkpoint.open(base);
        Checkpoint to = Checkpoint.open(tuned)) {
      Edit edit = Edit.of(from, to);
      Path out = folder.resolve("out.safetensors");
      InputException e = assertThrows(InputException.class, () -> edit.plan(out));
      assertTrue(message(e).contains("one of the 3 parts of a model"), message(e));
      Plan uniform = edit.withScaling(LayerScaling.uniform(0.4)).plan(out);
      assertEquals(0.4, Planning.lambda(uniform, "blocks.1.w"));
    }
  }

  /// An exporter names biases, and numbers the matrices that it has turned.
  @ParameterizedTest
  @ValueSource(strings = {"onnx::MatMul_", "onnx::Conv_", "val_", "const_fold_opt__", "1"})
  void namesThatAnExporterMadeAreNotScaledByDepth(String folded) throws IOException {
    String[] names = {"blocks.0.bias", "blocks.1.bias", folded + "413", folded + "429"};
    InputException e =
        assertThrows(
            InputException.class,
            () -> planning.plan(Planning.base(names), Planning.tuned(names), x -> x));
    assertTrue(message(e).contains("2 tensors are named by an exporter of ONNX"), message(e));
    assertTrue(message(e).contains(folded + "413"), message(e));

    Plan uniform =
        planning.plan(
            Planning.base(names),
            Planning.tuned(names),
            edit -> edit.withScaling(LayerScaling.uniform(0.4)));
    assertEquals(0.4, Planning.lambda(uniform, folded + "429"));

    UnaryOperator<Edit> placed =
        edit ->
            lines(0.3, 0.7)
                .apply(edit)
                .withLayers(
                    LayerOptions.defaults()
                        .withRules(
                            LayerRules.parse("rules", List.of("413$ blocks 1", "429$ blocks 2"))));
    Plan plan = planning.plan(Planning.base(names), Planning.tuned(names), placed);
    assertEquals(0.3, Planning.lambda(plan, folded + "413"));
    assertEquals(1.0, Planning.lambda(plan, folded + "429"));
    assertEquals(List.of(), plan.notices());
  }

  /// The second graph has one value more before its weights, so its 413 is the first's 412.
  @Test
  void numbersOfTwoCountsAreNotPaired() throws IOException {
    ModelFile base = Planning.base("bias", "onnx::MatMul_412", "onnx::MatMul_413");
    ModelFile tuned = Planning.tuned("bias", "onnx::MatMul_413", "onnx::MatMul_414");
    for (OnMismatch answer : OnMismatch.values()) {
      InputException e =
          assertThrows(
              InputException.class,
              () ->
                  planning.plan(
                      base,
                      tuned,
                      edit ->
                          edit.withScaling(LayerScaling.uniform(0.4))
                              .withStackless()
                              .withMismatch(answer)));
      assertTrue(message(e).contains("has a tensor onnx::MatMul_412"), message(e));
    }
    List<Rename> counted =
        List.of(
            Rename.parse("^onnx::MatMul_413$=onnx::MatMul_414"),
            Rename.parse("^onnx::MatMul_412$=onnx::MatMul_413"));
    Plan plan =
        planning.plan(
            base,
            tuned,
            edit ->
                edit.withScaling(LayerScaling.uniform(0.4)).withStackless().withRenames(counted));
    assertEquals(0.4, Planning.lambda(plan, "onnx::MatMul_414"));
  }

  @Test
  void moreMatricesThatNothingPlacesThanLayersHoldGetANotice() throws IOException {
    List<String> names = List.of("one.weight", "two.weight", "three.weight");
    ModelFile base = new ModelFile();
    ModelFile tuned = new ModelFile();
    for (int block : List.of(0, 1)) {
      base.filled("blocks.%d.weight".formatted(block), 0, 2, 2);
      tuned.filled("blocks.%d.weight".formatted(block), 1, 2, 2);
    }
    names.forEach(name -> base.filled(name, 0, 2, 2));
    names.forEach(name -> tuned.filled(name, 1, 2, 2));
    assertEquals(
        List.of(
            "2 matrices lie in layers, and 3 outside, such as one.weight, whose names do not tell"
                + " where: are these all layers?"),
        planning.plan(base, tuned, lines(0.1, 0.9)).notices());
  }

  @Test
  void withoutAStackTheNameGroupsAreShown() {
    String[] names = {"fc1.weight", "fc2.weight", "fc33.weight", "norm.bias"};
    InputException e =
        assertThrows(
            InputException.class,
            () -> planning.plan(Planning.base(names), Planning.tuned(names), x -> x));
    assertTrue(message(e).startsWith(folder.resolve("base.safetensors").toString()), message(e));
    assertTrue(message(e).contains("no stack"), message(e));
    assertTrue(message(e).contains("fc*.weight ×3"), message(e));
    assertTrue(message(e).contains("norm.bias"), message(e));
    assertTrue(
        message(e).contains("layers or rules") && message(e).contains("stackless"), message(e));
  }

  @Test
  void withoutAStackEverythingMayBeOutside() throws IOException {
    String[] names = {"fc1.weight", "norm.bias"};
    Plan plan =
        planning.plan(
            Planning.base(names),
            Planning.tuned(names),
            edit -> lines(0.4, 0.6).apply(edit).withStackless());
    assertEquals(0.4, Planning.lambda(plan, "fc1.weight"));
    assertEquals(0.4, Planning.lambda(plan, "norm.bias"));
    assertEquals(List.of(), plan.stacks());
  }

  @ParameterizedTest
  @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, -1e39, Double.MAX_VALUE})
  void aLambdaThatIsNotFiniteIsRefused(double alpha) {
    RequestException e =
        assertThrows(
            RequestException.class,
            () ->
                planning.plan(
                    Planning.base(FOUR_BLOCKS), Planning.tuned(FOUR_BLOCKS), lines(alpha, 0)));
    assertTrue(message(e).contains("finite"), message(e));
    assertTrue(message(e).contains(String.valueOf(alpha)), message(e));
    assertFalse(Files.exists(folder.resolve("out.safetensors")));
  }

  @Test
  void alphaAndBetaZeroCopyTheBaseAndAlphaOneTheTunedModel() throws IOException {
    for (double alpha : new double[] {0, -0.0, 1}) {
      Plan plan =
          planning.plan(Planning.base(FOUR_BLOCKS), Planning.tuned(FOUR_BLOCKS), depth(alpha, 0));
      String source = alpha == 1 ? "tuned.safetensors" : "base.safetensors";
      for (PlannedTensor tensor : PlannedRun.of(plan).tensors()) {
        Work.Copy copy = (Work.Copy) tensor.work();
        assertTrue(copy.source().file().path().endsWith(source));
      }
      assertEquals(
          plan.bytesToWrite() - PlannedRun.of(plan).shards().getFirst().start(0),
          plan.bytesToRead());
    }
  }

  @Test
  void aModelWithoutTensorsBecomesAModelWithoutTensors() throws IOException {
    Path base = new ModelFile().write(folder.resolve("base/model.safetensors"));
    Path out = folder.resolve("out");
    try (Checkpoint empty = Checkpoint.open(base)) {
      Edit.of(empty, empty).withStackless().withShardSize(1000).plan(out).run();
    }
    try (Checkpoint result = Checkpoint.open(out)) {
      assertEquals(List.of(), result.tensors());
    }
  }

  // ---- only and skip

  @Test
  void onlyTheTensorsThatAreFoundAreEdited() throws IOException {
    try (Checkpoint out =
        planning.run(
            Planning.base(FOUR_BLOCKS),
            Planning.tuned(FOUR_BLOCKS),
            edit -> lines(0.5, 0).apply(edit).withOnly(Pattern.compile("blocks\\.[12]")))) {
      assertEquals(List.of(1f, 1f, 0.5f, 0.5f, 1f, 1f), firsts(out));
    }
  }

  @Test
  void skippedTensorsStayAsTuned() throws IOException {
    try (Checkpoint out =
        planning.run(
            Planning.base(FOUR_BLOCKS),
            Planning.tuned(FOUR_BLOCKS),
            edit ->
                lines(0.5, 0)
                    .apply(edit)
                    .withOnly(Pattern.compile("blocks"))
                    .withSkip(Pattern.compile("\\.2\\.")))) {
      assertEquals(List.of(1f, 0.5f, 0.5f, 1f, 0.5f, 1f), firsts(out));
    }
  }

  @Test
  void onlyAndSkipThatFindNothingAreRefused() {
    List<UnaryOperator<Edit>> options =
        List.of(
            edit -> edit.withOnly(Pattern.compile("block_")),
            edit -> edit.withSkip(Pattern.compile("block_")));
    for (UnaryOperator<Edit> option : options) {
      RequestException e =
          assertThrows(
              RequestException.class,
              () -> planning.plan(Planning.base(FOUR_BLOCKS), Planning.tuned(FOUR_BLOCKS), option));
      assertTrue(message(e).contains("block_"), message(e));
    }
  }

  // ---- types

  @Test
  void theOutputHasTheBasesTypesUnlessOneIsAskedFor() throws IOException {
    ModelFile base =
        Planning.base(FOUR_BLOCKS)
            .random("blocks.0.q", DType.BF16, 1, 2)
            .random("blocks.3.q", DType.BF16, 1, 2)
            .random("ids", DType.I64, 1, 3);
    ModelFile tuned =
        Planning.tuned(FOUR_BLOCKS)
            .random("blocks.0.q", DType.F16, 1, 2)
            .random("blocks.3.q", DType.F16, 1, 2)
            .random("ids", DType.I64, 1, 3);
    Plan plan = planning.plan(base, tuned, e -> e);
    assertEquals(DType.BF16, Planning.tensor(plan, "blocks.0.q").info().dtype());
    assertEquals(
        List.of("2 tensors are bfloat16 in base, float16 in tuned, bfloat16 in the output"),
        plan.notices());
    Plan half = planning.plan(base, tuned, e -> e.withDtype(DType.F16));
    for (TensorPlan tensor : half.tensors()) {
      assertEquals(tensor.name().equals("ids") ? DType.I64 : DType.F16, tensor.info().dtype());
    }
  }

  // ---- what does not fit together

  private static ModelFile oddBase() {
    return Planning.base(FOUR_BLOCKS)
        .filled("only.base", 3, 2)
        .filled("resized", 3, 4, 2)
        .add("ids", DType.I64, new byte[24], 3)
        .add("mask", DType.BOOL, new byte[2], 2)
        .add("kind", DType.I32, new byte[8], 2)
        .random("same.ids", DType.I16, 1, 5);
  }

  private static ModelFile oddTuned() {
    byte[] ids = new byte[24];
    ids[16] = 5;
    return Planning.tuned(FOUR_BLOCKS)
        .filled("only.tuned", 4, 2)
        .filled("resized", 4, 5, 2)
        .add("ids", DType.I64, ids, 3)
        .add("mask", DType.BOOL, new byte[] {0, 1}, 2)
        .filled("kind", 4, 2)
        .random("same.ids", DType.I16, 1, 5);
  }

  @Test
  void everythingThatDoesNotFitIsListed() {
    InputException e =
        assertThrows(
            InputException.class, () -> planning.plan(oddBase(), oddTuned(), edit -> edit));
    assertTrue(message(e).contains("6 of 13 tensors"), message(e));
    for (String line :
        List.of(
            "only.base: only in base, F32 [2]",
            "only.tuned: only in tuned, F32 [2]",
            "resized: base has F32 [4, 2], tuned has F32 [5, 2]",
            "ids: I64 [3] cannot be scaled, so both should be equal, but they differ from element"
                + " 2",
            "mask: BOOL [2] cannot be scaled, so both should be equal, but they differ from element"
                + " 1",
            "kind: base has I32 [2], tuned has F32 [2]",
            "mismatch base or tuned")) {
      assertTrue(message(e).contains(line), message(e));
    }
    assertFalse(message(e).contains("same.ids"), message(e));
    assertFalse(Files.exists(folder.resolve("out.safetensors")));
  }

  @ParameterizedTest
  @EnumSource(
      value = OnMismatch.class,
      names = {"BASE", "TUNED"})
  void onMismatchKeepsOneSideAndNamesEach(OnMismatch answer) throws IOException {
    boolean base = answer == OnMismatch.BASE;
    UnaryOperator<Edit> options = edit -> lines(0.5, 0).apply(edit).withMismatch(answer);
    Plan plan = planning.plan(oddBase(), oddTuned(), options);
    assertEquals(6, plan.notices().size());
    for (String name : List.of("resized", "ids", "mask", "kind")) {
      assertEquals(OptionalDouble.empty(), Planning.tensor(plan, name).lambda());
    }
    try (Checkpoint out = planning.run(oddBase(), oddTuned(), options);
        Checkpoint kept =
            Checkpoint.open(folder.resolve(base ? "base.safetensors" : "tuned.safetensors"))) {
      assertEquals(12, out.tensors().size());
      assertEquals(base, out.find("only.base").isPresent());
      assertEquals(!base, out.find("only.tuned").isPresent());
      for (String name :
          List.of(base ? "only.base" : "only.tuned", "resized", "ids", "mask", "kind")) {
        assertEquals(kept.find(name).orElseThrow().info(), out.find(name).orElseThrow().info());
        assertArrayEquals(
            ReferenceEdit.bytes(kept, kept.find(name).orElseThrow()),
            ReferenceEdit.bytes(out, out.find(name).orElseThrow()),
            name);
      }
      assertEquals(0.5f, Planning.values(out, "blocks.1.w")[0]);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"module.", "_orig_mod.", "model.language_model."})
  void aPrefixOfAllNamesIsPairedAndKept(String prefix) throws IOException {
    ModelFile other = new ModelFile();
    for (String name : FOUR_BLOCKS) {
      other.filled(prefix + name, 1, 2);
    }
    Plan plan = planning.plan(Planning.base(FOUR_BLOCKS), other, edit -> edit);
    assertEquals(
        List.of(FOUR_BLOCKS).stream().map(name -> prefix + name).toList(),
        plan.tensors().stream().map(TensorPlan::name).toList());
    assertTrue(
        plan.notices().getFirst().contains("'" + prefix + "' in front (6): 6 tensors"),
        plan.notices().toString());
  }

  @Test
  void noPrefixIsClaimedWhereOneNameDiffersOtherwise() {
    ModelFile other = new ModelFile();
    for (String name : FOUR_BLOCKS) {
      other.filled(name.equals("blocks.2.w") ? name : "module." + name, 1, 2);
    }
    InputException e =
        assertThrows(
            InputException.class,
            () -> planning.plan(Planning.base(FOUR_BLOCKS), other, edit -> edit));
    assertFalse(message(e).contains("behind"), message(e));
  }

  private static List<Float> firsts(Checkpoint out) throws IOException {
    List<Float> firsts = new ArrayList<>();
    for (String name : FOUR_BLOCKS) {
      firsts.add(Planning.values(out, name)[0]);
    }
    return firsts;
  }

  private static String message(Exception e) {
    return String.valueOf(e.getMessage());
  }

  private static UnaryOperator<Edit> lines(double alpha, double beta) {
    return edit -> edit.withScaling(LayerScaling.lines(alpha, beta, Outside.ALPHA));
  }

  private static UnaryOperator<Edit> depth(double alpha, double beta) {
    return edit -> edit.withScaling(LayerScaling.lines(alpha, beta, Outside.DEPTH));
  }
}

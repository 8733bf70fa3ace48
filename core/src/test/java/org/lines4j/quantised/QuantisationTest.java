package org.lines4j.quantised;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.lines4j.Edit;
import org.lines4j.diff.Diff;
import org.lines4j.error.InputException;
import org.lines4j.error.OnMismatch;
import org.lines4j.format.Checkpoint;
import org.lines4j.internal.safetensors.HeaderWriter;
import org.lines4j.layers.LayerOptions;
import org.lines4j.plan.RunOptions;
import org.lines4j.tensor.DType;
import org.lines4j.tensor.Shape;
import org.lines4j.tensor.TensorInfo;

/// Names, types and shapes of `golden/quantised/checkpoints.txt` are those of the libraries that
/// write such checkpoints; no numbers are needed to recognise them.
class QuantisationTest {
  private record Golden(String id, String scheme, String config, List<TensorInfo> tensors) {}

  /// What is computed with: the rest is refused.
  private static final Set<String> READ =
      Set.of("fp8-block", "fp8-per-tensor", "fp8-per-channel", "compressed-tensors-fp8", "mxfp4");

  @TempDir private Path folder;

  private static List<Golden> goldens() throws IOException {
    List<Golden> goldens = new ArrayList<>();
    for (String line : resource().lines().toList()) {
      String[] words = line.split(" ", 2);
      switch (words[0]) {
        case "case" -> {
          String[] names = words[1].split(" ", -1);
          goldens.add(new Golden(names[0], names[1], "", new ArrayList<>()));
        }
        case "config" -> {
          Golden golden = goldens.removeLast();
          goldens.add(new Golden(golden.id, golden.scheme, words[1], golden.tensors));
        }
        default -> goldens.getLast().tensors.add(info(words[1]));
      }
    }
    return goldens;
  }

  private static String resource() throws IOException {
    try (InputStream bytes =
        Objects.requireNonNull(
            QuantisationTest.class.getResourceAsStream("/golden/quantised/checkpoints.txt"))) {
      return new String(bytes.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /// `NAME DTYPE 2,3`.
  private static TensorInfo info(String text) {
    String[] words = text.split(" ", -1);
    List<Long> dims =
        Arrays.stream(words[2].split(",", -1))
            .filter(d -> !d.isEmpty())
            .map(Long::valueOf)
            .toList();
    return new TensorInfo(words[0], DType.valueOf(words[1]), new Shape(dims));
  }

  private static Path write(Path model, String config, List<TensorInfo> tensors)
      throws IOException {
    Files.createDirectories(model);
    if (!config.isEmpty()) {
      Files.writeString(model.resolve("config.json"), config);
    }
    List<TensorInfo> ordered =
        tensors.stream()
            .sorted((a, b) -> Integer.compare(b.dtype().bits(), a.dtype().bits()))
            .toList();
    byte[] header = HeaderWriter.write(Map.of(), ordered);
    long size = ordered.stream().mapToLong(TensorInfo::byteSize).sum();
    byte[] file = Arrays.copyOf(header, Math.toIntExact(header.length + size));
    Files.write(model.resolve("model.safetensors"), file);
    return model;
  }

  private Optional<Quantisation> found(String config, String... tensors) throws IOException {
    List<TensorInfo> infos = Stream.of(tensors).map(QuantisationTest::info).toList();
    try (Checkpoint checkpoint = Checkpoint.open(write(folder.resolve("m"), config, infos))) {
      return Quantisation.of(checkpoint);
    }
  }

  @TestFactory
  Stream<DynamicTest> everySchemeIsKnownByItsName() throws IOException {
    return goldens().stream().map(golden -> dynamicTest(golden.id, () -> isKnown(golden)));
  }

  private void isKnown(Golden golden) throws IOException {
    Path model = write(folder.resolve(golden.id), golden.config, golden.tensors);
    try (Checkpoint checkpoint = Checkpoint.open(model)) {
      Optional<Quantisation> found = Quantisation.of(checkpoint);
      if (golden.scheme.equals("safetensors")) {
        assertEquals(Optional.empty(), found);
      } else {
        assertEquals(golden.scheme, found.orElseThrow().scheme().id());
        assertFalse(found.get().isPlain());
        if (found.get().isRead()) {
          assertTrue(READ.contains(golden.scheme), golden.id);
          assertEquals(List.of(), Quantisation.refuse(List.of(checkpoint)));
          return;
        }
        InputException refusal =
            assertThrows(
                InputException.class, () -> Quantisation.refuse(List.of(checkpoint)), golden.id);
        String message = String.valueOf(refusal.getMessage());
        assertTrue(message.contains(found.get().name()), message);
        assertTrue(message.startsWith(model.toString()), message);
      }
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "modelopt-nvfp4 | l.weight U8 4,8 | l.weight_scale F8_E4M3 4,1 | l.weight_scale_2 F32 ",
        "fp8-per-channel | l.weight F8_E4M3 4,8 | l.weight_scale F32 4,1 | l.bias F32 4",
        "fp8-per-channel | l.weight F8_E4M3 256,8 | l.scale F8_E8M0 2,1 | l.bias F32 256",
        "comfyui-scaled-fp8 | l.weight F8_E4M3 4,8 | l.scale_weight F32  | n.weight F32 4",
        "mlx | l.weight U32 4,8 | l.scales BF16 4,1 | l.biases BF16 4,1",
        "quanto | l.weight._data I8 4,8 | l.weight._scale F32 4,1 | l.input_scale F32 ",
        "eetq | l.weight I8 4,8 | l.weight_scales F16 8 | l.bias F16 8",
        "exl2 | l.q_weight I32 4,8 | l.q_scale I32 4,1 | l.q_groups I16 8",
        "exl3 | l.trellis I16 4,8,16 | l.suh F16 4 | l.svh F16 4",
        "torchao | l._weight_qdata I8 4,8 | l._weight_scale F32 4 | l.bias F16 8",
        "bitsandbytes-4bit | l.weight BF16 4,8 | l.weight.absmax F32 2 | l.weight.quant_map F32 16",
        "nunchaku | l.qweight I8 4,8 | l.wscales F16 1,4 | l.proj_down F16 8,4",
        "fp-quant | l.qweight U8 4,8 | l.scales U8 4,1 | l.forward_hadamard_matrix F32 4,4",
        "marlin | l.B I32 1,16 | l.s F16 1,8 | n F16 4",
        "higgs | l.weight I16 4,8 | l.scales F16 4,1 | l.tables F16 16,2",
        "spqr | l.dense_weights I64 2,8 | l.row_offsets I32 9 | l.col_vals I32 4",
        "hqq | l.W_q U8 4,8 | l.scales F16 4 | l.zeros F16 4",
        "hqq | l.W_q BF16 4,4 | l.scale BF16 4,1 | l.zero BF16 4,1",
        "quanto | l.weight._data._data U8 2,8 | l.weight._scale BF16 4,1 | l.weight._shift BF16"
            + " 4,1",
        "bitsandbytes-8bit | l.weight I8 4,8 | l.weight.SCB F32 4 | n F32 2",
        "unknown-method | l.weight U8 4,4 | l.weight_quantizer._scale F32 4,1 | n F32 2",
        "unknown-method | l.weight I8 4,8 | l.step F32 4,1 | n F32 2",
        "unknown-method | l.qweight I32 1,8 | l.lookup_table F16 8,16 | n F32 2",
        "onnx-int8 | l.weight_quantized U8 4,8 | l.weight_scale F32  | l.weight_zero_point U8 ",
        "onnx-int4 | q.MatMul.weight_Q4 U8 4,1,4 | q.MatMul.weight_scales F32 4 | n F32 2",
        "compressed-tensors-sparse | l.compressed BF16 4,4 | l.bitmask U8 4,1 | l.shape I64 2",
        "unknown-method | l.w_int I32 4,8 | l.w_scale F32 4 | n F32 2",
        "unknown-method | l.weight I8 4,8 | l.weight_absmax F32 4 | n F32 2",
        "unknown-method | l.weight U8 4,8 | l.weight_zero_point F32 4 | n F32 2",
        "unknown-method | l.weight F8_E4M3 4,8 | l.descale F32  | n F32 2",
        "unknown-method | l.weight F8_E4M3 4,8 | l.weight_block_scale F32 1,1 | n F32 2",
        "unknown-method | l.weight F8_E5M2 4,8 | l.weight_amax F32  | n F32 2",
        "unknown-method | l.weight F8_E4M3 4,8 | l.weight.scales F32 4,1 | n F32 2",
        "unknown-method | l.weight_fp8 F8_E4M3 4,8 | l.weight_scale F32  | n F32 2",
        "unknown-method | l.weight._data F8_E4M3 4,8 | l.weight._scale_inv F32 1 | n F32 2",
        "unknown-method | l.weight F8_E4M3 4,8 | l.exponents F8_E8M0 4,1 | n F32 2",
        "unknown-method | l.weight BF16 4,8 | l.e F8_E8M0 4,1 | n F32 2",
        "fp8-per-channel | l.weight F8_E4M3 4,8 | l.weight_scales F32 4 | n F32 2",
        "compressed-tensors-mxfp4 | l.weight_packed U8 4,16 | l.weight_scale U8 4,1 | n F32 2"
      })
  void namesAloneTell(String scheme, String first, String second, String third) throws IOException {
    // an empty shape is a scalar's, whose blank the table eats
    Stream<String> tensors =
        Stream.of(first, second, third).map(t -> t.split(" ", -1).length < 3 ? t + " " : t);
    Optional<Quantisation> found = found("", tensors.toArray(String[]::new));
    assertEquals(scheme, found.orElseThrow().scheme().id());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "logit_scale F32 ",
        "visual.blocks.0.ls1.scale F32 4",
        "layers.0.layer_scale_parameter F32 4",
        "norm.scale F32 4",
        "attn.k_scale F32 ",
        "l.input_scale F32 ",
        "m.weight_scale F32 ",
        "l.scales F32 4",
        "l.biases F32 4",
        "codes I64 4",
        "quantize.codebook F32 4,4",
        "res_blocks F32 4",
        "res_scales F32 4",
        "position_ids I32 1,4",
        "attn.bias U8 1,1,4,4",
        "l.absmax F32 4",
        "embeddings.indices I64 4",
        "attn.relative_position_index I64 4,4",
        "attn.B F32 4",
        "down.W_q F32 4,4",
        "attn.weight_mask U8 4,4",
        "weight I64 4,4"
      })
  void plainModelsAreNotTakenForQuantisedOnes(String tensor) throws IOException {
    assertEquals(Optional.empty(), found("{}", "l.weight F16 4,8", "m.weight BF16 4", tensor));
  }

  /// Names cannot tell these from weights that were rounded to what codes stand for.
  @ParameterizedTest
  @CsvSource({
    "l.weight_scale, 'unknown-method', '-127, 0, 3, 88'",
    "l.weight_scale, 'unknown-method', '-1, 0, 1, 1'",
    "l.weight.scale, 'unknown-method', '-448, 0.0625, 3.5, 104'",
    "l.weight_zero_point, 'unknown-method', '1, 2, 3, 15'",
    "l.w_scale, 'unknown-method', '7, -8, 1, 0'",
    "l.weight_scale, '', '-127, 0, 3, 88.5'",
    "l.weight_scale, '', '0.5, 0.25, -0.125, 0'",
    "l.weight_scale, '', '0, 0, 0, 0'",
    "l.weight_scale, '', '1, 2, 3, Infinity'",
    "l.inner.weight_scale, '', '1, 2, 3, 4'",
    "l.bias, '', '1, 2, 3, 4'"
  })
  void codesInATypeOfNumbersAreToldByTheirValues(String scale, String scheme, String values)
      throws IOException {
    Path model =
        write(folder.resolve("m"), "{}", List.of(info(scale + " F32 4"), info("l.weight F16 2,2")));
    byte[] file = Files.readAllBytes(model.resolve("model.safetensors"));
    ByteBuffer codes = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    codes.position(file.length - 8);
    for (String value : values.split(", ", -1)) {
      codes.putShort(Float.floatToFloat16(Float.parseFloat(value)));
    }
    Files.write(model.resolve("model.safetensors"), file);
    try (Checkpoint checkpoint = Checkpoint.open(model)) {
      Optional<Quantisation> found = Quantisation.of(checkpoint).filter(q -> !q.isPlain());
      assertEquals(scheme, found.map(q -> q.scheme().id()).orElse(""));
      if (!scheme.isEmpty()) {
        assertThrows(InputException.class, () -> Quantisation.refuse(List.of(checkpoint)));
      }
    }
  }

  /// As `transformers` calls the scales of packed experts: behind the weights' own name.
  @Test
  void codesOfPackedExpertsAreToldByTheirValues() throws IOException {
    TensorInfo scales = info("l.experts.gate_up_proj_scale_inv F32 1,1");
    Path model =
        write(folder.resolve("m"), "{}", List.of(scales, info("l.experts.gate_up_proj F16 1,2,2")));
    byte[] file = Files.readAllBytes(model.resolve("model.safetensors"));
    ByteBuffer.wrap(file)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putShort(file.length - 8, Float.floatToFloat16(-448));
    Files.write(model.resolve("model.safetensors"), file);
    try (Checkpoint checkpoint = Checkpoint.open(model)) {
      assertFalse(Quantisation.of(checkpoint).orElseThrow().isPlain());
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "l.weight BF16 4,8 | l.weight_scale F32 4,1",
        "l.weight F16 4,8 | l.weight_scale_inv BF16 1,1",
        "l.weight F64 4,8 | l.weight_scale_2 F32 1",
        "l.weight BF16 4,8 | l.weight.scale F32 4",
        "l.weight BF16 4,8 | l.weight_zero_point I8 4",
        "l.weight BF16 4,8 | l.weight_absmax F32 4",
        "l.qweight F16 4,8 | l.qweight_scale F32 4",
        "e.experts.down_proj BF16 2,4,8 | e.experts.down_proj_scale F32 2,1,1"
      })
  void scalesBesidePlainWeightsAreTold(String weight, String scale) throws IOException {
    Quantisation found = found("{}", weight, scale, "n.weight BF16 4").orElseThrow();
    assertTrue(found.isPlain());
    String name = scale.split(" ", -1)[0];
    assertEquals(Optional.of(name), found.tensor());
    assertTrue(found.inWords().contains(name), found.inWords());
    try (Checkpoint checkpoint = Checkpoint.open(folder.resolve("m"))) {
      String notice = Quantisation.refuse(List.of(checkpoint)).getFirst();
      assertTrue(notice.contains("taken as such"), notice);
      assertTrue(notice.startsWith(folder.resolve("m").toString()), notice);
    }
  }

  @Test
  void scalesBesidePlainWeightsAreToldWithTheConfigurationsMethod() throws IOException {
    String config =
        "{\"quantization_config\": {\"quant_method\": \"compressed-tensors\", \"format\":"
            + " \"dense\"}}";
    Quantisation found = found(config, "l.weight BF16 4,8", "l.weight_scale F32 4,1").orElseThrow();
    assertTrue(found.isPlain());
    assertTrue(found.inWords().contains("compressed-tensors"), found.inWords());
    assertTrue(found.inWords().contains("l.weight_scale"), found.inWords());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "logit_scale F32 ",
        "visual.blocks.0.ls1.scale F32 4",
        "layers.0.layer_scale_parameter F32 4",
        "norm.query_norm.scale F32 4",
        "attn.k_scale F32 ",
        "l.weight_scaling F8_E4M3 4",
        "l.bias F32 4"
      })
  void fp8NumbersWithoutScalesAreNumbers(String tensor) throws IOException {
    assertEquals(Optional.empty(), found("{}", "l.weight F8_E4M3 4,8", "m.weight BF16 4", tensor));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'quantization_config': {'quant_method': 'fp8', 'weight_block_size': [128, 128]}}",
        "{'quantization_config': {'quant_method': 'compressed-tensors', 'format': 'dense'}}",
        "{'quantization_config': {'quant_method': 'mxfp4', 'dequantize': true}}",
        "{'quantization_config': {'load_in_4bit': true}}",
        "{'text_config': {'quantization_config': {'quant_method': 'gptq', 'bits': 4}}}"
      })
  void plainWeightsUnderAnOldConfigurationAreWeights(String config) throws IOException {
    String json = config.replace('\'', '"');
    Quantisation found =
        found(json, "l.weight BF16 4,8", "attn.bias U8 1,1,4,4", "position_ids I32 1,4")
            .orElseThrow();
    assertTrue(found.isPlain());
    try (Checkpoint checkpoint = Checkpoint.open(folder.resolve("m"))) {
      List<String> notices = Quantisation.refuse(List.of(checkpoint));
      assertEquals(1, notices.size());
      assertTrue(notices.getFirst().contains("plain numbers"), notices.getFirst());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{",
        "[]",
        "{}",
        "{'quantization_config': null}",
        "{'quantization_config': 'fp8'}",
        "{'quantization_config': {}}",
        "{'quantization': {'note': 'none'}}"
      })
  void otherConfigurationsSayNothing(String config) throws IOException {
    assertEquals(Optional.empty(), found(config.replace('\'', '"'), "l.weight BF16 4,8"));
  }

  @Test
  void modelOptsOwnFileIsRead() throws IOException {
    Path model = write(folder.resolve("m"), "{}", List.of(info("l.weight F8_E4M3 4,8")));
    Files.writeString(
        model.resolve("hf_quant_config.json"),
        "{\"producer\": {\"name\": \"modelopt\"}, \"quantization\": {\"quant_algo\": \"FP8\"}}");
    try (Checkpoint checkpoint = Checkpoint.open(model)) {
      assertEquals(Scheme.MODELOPT_FP8, Quantisation.of(checkpoint).orElseThrow().scheme());
    }
  }

  @Test
  void methodsOfTheConfigurationAreNamed() throws IOException {
    String config = "{\"quantization_config\": {\"quant_method\": \"quark\"}}";
    Quantisation scaled =
        found(config, "l.weight F8_E4M3 4,8", "l.weight_scale F32 ").orElseThrow();
    assertEquals("fp8-per-tensor (quark)", scaled.name());
    assertEquals("quark", found(config, "l.weight F32 4,8").orElseThrow().name());
  }

  @Test
  void editsAndDiffsRefuseThemUnderEveryOption() throws IOException {
    TensorInfo weight = info("model.layers.0.q.weight I8 4,4");
    TensorInfo scale = info("model.layers.0.q.SCB F32 4");
    Path codes = write(folder.resolve("codes"), "{}", List.of(weight, scale));
    TensorInfo number = info("model.layers.0.q.weight F32 4,4");
    Path plain = write(folder.resolve("plain"), "{}", List.of(number));
    try (Checkpoint quantised = Checkpoint.open(codes);
        Checkpoint other = Checkpoint.open(plain)) {
      for (Edit edit : List.of(Edit.of(quantised, other), Edit.of(other, quantised))) {
        for (OnMismatch answer : OnMismatch.values()) {
          refuses(() -> edit.withMismatch(answer).withStackless().plan(folder.resolve("out")));
        }
        refuses(
            () ->
                Diff.between(
                    edit.base(), edit.tuned(), LayerOptions.defaults(), RunOptions.defaults()));
      }
    }
  }

  private static void refuses(org.junit.jupiter.api.function.Executable task) {
    String message = String.valueOf(assertThrows(InputException.class, task).getMessage());
    assertTrue(message.contains("quantised by bitsandbytes-8bit"), message);
    assertTrue(message.contains("model.layers.0.q.SCB"), message);
  }
}

package org.lines4j.quantised;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.lines4j.Edit;
import org.lines4j.error.InputException;
import org.lines4j.format.Checkpoint;
import org.lines4j.format.CheckpointWriter;
import org.lines4j.format.StoredTensor;
import org.lines4j.format.TensorSource;
import org.lines4j.layers.LayerScaling;
import org.lines4j.layers.LayerScaling.Outside;
import org.lines4j.tensor.DType;
import org.lines4j.tensor.Shape;
import org.lines4j.tensor.TensorInfo;
import org.lines4j.testing.TensorContents;

/// Quantised checkpoints are read as the libraries that write them read them, to the bit, edited,
/// and written as they were; what is wrong or not computed with is refused.
class QuantisedGoldensTest {
  private static final Path GOLDENS = Path.of("src/test/resources/quant");

  @TempDir private Path folder;

  record Case(String id, String verdict, Path input, String expected) {
    @Override
    public String toString() {
      return id;
    }
  }

  static Stream<Case> cases() {
    try {
      return Files.readAllLines(GOLDENS.resolve("cases.tsv")).stream()
          .skip(1)
          .map(line -> line.split("\t", -1))
          .map(f -> new Case(f[0], f[1], GOLDENS.resolve(f[2]), f[3]));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void aCheckpointIsReadAsItsLibraryReadsItOrRefused(Case golden) throws IOException {
    try (Checkpoint found = Checkpoint.open(golden.input)) {
      List<String> _ = Quantisation.refuse(List.of(found));
      assertTrue(golden.verdict.startsWith("accept"), "should be refused, gives " + found.infos());
      if (!golden.expected.equals("-")) {
        assertSame(GOLDENS.resolve(golden.expected), found);
      }
    } catch (InputException e) {
      assertTrue(golden.verdict.endsWith("refuse"), e.getMessage());
      assertTrue(
          String.valueOf(e.getMessage()).startsWith(golden.input.toString()), e.getMessage());
    }
  }

  private static void assertSame(Path golden, Checkpoint found) throws IOException {
    try (Checkpoint expected = Checkpoint.open(golden)) {
      assertEquals(TensorContents.names(expected), TensorContents.names(found));
      for (StoredTensor tensor : expected.tensors()) {
        StoredTensor own = found.find(tensor.name()).orElseThrow();
        assertEquals(tensor.info(), own.info());
        assertArrayEquals(
            canonical(expected.source(tensor)), canonical(found.source(own)), tensor.name());
      }
    }
  }

  /// All bytes, with one NaN for all.
  private static byte[] canonical(TensorSource source) throws IOException {
    byte[] bytes = TensorContents.bytes(source);
    if (source.info().dtype() == DType.F32) {
      MemorySegment floats = MemorySegment.ofArray(bytes);
      for (long i = 0; i < bytes.length / Float.BYTES; i++) {
        float value = floats.getAtIndex(ValueLayout.JAVA_FLOAT_UNALIGNED, i);
        if (Float.isNaN(value)) {
          floats.setAtIndex(ValueLayout.JAVA_FLOAT_UNALIGNED, i, Float.NaN);
        }
      }
    }
    return bytes;
  }

  @Test
  void theSchemesThatAreComputedWithAreRead() throws IOException {
    Set<Scheme> read = new HashSet<>();
    for (Case golden : cases().toList()) {
      try (Checkpoint found = Checkpoint.open(golden.input)) {
        Quantisation.of(found)
            .filter(Quantisation::isRead)
            .map(Quantisation::scheme)
            .ifPresent(read::add);
      }
    }
    assertEquals(
        Set.of(Scheme.FP8_BLOCK, Scheme.FP8_TENSOR, Scheme.COMPRESSED_FP8, Scheme.MXFP4), read);
  }

  /// Nobody is told that its weights are plain numbers, as they are read.
  @Test
  void anAdaptersModelIsQuantisedAsItsBaseIs() throws IOException {
    Path adapter = Files.createDirectories(folder.resolve("adapter"));
    String module = "base_model.model.model.layers.0.self_attn.q_proj.";
    List<TensorInfo> factors =
        List.of(
            new TensorInfo(module + "lora_A.weight", DType.F32, Shape.of(1, 128)),
            new TensorInfo(module + "lora_B.weight", DType.F32, Shape.of(256, 1)));
    Path file = adapter.resolve("adapter_model.safetensors");
    try (CheckpointWriter writer = CheckpointWriter.create(file, factors, Map.of())) {
      for (TensorInfo factor : factors) {
        writer.write(
            factor.name(), MemorySegment.ofArray(new byte[Math.toIntExact(factor.byteSize())]));
      }
      writer.publish();
    }
    Files.writeString(
        adapter.resolve("adapter_config.json"),
        """
        {"peft_type": "LORA", "r": 1, "lora_alpha": 1, "target_modules": ["q_proj"]}\
        """);
    Path base = GOLDENS.resolve("fp8/fp8_block");
    try (Checkpoint model = Checkpoint.open(Path.of(base + "+" + adapter))) {
      assertTrue(Quantisation.of(model).orElseThrow().isRead());
      assertEquals(List.of(), Quantisation.refuse(List.of(model)));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"fp8/fp8_block", "compressed/ct_fp8_channel_bfloat16", "mxfp4/gpt_oss"})
  void anyPartOfATensorIsReadByItself(String name) throws IOException {
    Random random = new Random(7);
    try (Checkpoint checkpoint = Checkpoint.open(GOLDENS.resolve(name))) {
      for (StoredTensor tensor : checkpoint.tensors()) {
        TensorSource source = checkpoint.source(tensor);
        byte[] all = TensorContents.bytes(source);
        int width = tensor.info().dtype().bytes();
        for (int i = 0; i < 50; i++) {
          int from = random.nextInt(all.length / width + 1) * width;
          int count = random.nextInt((all.length - from) / width + 1) * width;
          byte[] part = new byte[count + 2];
          part[count + 1] = 43;
          source.read(from, MemorySegment.ofArray(part).asSlice(1, count));
          byte[] expected = new byte[count + 2];
          System.arraycopy(all, from, expected, 1, count);
          expected[count + 1] = 43;
          assertArrayEquals(expected, part);
        }
      }
    }
  }

  @FunctionalInterface
  private interface Request {
    Edit of(Edit edit);
  }

  private Path edit(Path base, Path tuned, Request request) throws IOException {
    Path out = folder.resolve("out");
    try (Checkpoint from = Checkpoint.open(base);
        Checkpoint to = Checkpoint.open(tuned)) {
      request.of(Edit.of(from, to)).withForce().plan(out).run();
    }
    return out;
  }

  private static Request lambda(double lambda) {
    return edit -> edit.withScaling(LayerScaling.lines(lambda, 0, Outside.ALPHA));
  }

  private static String config(Path model) throws IOException {
    return Files.readString(model.resolve("config.json"));
  }

  private static Path pair(String name) {
    return GOLDENS.resolve("edit").resolve(name);
  }

  private static void assertSameFile(Path expected, Path found) throws IOException {
    try (Checkpoint wanted = stored(expected);
        Checkpoint own = stored(found)) {
      assertEquals(TensorContents.names(wanted), TensorContents.names(own));
      for (StoredTensor tensor : wanted.tensors()) {
        StoredTensor written = own.find(tensor.name()).orElseThrow();
        assertEquals(tensor.info(), written.info());
        assertArrayEquals(
            TensorContents.bytes(wanted.source(tensor)),
            TensorContents.bytes(own.source(written)),
            tensor.name());
      }
    }
  }

  /// Codes and scales by themselves.
  private static Checkpoint stored(Path model) throws IOException {
    Checkpoint checkpoint = Checkpoint.open(model);
    return checkpoint instanceof DequantisedCheckpoint view ? view.stored() : checkpoint;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "block",
        "block_bf16",
        "block_ue8m0",
        "experts",
        "row",
        "tensor",
        "mxfp4",
      })
  void anEditIsWrittenInTheSameFormWithNewScales(String name) throws IOException {
    Path out = edit(pair(name).resolve("base"), pair(name).resolve("tuned"), lambda(0.5));
    assertSameFile(pair(name).resolve("expected"), out);
    assertEquals(config(pair(name).resolve("tuned")), config(out));
  }

  @ParameterizedTest
  @ValueSource(strings = {"block", "block_bf16", "experts", "row", "tensor", "mxfp4"})
  void whatIsOnlyCopiedKeepsCodesAndScales(String name) throws IOException {
    Path base = pair(name).resolve("base");
    Path tuned = pair(name).resolve("tuned");
    assertSameFile(base, edit(base, tuned, lambda(0)));
    assertSameFile(tuned, edit(base, tuned, lambda(1)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"block", "tensor", "mxfp4"})
  void aTypeThatIsAskedForGivesPlainWeights(String name) throws IOException {
    Path base = pair(name).resolve("base");
    Path out =
        edit(base, pair(name).resolve("tuned"), edit -> lambda(0).of(edit).withDtype(DType.F32));
    assertFalse(config(out).contains("quantization_config"), config(out));
    assertTrue(config(out).contains("\"float32\""), config(out));
    try (Checkpoint from = Checkpoint.open(base);
        Checkpoint found = Checkpoint.open(out)) {
      assertEquals(TensorContents.names(from), TensorContents.names(found));
      for (StoredTensor tensor : from.tensors()) {
        if (tensor.info().dtype() == DType.F32) {
          StoredTensor own = found.find(tensor.name()).orElseThrow();
          assertArrayEquals(
              TensorContents.bytes(from.source(tensor)), TensorContents.bytes(found.source(own)));
        }
      }
    }
  }

  @Test
  void aPlainBaseGivesAPlainOutput() throws IOException {
    Path tuned = pair("block").resolve("tuned");
    Path base = folder.resolve("base");
    Files.move(
        edit(pair("block").resolve("base"), tuned, e -> lambda(0).of(e).withDtype(DType.BF16)),
        base);
    Path out = edit(base, tuned, lambda(0.5));
    assertFalse(config(out).contains("quantization_config"), config(out));
    Path other = edit(tuned, base, lambda(0.5));
    assertTrue(config(other).contains("\"weight_block_size\""), config(other));
    try (Checkpoint found = Checkpoint.open(other)) {
      assertTrue(Quantisation.of(found).orElseThrow().isRead());
    }
  }

  @Test
  void anObstacleIsNamed() throws IOException {
    try (Checkpoint found = Checkpoint.open(GOLDENS.resolve("refuse/fp8_grid_wrong"))) {
      Quantisation quantisation = Quantisation.of(found).orElseThrow();
      assertFalse(quantisation.isRead());
      assertTrue(
          quantisation
              .obstacle()
              .orElseThrow()
              .endsWith(
                  "l.weight_scale_inv: one scale for each 128 × 128 of [200, 130] is [2, 2], found"
                      + " [1, 2]"),
          "" + quantisation);
    }
  }

  /// More elements than are held in memory.
  @Test
  void aLongTensorWithOneScaleIsEncodedAsAShortOneIs() throws IOException {
    TensorInfo codes =
        new TensorInfo("model.layers.0.w.weight", DType.F8_E4M3, Shape.of(4112, 4096));
    TensorInfo scale = new TensorInfo(codes.name() + "_scale", DType.F32, Shape.of());
    float[][] values = new float[2][];
    for (int model = 0; model < 2; model++) {
      byte[] bytes = new byte[(int) codes.elements()];
      new Random(model).nextBytes(bytes);
      for (int i = 0; i < bytes.length; i++) {
        bytes[i] &= (byte) 0xbf; // small, and no NaN
      }
      Path file = folder.resolve(model + ".safetensors");
      try (CheckpointWriter writer =
          CheckpointWriter.create(file, List.of(codes, scale), Map.of())) {
        writer.write(codes.name(), MemorySegment.ofArray(bytes));
        MemorySegment number = MemorySegment.ofArray(new byte[Float.BYTES]);
        number.set(ValueLayout.JAVA_FLOAT_UNALIGNED, 0, 0.25f + model);
        writer.write(scale.name(), number);
        writer.publish();
      }
      try (Checkpoint read = Checkpoint.open(file)) {
        byte[] floats = TensorContents.bytes(read.source(read.tensors().getFirst()));
        values[model] = MemorySegment.ofArray(floats).toArray(ValueLayout.JAVA_FLOAT_UNALIGNED);
      }
    }
    Path out = folder.resolve("out.safetensors");
    try (Checkpoint base = Checkpoint.open(folder.resolve("0.safetensors"));
        Checkpoint tuned = Checkpoint.open(folder.resolve("1.safetensors"))) {
      lambda(0.5).of(Edit.of(base, tuned)).withStackless().plan(out).run();
    }
    for (int i = 0; i < values[0].length; i++) {
      values[0][i] += (values[1][i] - values[0][i]) * 0.5f;
    }
    try (Checkpoint found = Checkpoint.open(out)) {
      TensorSource tensor = found.source(found.tensors().getFirst());
      MemorySegment expected = MemorySegment.ofArray(new byte[values[0].length]);
      MemorySegment expectedScale = MemorySegment.ofArray(new byte[4]);
      tensor
          .encoding()
          .encode(
              codes.shape(), 0, MemorySegment.ofArray(values[0]), List.of(expected, expectedScale));
      assertEquals("FP8 by tensor", tensor.encoding().name());
      byte[] own = TensorContents.bytes(tensor.parts().getFirst());
      assertEquals(-1, expected.mismatch(MemorySegment.ofArray(own)));
      byte[] ownScale = TensorContents.bytes(tensor.parts().get(1));
      assertEquals(-1, expectedScale.mismatch(MemorySegment.ofArray(ownScale)));
    }
  }
}

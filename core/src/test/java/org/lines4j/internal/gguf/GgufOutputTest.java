package org.lines4j.internal.gguf;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.lines4j.Edit;
import org.lines4j.check.Check;
import org.lines4j.check.Finding.Severity;
import org.lines4j.error.InputException;
import org.lines4j.error.RequestException;
import org.lines4j.format.Checkpoint;
import org.lines4j.format.EncodedTensor;
import org.lines4j.format.StoredTensor;
import org.lines4j.layers.LayerOptions;
import org.lines4j.layers.LayerScaling;
import org.lines4j.layers.LayerScaling.Outside;
import org.lines4j.plan.Plan;
import org.lines4j.plan.RunOptions;
import org.lines4j.storage.ByteSource;
import org.lines4j.tensor.DType;
import org.lines4j.testing.TensorContents;

/// Edits of two GGUF models whose output is a third.
class GgufOutputTest {
  private static final Path BASE = file("edit/base-F16");
  private static final Path TUNED = file("edit/tuned-Q8_0");

  @TempDir Path folder;

  private static Path file(String name) {
    return GgufCases.FOLDER.resolve(name + ".gguf");
  }

  private Path out() {
    return folder.resolve("out.gguf");
  }

  @FunctionalInterface
  private interface Request {
    Edit of(Edit edit);
  }

  /// What the run had to say before it began.
  private List<String> edit(Path base, Path tuned, Request request) throws IOException {
    try (Checkpoint from = Checkpoint.open(base);
        Checkpoint to = Checkpoint.open(tuned)) {
      Plan plan = request.of(Edit.of(from, to)).plan(out());
      plan.run();
      return plan.notices();
    }
  }

  private static Request lambda(double lambda) {
    return edit -> edit.withScaling(LayerScaling.lines(lambda, 0, Outside.ALPHA));
  }

  /// The metadata as they are stored, without those keys.
  private static Map<String, String> metadata(Path file, String... without) throws IOException {
    Map<String, String> metadata = new LinkedHashMap<>();
    try (Checkpoint model = Checkpoint.open(file)) {
      ByteSource source = model.shards().getFirst().file();
      Metadata.read(source, HeaderReader.read(source))
          .entries()
          .forEach((key, bytes) -> metadata.put(key, HexFormat.of().formatHex(bytes)));
    }
    List.of(without).forEach(metadata::remove);
    return metadata;
  }

  private static GgufHeader header(Path file) throws IOException {
    try (Checkpoint model = Checkpoint.open(file)) {
      return HeaderReader.read(model.shards().getFirst().file());
    }
  }

  private static float[] floats(Checkpoint model, StoredTensor tensor) throws IOException {
    byte[] bytes = TensorContents.bytes(model.source(tensor));
    MemorySegment read = MemorySegment.ofArray(bytes);
    return switch (tensor.info().dtype()) {
      case F32 -> read.toArray(ValueLayout.JAVA_FLOAT_UNALIGNED);
      case F16 -> {
        short[] halves = read.toArray(ValueLayout.JAVA_SHORT_UNALIGNED);
        float[] values = new float[halves.length];
        for (int i = 0; i < halves.length; i++) {
          values[i] = Float.float16ToFloat(halves[i]);
        }
        yield values;
      }
      default -> throw new AssertionError(tensor);
    };
  }

  /// A copy of a file in which the bytes behind a key are others.
  ///
  /// @param after how far behind the key
  private Path changed(Path file, String key, int after, byte... bytes) throws IOException {
    byte[] all = Files.readAllBytes(file);
    int at = new String(all, StandardCharsets.ISO_8859_1).indexOf(key) + key.length() + after;
    System.arraycopy(bytes, 0, all, at, bytes.length);
    return Files.write(folder.resolve("changed.gguf"), all);
  }

  private static byte[] little(float value) {
    return ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putFloat(value).array();
  }

  @Test
  void modelsThatComputeOrNumberTokensOtherwiseAreToldOf() throws IOException {
    List<String> alike = edit(BASE, TUNED, edit -> edit.withForce());
    assertFalse(alike.toString().contains("trained with other settings"), alike::toString);
    assertFalse(alike.toString().contains("other tokens"), alike::toString);

    Path base = changed(BASE, "llama.rope.freq_base", 4, little(500_000));
    assertTold(
        base,
        "trained with other settings than %s, whose metadata count: rope.freq_base is 500000.0 there and 10000.0 here"
            .formatted(TUNED));
    // the key, the list's type and its elements', how many, the first one's length
    base = changed(BASE, "tokenizer.ggml.tokens", 24 + "<unk>".length() + 9, (byte) 'S');
    assertTold(
        base,
        "embeddings are scaled row by row, though 1 row is of other tokens than in %s: token 1 is '<S>' there and '<s>' here"
            .formatted(TUNED));
  }

  private void assertTold(Path base, String expected) throws IOException {
    List<String> notices = edit(base, TUNED, edit -> edit.withForce());
    assertTrue(notices.contains(base + ": " + expected), notices::toString);
    try (Checkpoint from = Checkpoint.open(base);
        Checkpoint to = Checkpoint.open(TUNED)) {
      Check check =
          Check.of(to, List.of(from), List.of(), LayerOptions.defaults(), RunOptions.defaults());
      assertTrue(
          check.findings().stream()
              .anyMatch(
                  f -> f.severity() == Severity.PROBLEM && f.message().contains(TUNED.toString())),
          () -> check.findings().toString());
    }
  }

  @Test
  void anAdapterIsNoModel() throws IOException {
    Path adapter = changed(BASE, "general.name", -12, "adapter.type".getBytes(UTF_8));
    InputException e = assertThrows(InputException.class, () -> Checkpoint.open(adapter));
    assertTrue(
        String.valueOf(e.getMessage()).contains("an adapter of llama.cpp, not a model"),
        e::toString);
  }

  @Test
  void anOutputOfAnotherFormatSaysWhatItLacks() throws IOException {
    try (Checkpoint from = Checkpoint.open(BASE);
        Checkpoint to = Checkpoint.open(TUNED)) {
      List<String> notices = Edit.of(from, to).plan(folder.resolve("out")).notices();
      assertTrue(
          notices.stream().anyMatch(notice -> notice.contains("metadata stay behind")),
          () -> "" + notices);
    }
  }

  @Test
  void anEditGivesTheValuesOfTheGoldenOne() throws IOException {
    List<String> _ = edit(BASE, TUNED, edit -> edit.withDtype(DType.F32));
    try (Checkpoint expected =
            Checkpoint.open(GgufCases.FOLDER.resolve("expected/edit.safetensors"));
        Checkpoint found = Checkpoint.open(out())) {
      assertEquals(TensorContents.names(expected), TensorContents.names(found));
      for (StoredTensor tensor : expected.tensors()) {
        float[] wanted = floats(expected, tensor);
        float[] own = floats(found, found.find(tensor.name()).orElseThrow());
        for (int i = 0; i < wanted.length; i++) {
          assertEquals(wanted[i], own[i], 1e-7 + 3e-7 * Math.abs(wanted[i]), tensor.name());
        }
      }
    }
  }

  @Test
  void aQuantisedOutputIsWhatGgufPyMakesOfTheValues() throws IOException {
    Path input = GgufCases.FOLDER.resolve("expected/edges_input.safetensors");
    try (Checkpoint values = Checkpoint.open(input);
        Checkpoint golden = Checkpoint.open(file("ok/edges/Q8_0"))) {
      byte[] bytes = TensorContents.bytes(values.source(values.tensors().getFirst()));
      byte[] expected =
          TensorContents.bytes(golden.source(golden.tensors().getFirst()).parts().getFirst());
      byte[] found = new byte[expected.length];
      Q8Blocks.encode(MemorySegment.ofArray(bytes), MemorySegment.ofArray(found));
      assertArrayEquals(expected, found);
    }
  }

  @Test
  void valuesThatAreNoNumbersHaveAScaleThatSaysSo() {
    float[] values = new float[64];
    values[3] = Float.NaN;
    values[40] = Float.POSITIVE_INFINITY;
    MemorySegment blocks = MemorySegment.ofArray(new byte[68]);
    Q8Blocks.encode(MemorySegment.ofArray(values), blocks);
    ValueLayout.OfShort half = ValueLayout.JAVA_SHORT_UNALIGNED;
    assertTrue(Float.isNaN(Float.float16ToFloat(blocks.get(half, 0))));
    assertEquals(Float.POSITIVE_INFINITY, Float.float16ToFloat(blocks.get(half, 34)));
    assertEquals(-1, blocks.asSlice(36).mismatch(MemorySegment.ofArray(new byte[32])));
  }

  @ParameterizedTest
  @ValueSource(strings = {"Q8_0", "Q4_1", "Q5_0", "Q5_1"})
  void aModelThatIsOnlyCopiedKeepsEveryByte(String type) throws IOException {
    Path tuned = file("ok/tiny-" + type);
    List<String> _ = edit(file("ok/tiny-Q4_0"), tuned, lambda(1));
    assertEquals(-1, Files.mismatch(tuned, out()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"Q2_K", "Q3_K", "Q4_K", "Q5_K", "Q6_K", "IQ4_NL", "TQ1_0", "MXFP4"})
  void blocksThatNothingIsQuantisedToAreCopied(String type) throws IOException {
    Path model = file("ok/single/" + type);
    List<String> notices = edit(model, model, edit -> lambda(0).of(edit).withStackless());
    assertEquals(-1, Files.mismatch(model, out()));
    assertTrue(notices.stream().noneMatch(notice -> notice.contains("stored as")), "" + notices);
  }

  @Test
  void blocksThatNothingIsQuantisedToBecomeTheNearestThatAreWritten() throws IOException {
    Path other = folder.resolve("other.gguf");
    byte[] bytes = Files.readAllBytes(file("ok/single/Q4_K"));
    bytes[bytes.length - 1] ^= 1; // of a tensor's codes
    Files.write(other, bytes);
    List<String> notices =
        edit(file("ok/single/Q4_K"), other, edit -> lambda(0.5).of(edit).withStackless());
    assertEquals(GgmlType.Q8_0, header(out()).tensors().getFirst().type());
    assertTrue(
        notices.contains(
            "1 tensor is stored as Q8_0, since a file of gguf is not written with Q4_K"),
        "" + notices);
  }

  @Test
  void anEditKeepsTheTypesOfTheBaseAndTheMetadataOfTheTuned() throws IOException {
    List<String> notices = edit(BASE, TUNED, edit -> edit);
    assertEquals(metadata(TUNED, "general.file_type"), metadata(out(), "general.file_type"));
    assertEquals(1, header(out()).number("general.file_type").orElseThrow());
    assertEquals(List.copyOf(metadata(TUNED).keySet()), List.copyOf(metadata(out()).keySet()));
    assertEquals(types(BASE), types(out()));
    assertTrue(
        notices.contains("16 tensors are float16 in base, Q8_0 in tuned, float16 in the output"),
        "" + notices);
  }

  @Test
  void everyKindOfMetadataIsKept() throws IOException {
    Path model = file("ok/tiny-F32");
    List<String> _ = edit(TUNED, model, edit -> edit);
    assertEquals(metadata(model, "general.file_type"), metadata(out(), "general.file_type"));
    assertEquals(7, header(out()).number("general.file_type").orElseThrow());
    assertEquals(types(TUNED), types(out()));
    assertTrue(metadata(out()).containsKey("test.u64"));
  }

  private static Map<String, GgmlType> types(Path file) throws IOException {
    Map<String, GgmlType> types = new LinkedHashMap<>();
    header(file).tensors().forEach(tensor -> types.put(tensor.info().name(), tensor.type()));
    return types;
  }

  @Test
  void aTypeThatIsAskedForLeavesVectorsAsTheyAre() throws IOException {
    List<String> _ = edit(BASE, TUNED, edit -> edit.withDtype(DType.BF16));
    Map<String, GgmlType> types = types(out());
    assertEquals(GgmlType.F32, types.get("output_norm.weight"));
    assertEquals(GgmlType.BF16, types.get("blk.1.ffn_up.weight"));
    assertEquals(32, header(out()).number("general.file_type").orElseThrow());
  }

  @Test
  void dataBeginWhereTheMetadataSayThatTheyAreAligned() throws IOException {
    Path model = file("ok/alignment-64");
    List<String> _ = edit(TUNED, model, edit -> edit);
    GgufHeader header = header(out());
    assertEquals(64, header.alignment());
    header.tensors().forEach(tensor -> assertEquals(0, tensor.place() % 64));
  }

  @Test
  void partsBecomeOneFile() throws IOException {
    Path model = GgufCases.FOLDER.resolve("sharded/tiny-00001-of-00003.gguf");
    List<String> _ = edit(file("ok/tiny-Q4_0"), model, lambda(1));
    Path whole = file("ok/tiny-Q8_0");
    assertEquals(metadata(whole), metadata(out()));
    try (Checkpoint expected = Checkpoint.open(whole);
        Checkpoint found = Checkpoint.open(out())) {
      for (StoredTensor tensor : expected.tensors()) {
        StoredTensor own = found.find(tensor.name()).orElseThrow();
        assertArrayEquals(
            TensorContents.bytes(expected.source(tensor)), TensorContents.bytes(found.source(own)));
      }
    }
  }

  @Test
  void aModelOfAnotherFormatHasNoMetadataToKeep() {
    Path model = GgufCases.FOLDER.resolve("expected/F16.safetensors");
    RequestException refusal =
        assertThrows(RequestException.class, () -> edit(model, model, edit -> edit));
    assertTrue(
        String.valueOf(refusal.getMessage())
            .startsWith("GGUF files are made of GGUF models, but " + model + " is safetensors;"),
        refusal.getMessage());
  }

  @Test
  void anOutputWithoutATensorOfTheModelIsRefused() throws IOException {
    try (Checkpoint model = Checkpoint.open(TUNED)) {
      LikeModel format = LikeModel.of(model);
      List<EncodedTensor> some = model.infos().stream().limit(3).map(EncodedTensor::of).toList();
      RequestException refusal =
          assertThrows(RequestException.class, () -> format.layout(Map.of(), some));
      assertEquals(
          "the output: %s, whose metadata a GGUF output keeps, has 21 tensors, not 3; name a folder, or a file that ends in .safetensors, as the output"
              .formatted(TUNED),
          refusal.getMessage());
    }
  }
}

package org.lines4j.internal.llamacpp;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.lines4j.Edit;
import org.lines4j.diff.Diff;
import org.lines4j.error.InputException;
import org.lines4j.format.Checkpoint;
import org.lines4j.format.StoredTensor;
import org.lines4j.format.TensorSource;
import org.lines4j.layers.LayerOptions;
import org.lines4j.layers.LayerScaling;
import org.lines4j.plan.RunOptions;
import org.lines4j.tensor.DType;
import org.lines4j.testing.TensorContents;

/// Models of transformers and what llama.cpp's converter makes of them are one model.
class ConversionTest {
  private static final Path GGUF = Path.of("src", "test", "resources", "gguf");
  private static final Path PAIRS = GGUF.resolve("pairs");

  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"llama", "mistral", "qwen2", "qwen3", "gemma", "gemma2", "gemma3_text"})
  void aModelAndItsGgufFileAreTheSame(String family) throws IOException {
    try (Checkpoint stored = Checkpoint.open(PAIRS.resolve(family).resolve("hf"));
        Checkpoint gguf = Checkpoint.open(PAIRS.resolve(family).resolve("model.gguf"))) {
      assertSame(stored, gguf);
      assertSame(gguf, stored);
    }
  }

  private static void assertSame(Checkpoint a, Checkpoint b) throws IOException {
    Diff diff = Diff.between(a, b, LayerOptions.defaults(), RunOptions.defaults());
    diff.uncompared().keySet().forEach(name -> assertEquals("rope_freqs.weight", name));
    for (Diff.Tensor tensor : diff.tensors()) {
      double rounded = tensor.info().name().endsWith("norm.weight") ? 1e-6 : 0;
      assertTrue(tensor.change().tauNorm() <= rounded, tensor::toString);
    }
  }

  @Test
  void anEditOfAModelAndAGgufFileIsWhatPythonMakesOfIt() throws IOException {
    Path hf = GGUF.resolve("edit").resolve("base-hf");
    Path gguf = GGUF.resolve("edit").resolve("tuned-Q8_0.gguf");
    Path back = folder.resolve("back.safetensors");
    Path out = folder.resolve("out.gguf");
    try (Checkpoint base = Checkpoint.open(hf);
        Checkpoint tuned = Checkpoint.open(gguf)) {
      Edit.of(base, tuned).plan(out).run();
    }
    try (Checkpoint base = Checkpoint.open(hf);
        Checkpoint edited = Checkpoint.open(out);
        Checkpoint expected =
            Checkpoint.open(GGUF.resolve("expected").resolve("edit_mixed.safetensors"))) {
      assertEquals("gguf", edited.format());
      // θ0 + 1·(edited − θ0), under the names of the base's format
      Edit.of(edited, base).withScaling(LayerScaling.uniform(0)).plan(back).run();
      try (Checkpoint found = Checkpoint.open(back)) {
        assertEquals(TensorContents.names(expected), TensorContents.names(found));
        for (StoredTensor tensor : expected.tensors()) {
          float[] wanted = floats(expected.source(tensor));
          float[] own = floats(found.source(found.find(tensor.name()).orElseThrow()));
          for (int i = 0; i < wanted.length; i++) {
            assertEquals(wanted[i], own[i], 1e-7 + 3e-7 * Math.abs(wanted[i]), tensor.name());
          }
        }
      }
    }
  }

  @Test
  void aFolderThatComputesOrNumbersTokensOtherwiseIsToldOf() throws IOException {
    Path stored = GGUF.resolve("edit").resolve("base-hf");
    Path gguf = GGUF.resolve("edit").resolve("tuned-Q8_0.gguf");
    Path hf = Files.createDirectory(folder.resolve("hf"));
    Files.copy(stored.resolve("model.safetensors"), hf.resolve("model.safetensors"));
    String config = Files.readString(stored.resolve("config.json"));
    String tokens =
        """
        {"model": {"type": "BPE", "vocab": {"<unk>": 0, "<s>": 1, "</s>": 2, "<0x00>": 3, "▁tök1": 4, "▁tök2": 5}},
         "added_tokens": [{"id": 1, "content": "<s>", "special": true}]}
        """;
    Files.writeString(hf.resolve("config.json"), config);
    Files.writeString(hf.resolve("tokenizer.json"), tokens);
    for (List<Path> pair : List.of(List.of(hf, gguf), List.of(gguf, hf))) {
      String said = notices(pair.getFirst(), pair.getLast()).toString();
      assertFalse(said.contains("other settings") || said.contains("other tokens"), said);
    }

    Files.writeString(
        hf.resolve("config.json"),
        config
            .replace("10000.0", "500000")
            .replace("\"rms_norm_eps\": 1e-05", "\"rms_norm_eps\": 1e-06"));
    Files.writeString(
        hf.resolve("tokenizer.json"),
        tokens.replace("\"▁tök1\": 4, \"▁tök2\": 5", "\"▁tök1\": 5, \"▁tök2\": 4"));
    List<String> ofFolder = notices(hf, gguf);
    assertTrue(
        ofFolder.contains(
            hf
                + ": trained with other settings than "
                + gguf
                + ", whose metadata count: attention.layer_norm_rms_epsilon is 1.0E-6 there and"
                + " 1.0E-5 here, rope.freq_base is 500000 there and 10000 here"),
        ofFolder::toString);
    assertTrue(
        ofFolder.contains(
            hf
                + ": embeddings are scaled row by row, though 2 rows are of other tokens than in "
                + gguf
                + ": token 4 is '▁tök2' there and '▁tök1' here"),
        ofFolder::toString);
    List<String> ofFile = notices(gguf, hf);
    assertTrue(
        ofFile.stream().anyMatch(n -> n.contains("rope.freq_base is 10000 there and 500000 here")),
        ofFile::toString);
    assertTrue(
        ofFile.stream().anyMatch(n -> n.contains("token 4 is '▁tök1' there and '▁tök2' here")),
        ofFile::toString);
  }

  private List<String> notices(Path base, Path tuned) throws IOException {
    try (Checkpoint from = Checkpoint.open(base);
        Checkpoint to = Checkpoint.open(tuned)) {
      return Edit.of(from, to).plan(folder.resolve("edited")).notices();
    }
  }

  private static float[] floats(TensorSource source) throws IOException {
    assertEquals(DType.F32, source.info().dtype());
    return MemorySegment.ofArray(TensorContents.bytes(source))
        .toArray(ValueLayout.JAVA_FLOAT_UNALIGNED);
  }

  @ParameterizedTest
  @ValueSource(strings = {"llama", "gemma2"})
  void aGgufBaseTakesTheNamesOfTheTunedModel(String family) throws IOException {
    Path out = folder.resolve("out");
    try (Checkpoint base = Checkpoint.open(PAIRS.resolve(family).resolve("model.gguf"));
        Checkpoint tuned = Checkpoint.open(PAIRS.resolve(family).resolve("hf"))) {
      Edit.of(base, tuned).withScaling(LayerScaling.uniform(0.5)).plan(out).run();
      try (Checkpoint found = Checkpoint.open(out)) {
        assertEquals(TensorContents.names(tuned), TensorContents.names(found));
        assertSame(found, tuned);
      }
    }
  }

  /// Rows that are read in any pieces are the same.
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void turnedRowsAreReadInPieces(boolean isPaired) throws IOException {
    try (Checkpoint model = Checkpoint.open(PAIRS.resolve("llama").resolve("hf"))) {
      StoredTensor tensor = model.find("model.layers.0.self_attn.q_proj.weight").orElseThrow();
      TensorSource turned = new TurnedRows(model.source(tensor), 4, isPaired);
      byte[] all = TensorContents.bytes(turned);
      Random random = new Random(5);
      for (int i = 0; i < 100; i++) {
        int from = random.nextInt(all.length / 4);
        byte[] part = new byte[4 * random.nextInt(all.length / 4 - from + 1)];
        turned.read(4L * from, MemorySegment.ofArray(part));
        byte[] expected = new byte[part.length];
        System.arraycopy(all, 4 * from, expected, 0, part.length);
        assertArrayEquals(expected, part);
      }
      TensorSource back = new TurnedRows(turned, 4, !isPaired);
      assertArrayEquals(TensorContents.bytes(model.source(tensor)), TensorContents.bytes(back));
    }
  }

  @Test
  void anArchitectureThatIsNotKnownIsRefusedByName() throws IOException {
    byte[] bytes = Files.readAllBytes(PAIRS.resolve("qwen2").resolve("model.gguf"));
    String text = new String(bytes, StandardCharsets.ISO_8859_1).replace("qwen2", "gwen9");
    Path other = folder.resolve("other.gguf");
    Files.write(other, text.getBytes(StandardCharsets.ISO_8859_1));
    String message = refusal(PAIRS.resolve("qwen2").resolve("hf"), other);
    assertTrue(message.contains("its architecture is 'gwen9'"), message);
    assertTrue(message.contains("llama, qwen2, qwen3, gemma, gemma2, gemma3 only"), message);
    assertTrue(message.contains("convert_hf_to_gguf.py"), message);
  }

  @Test
  void rowsThatAreNoHeadsAreRefused() throws IOException {
    byte[] bytes = Files.readAllBytes(PAIRS.resolve("llama").resolve("model.gguf"));
    String key = "llama.attention.head_count";
    int at = new String(bytes, StandardCharsets.ISO_8859_1).indexOf(key) + key.length();
    assertEquals(4, bytes[at + Integer.BYTES]);
    for (int heads : new int[] {0, 3, 32, 0xff}) {
      bytes[at + Integer.BYTES] = (byte) heads;
      Path other = folder.resolve("other.gguf");
      Files.write(other, bytes);
      String message = refusal(PAIRS.resolve("llama").resolve("hf"), other);
      assertTrue(message.contains("an even number for each head of attention"), message);
    }
  }

  @Test
  void aModelOfAnotherKindIsRefusedByName() throws IOException {
    String message =
        refusal(PAIRS.resolve("mistral").resolve("hf"), PAIRS.resolve("qwen3/model.gguf"));
    assertTrue(message.contains("of the kind mistral, says its config.json, while"), message);
  }

  private String refusal(Path base, Path tuned) throws IOException {
    try (Checkpoint from = Checkpoint.open(base);
        Checkpoint to = Checkpoint.open(tuned)) {
      return String.valueOf(
          assertThrows(InputException.class, () -> Edit.of(from, to).plan(folder.resolve("o.gguf")))
              .getMessage());
    }
  }
}

package org.lines4j.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.lines4j.cli.Cli.objects;
import static org.lines4j.cli.Cli.run;
import static org.lines4j.cli.Cli.tensor;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.lines4j.format.Checkpoint;
import org.lines4j.format.StoredTensor;
import org.lines4j.tensor.TensorInfo;

class ConvertCommandTest {
  private static final SmallModel MODEL = SmallModel.llama();
  private static final Path GOLDENS = Path.of("..", "core", "src", "test", "resources", "torch");

  @TempDir private Path folder;
  private Path model = Path.of("");

  @BeforeEach
  void writeModel() throws IOException {
    model = MODEL.file(folder.resolve("model.safetensors"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"out.pt", "out.pth", "out.bin", "OUT.CKPT", "out.safetensors"})
  void aFileBecomesAFileOfAnotherFormat(String name) throws IOException {
    Path out = folder.resolve(name);
    Cli run = run("convert", model, out).succeeds();
    assertSame(model, out);
    assertEquals("type     becomes  tensors  bytes", run.lines().getFirst());
    assertTrue(run.lines().getLast().matches("float32 +float32 +6 +\\d+"), run.out());
    assertTrue(run.err().startsWith("wrote " + out + ": "), run.err());
    assertEquals(1, run.err().lines().count(), run.err());
  }

  @Test
  void whatHoldsNothingIsRefused() throws IOException {
    Path empty = folder.resolve("empty.safetensors");
    Files.write(empty, new byte[] {2, 0, 0, 0, 0, 0, 0, 0, '{', '}'});
    run("convert", empty, folder.resolve("out.pt")).fails(3, "holds no tensors");
  }

  @Test
  void thereAndBackNoByteIsAnother() throws IOException {
    Path torch = folder.resolve("there.pt");
    Path back = folder.resolve("back.safetensors");
    run("convert", model, torch).succeeds();
    run("convert", torch, back).succeeds();
    assertSame(model, back);
    run("convert", torch, folder.resolve("again.pt")).succeeds();
    assertArrayEquals(Files.readAllBytes(torch), Files.readAllBytes(folder.resolve("again.pt")));
  }

  @Test
  void aTypeThatIsAskedForIsRoundedTo() throws IOException {
    Path out = folder.resolve("out.pt");
    Cli run = run("convert", model, out, "--dtype", "bfloat16").succeeds();
    assertTrue(run.lines().getLast().matches("float32 +bfloat16 +6 +\\d+"), run.out());
    Path wide = folder.resolve("wide.safetensors");
    run("convert", out, wide, "--dtype", "float32").succeeds();
    assertArrayEquals(
        MODEL.values("model.layers.0.mlp.weight"), tensor(wide, "model.layers.0.mlp.weight"));
  }

  @Test
  void aFolderIsWrittenWithWhatLiesBesideItsWeights() throws IOException {
    Path from = MODEL.folder(folder.resolve("from"));
    Path out = folder.resolve("out");
    run("convert", from, out, "--dtype", "float16").succeeds();
    assertTrue(Files.readString(out.resolve("config.json")).contains("float16"));
    String card = Files.readString(out.resolve("README.md"));
    assertFalse(card.contains("merge"), card);
    assertTrue(card.contains("safetensors → safetensors"), card);
    Cli file = run("convert", from, folder.resolve("out.pt")).succeeds();
    assertTrue(file.err().contains("stays behind: config.json"), file.err());
  }

  @Test
  void shardsHaveTheSizeThatIsAskedFor() throws IOException {
    Path out = folder.resolve("out");
    run("convert", model, out, "--shard-size", "30B").succeeds();
    assertTrue(Files.exists(out.resolve("model.safetensors.index.json")));
    assertSame(model, out);
    run("convert", model, folder.resolve("o.pt"), "--shard-size", "30B").fails(2, "folder");
  }

  @Test
  void nothingIsWrittenOfADryRun() {
    Path out = folder.resolve("out.pt");
    Cli run = run("convert", model, out, "--dry-run").succeeds();
    assertTrue(run.err().contains("nothing written"), run.err());
    assertFalse(Files.exists(out));
  }

  @Test
  void theResultIsOneJsonDocument() {
    Path out = folder.resolve("out.pt");
    Map<String, @Nullable Object> json =
        run("convert", model, out, "--json", "--quiet").succeeds().json();
    assertEquals(out.toString(), json.get("out"));
    assertEquals(6, objects(json.get("tensors")).size());
    assertTrue(json.containsKey("bytes_written"), json.toString());
  }

  @Test
  void whatIsThereIsReplacedOnlyIfThatIsAskedFor() {
    Path out = folder.resolve("out.pt");
    run("convert", model, out).succeeds();
    run("convert", model, out).fails(2, "exists already", "--force");
    run("convert", model, out, "--force").succeeds();
    run("convert", model, model, "--force").fails(2, "input");
  }

  @Test
  void aKeySaysWhichOfSeveralModels() throws IOException {
    Path several = GOLDENS.resolve("ok/model_and_ema/ckpt.pth");
    Path out = folder.resolve("out.pt");
    run("convert", several, out).fails(3, "several models");
    Cli inspected = run("inspect", several);
    assertTrue(inspected.err().contains("several models"), inspected.err());
    String key = inspected.err().replaceAll("(?s).*#([\\w/]+).*", "$1");
    run("convert", several, out, "--key", key).succeeds();
    run("convert", several, folder.resolve("no.pt"), "--key", "nobody").fails(3, "nobody");
  }

  @Test
  void codesThatAreNotComputedWithAreCopiedUnderTheNameOfTheirScheme() {
    Path codes = Path.of("..", "core", "src", "test", "resources", "quant", "refuse", "gptq");
    Path out = folder.resolve("out");
    Cli run = run("convert", codes, out).succeeds();
    assertTrue(run.err().contains("quantised by gptq"), run.err());
    assertTrue(run.err().contains("copied as codes"), run.err());
    assertTrue(Files.exists(out.resolve("config.json")));
  }

  @Test
  void codesInBlocksAreRefusedUnlessATypeIsAskedForOrTheyStayAsTheyAre() throws IOException {
    Path gguf = Path.of("..", "core", "src", "test", "resources", "gguf", "ok", "single");
    Path codes = gguf.resolve("Q4_K.gguf");
    run("convert", codes, folder.resolve("out.pt")).fails(3, "codes", "--dtype");
    Cli plain = run("convert", codes, folder.resolve("out.pt"), "--dtype", "float32").succeeds();
    assertTrue(plain.err().contains("its metadata stay behind"), plain.err());
    Path copy = folder.resolve("copy.gguf");
    assertEquals(1, run("convert", codes, copy).succeeds().err().lines().count());
    assertSame(codes, copy);
    Cli refused = run("convert", model, folder.resolve("model.gguf"));
    refused.fails(2, "GGUF", "safetensors");
    assertFalse(refused.err().contains("--on-mismatch"), refused.err());
  }

  /// Codes and scales go along as they are, unless a type is asked for.
  @ParameterizedTest
  @ValueSource(strings = {"fp8/fp8_block", "fp8/other_block", "compressed/ct_fp8_channel_float32"})
  void quantisedWeightsKeepTheirCodesOrAreDequantised(String name) throws IOException {
    Path quantised = Path.of("..", "core", "src", "test", "resources", "quant").resolve(name);
    Path out = folder.resolve("out");
    run("convert", quantised, out).succeeds();
    assertSame(quantised, out);
    assertTrue(run("inspect", out).succeeds().out().contains("quantised by"));
    run("convert", quantised, folder.resolve("out.pt")).fails(3, "codes", "--dtype");
    Path plain = folder.resolve("plain");
    run("convert", quantised, plain, "--dtype", "float32").succeeds();
    assertFalse(run("inspect", plain).succeeds().out().contains("quantised by"));
    run("convert", quantised, folder.resolve("out.pt"), "--dtype", "float32").succeeds();
    assertSame(plain, folder.resolve("out.pt"));
  }

  @Test
  void aNameOfAnotherFormatIsRefused() {
    run("convert", model, folder.resolve("out.h5")).fails(2, "folder would be made", ".pt");
  }

  record Golden(Path file, String key, String verdict, String expected) {
    @Override
    public String toString() {
      return file.getFileName() + (key.isEmpty() ? "" : "#" + key);
    }
  }

  static Stream<Golden> goldens() throws IOException {
    return Files.readAllLines(GOLDENS.resolve("cases.tsv")).stream()
        .map(line -> List.of(line.split("\t", -1)))
        .filter(fields -> fields.getFirst().equals("read"))
        .map(
            fields ->
                new Golden(
                    GOLDENS.resolve(fields.get(2)), fields.get(4), fields.get(3), fields.get(5)));
  }

  /// Every checkpoint of PyTorch that is read is shown and converted, and every hostile one gives a
  /// message, whatever the command.
  @ParameterizedTest
  @MethodSource("goldens")
  void aCheckpointIsShownAndConvertedOrRefused(Golden golden) throws IOException {
    Path out = folder.resolve("out.safetensors");
    String named = golden.file + (golden.key.isEmpty() ? "" : "#" + golden.key);
    Cli shown = run("inspect", named);
    Cli converted = run("convert", named, out);
    if (shown.code() != 0) {
      assertFalse(golden.verdict.equals("accept"), shown.err());
      shown.fails(3, golden.file.toString());
      converted.fails(3, golden.file.toString());
    } else if (!golden.expected.isEmpty()) {
      assertFalse(golden.verdict.equals("refuse"));
      converted.succeeds();
      assertSame(GOLDENS.resolve(golden.expected), out);
    }
  }

  private static void assertSame(Path expected, Path found) throws IOException {
    try (Checkpoint wanted = Checkpoint.open(expected);
        Checkpoint made = Checkpoint.open(found)) {
      assertEquals(names(wanted), names(made));
      for (StoredTensor tensor : wanted.tensors()) {
        StoredTensor own = made.find(tensor.name()).orElseThrow();
        assertEquals(tensor.info(), own.info());
        assertArrayEquals(bytes(wanted, tensor), bytes(made, own), tensor.name());
      }
    }
  }

  private static List<String> names(Checkpoint model) {
    return model.infos().stream().map(TensorInfo::name).sorted().toList();
  }

  private static byte[] bytes(Checkpoint model, StoredTensor tensor) throws IOException {
    byte[] bytes = new byte[(int) tensor.byteSize()];
    model.source(tensor).read(0, MemorySegment.ofArray(bytes));
    return bytes;
  }
}

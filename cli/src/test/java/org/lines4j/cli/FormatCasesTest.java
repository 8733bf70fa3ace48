package org.lines4j.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.lines4j.cli.Cli.run;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.lines4j.format.Checkpoint;
import org.lines4j.format.StoredTensor;
import org.lines4j.tensor.DType;
import org.lines4j.tensor.TensorInfo;

/// Every golden file of PyTorch, GGUF, ONNX and quantised safetensors gives its verdict and its
/// values through the command line. Adapters: [AdapterCasesTest].
class FormatCasesTest {
  private static final Path RESOURCES = Path.of("../core/src/test/resources").toAbsolutePath();
  private static final int MALFORMED = 3;
  private static final int NO_ROOM = 1;

  @TempDir private Path folder;

  /// @param expected empty for none
  /// @param isDecoded whether what is expected are the numbers that codes stand for
  record Case(String id, Path input, String verdict, String key, Path expected, boolean isDecoded) {
    boolean hasExpected() {
      return !expected.toString().isEmpty();
    }

    String model() {
      return key.isEmpty() ? input.toString() : input + "#" + key;
    }

    @Override
    public String toString() {
      return id + (key.isEmpty() ? "" : "#" + key);
    }
  }

  private static Stream<List<String>> lines(String kind) throws IOException {
    return Files.readAllLines(RESOURCES.resolve(kind).resolve("cases.tsv")).stream()
        .map(line -> List.of(line.split("\t", -1)));
  }

  private static Path expected(Path home, String name) {
    return name.isEmpty() || name.equals("-") ? Path.of("") : home.resolve(name);
  }

  static Stream<Case> cases() throws IOException {
    List<Case> cases = new ArrayList<>();
    Path torch = RESOURCES.resolve("torch");
    lines("torch")
        .filter(f -> f.getFirst().equals("read"))
        .map(
            f ->
                new Case(
                    f.get(1),
                    torch.resolve(f.get(2)),
                    f.get(3),
                    f.get(4),
                    expected(torch, f.get(5)),
                    false))
        .forEach(cases::add);
    for (String kind : List.of("gguf", "onnx", "quant")) {
      Path home = RESOURCES.resolve(kind);
      lines(kind)
          .skip(1)
          .map(
              f ->
                  new Case(
                      kind + "/" + f.get(0),
                      home.resolve(f.get(2)),
                      f.get(1),
                      "",
                      expected(home, f.get(3)),
                      !kind.equals("onnx") && !f.get(0).equals("plain_fp8_without_scales")))
          .forEach(cases::add);
    }
    return cases.stream();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void aCaseGivesItsVerdictAndItsValues(Case golden) throws IOException {
    Path out = folder.resolve("out.safetensors");
    Cli run =
        golden.isDecoded()
            ? run("convert", golden.model(), out, "--quiet", "--dtype=float32")
            : run("convert", golden.model(), out, "--quiet");
    if (run.code() == NO_ROOM && golden.verdict().endsWith("lazy")) {
      run("inspect", golden.model()).succeeds();
      return;
    }
    if (run.code() != 0) {
      assertTrue(!golden.verdict().equals("accept"), run.err());
      run.fails(MALFORMED, String.valueOf(golden.input().getParent()));
      assertFalse(Files.exists(out), "a refusal leaves nothing");
      return;
    }
    assertTrue(!golden.verdict().equals("refuse"), "should be refused: " + run.out());
    run("inspect", golden.model()).succeeds();
    if (golden.hasExpected()) {
      assertSame(golden, out);
    }
  }

  private static void assertSame(Case golden, Path out) throws IOException {
    try (Checkpoint expected = Checkpoint.open(golden.expected());
        Checkpoint found = Checkpoint.open(out)) {
      assertEquals(names(expected), names(found));
      for (StoredTensor tensor : expected.tensors()) {
        StoredTensor own = found.find(tensor.name()).orElseThrow();
        assertEquals(tensor.info().shape(), own.info().shape(), tensor.name());
        if (golden.isDecoded() && tensor.info().dtype().isFloating()) {
          assertArrayEquals(floats(expected, tensor), floats(found, own), tensor.name());
        } else {
          assertEquals(tensor.info(), own.info());
          assertArrayEquals(bytes(expected, tensor), bytes(found, own), tensor.name());
        }
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

  /// Its values in float32; NaNs are one.
  private static float[] floats(Checkpoint model, StoredTensor tensor) throws IOException {
    MemorySegment bytes = MemorySegment.ofArray(bytes(model, tensor));
    float[] values = new float[(int) tensor.info().elements()];
    DType type = tensor.info().dtype();
    for (int i = 0; i < values.length; i++) {
      values[i] =
          switch (type) {
            case F32 -> bytes.getAtIndex(ValueLayout.JAVA_FLOAT_UNALIGNED, i);
            case F16 -> Float.float16ToFloat(bytes.getAtIndex(ValueLayout.JAVA_SHORT_UNALIGNED, i));
            case BF16 ->
                Float.intBitsToFloat(bytes.getAtIndex(ValueLayout.JAVA_SHORT_UNALIGNED, i) << 16);
            case F64 -> (float) bytes.getAtIndex(ValueLayout.JAVA_DOUBLE_UNALIGNED, i);
            default -> throw new IllegalStateException(type.toString());
          };
    }
    return values;
  }

  /// base, tuned, and what α = 0.1 and β = 0.9 make of them, by cases of a kind.
  static Stream<List<String>> edits() throws IOException {
    Stream<List<String>> torch =
        lines("torch")
            .filter(f -> f.getFirst().equals("edit"))
            .map(
                f ->
                    List.of(
                        "torch",
                        f.get(2).split("\\|", -1)[0],
                        f.get(2).split("\\|", -1)[1],
                        f.get(5)));
    return Stream.concat(
        torch,
        Stream.of(
            List.of(
                "gguf", "edit/base-F16.gguf", "edit/tuned-Q8_0.gguf", "expected/edit.safetensors"),
            List.of(
                "gguf",
                "edit/base-hf",
                "edit/tuned-Q8_0.gguf",
                "expected/edit_mixed.safetensors")));
  }

  @ParameterizedTest
  @MethodSource("edits")
  void anEditScalesTheUpdate(List<String> golden) throws IOException {
    Path home = RESOURCES.resolve(golden.getFirst());
    Path out = folder.resolve("out.safetensors");
    run(
            "edit",
            "--base",
            home.resolve(golden.get(1)),
            "--tuned",
            home.resolve(golden.get(2)),
            "--out",
            out,
            "--alpha=0.1",
            "--beta=0.9",
            "--on-mismatch=base",
            "--dtype=float32",
            "--quiet")
        .succeeds();
    try (Checkpoint expected = Checkpoint.open(home.resolve(golden.get(3)));
        Checkpoint found = Checkpoint.open(out)) {
      assertEquals(names(expected), names(found));
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
  void modelsOfBothFormsAreMerged() throws IOException {
    Path pair = RESOURCES.resolve("gguf/pairs/qwen3");
    Path recipe = folder.resolve("recipe.yml");
    Files.writeString(
        recipe,
        """
        merge_method: task_arithmetic
        base_model: %s
        models:
          - model: %s
            parameters:
              weight: 0.5
        dtype: float32
        """
            .formatted(pair.resolve("hf"), pair.resolve("model.gguf")));
    Path out = folder.resolve("out");
    run("merge", recipe, out, "--quiet").succeeds();
    try (Checkpoint base = Checkpoint.open(pair.resolve("hf"));
        Checkpoint merged = Checkpoint.open(out)) {
      for (StoredTensor tensor : base.tensors()) {
        assertArrayEquals(
            floats(base, tensor),
            floats(merged, merged.find(tensor.name()).orElseThrow()),
            tensor.name());
      }
    }
  }
}

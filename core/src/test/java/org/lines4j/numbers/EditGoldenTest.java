package org.lines4j.numbers;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.lines4j.Edit;
import org.lines4j.format.Checkpoint;
import org.lines4j.format.StoredTensor;
import org.lines4j.layers.LayerScaling;
import org.lines4j.layers.LayerScaling.Outside;
import org.lines4j.tensor.DType;

/// An edit gives PyTorch's bits: `number_goldens.py` made the models and what must come out.
class EditGoldenTest {
  private static final List<String> CASES =
      List.of(
          "float32",
          "float16",
          "bfloat16",
          "float64",
          "float8_e4m3fn",
          "float8_e5m2",
          "mixed",
          "float32-bfloat16",
          "bfloat16-float32",
          "float16-float64");

  static Stream<Arguments> runs() throws IOException {
    List<Arguments> runs = new ArrayList<>();
    for (String name : CASES) {
      try (Checkpoint expected = open(name, "expected")) {
        Map<String, String> metadata = expected.shards().getFirst().metadata();
        List<String> lines = metadata.getOrDefault("about", "").lines().toList();
        for (int i = 1; i < lines.size(); i++) {
          runs.add(Arguments.of(name, i, lines.get(i)));
        }
      }
    }
    return runs.stream();
  }

  @ParameterizedTest
  @MethodSource("runs")
  void anEditGivesTheBitsThatPyTorchGives(String name, int run, String what, @TempDir Path folder)
      throws IOException {
    String[] words = what.split(" ", -1);
    LayerScaling scaling =
        LayerScaling.lines(
            Double.parseDouble(words[0]),
            Double.parseDouble(words[1]),
            Outside.valueOf(words[2].toUpperCase(Locale.ROOT)));
    Path out = folder.resolve("out.safetensors");
    try (Checkpoint base = open(name, "base");
        Checkpoint tuned = open(name, "tuned");
        Checkpoint expected = open(name, "expected")) {
      Edit edit = Edit.of(base, tuned).withScaling(scaling);
      if (!words[3].equals("base")) {
        edit = edit.withDtype(DType.ofTorchName(words[3]).orElseThrow());
      }
      edit.plan(out).run();
      try (Checkpoint actual = Checkpoint.open(out)) {
        assertEquals(base.tensors().size(), actual.tensors().size());
        for (StoredTensor tensor : actual.tensors()) {
          StoredTensor golden = expected.find(run + "/" + tensor.name()).orElseThrow();
          assertSame(expected, golden, actual, tensor);
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"float32", "float16", "bfloat16", "float64", "float8_e4m3fn", "mixed"})
  void lambdaZeroCopiesTheBaseAndLambdaOneTheTunedModelNanPayloadsIncluded(
      String name, @TempDir Path folder) throws IOException {
    try (Checkpoint base = open(name, "base");
        Checkpoint tuned = open(name, "tuned")) {
      for (double lambda : new double[] {0, 1}) {
        Path out = folder.resolve("out-%s.safetensors".formatted(lambda));
        Edit edit = Edit.of(base, tuned).withScaling(LayerScaling.lines(lambda, 0, Outside.DEPTH));
        edit.plan(out).run();
        Checkpoint same = lambda == 0 ? base : tuned;
        try (Checkpoint actual = Checkpoint.open(out)) {
          for (StoredTensor tensor : same.tensors()) {
            assertSame(same, tensor, actual, actual.find(tensor.name()).orElseThrow());
          }
        }
      }
    }
  }

  private static void assertSame(
      Checkpoint expected, StoredTensor golden, Checkpoint actual, StoredTensor tensor)
      throws IOException {
    assertEquals(golden.info().typeAndShape(), tensor.info().typeAndShape(), tensor.name());
    MemorySegment wanted = read(expected, golden);
    MemorySegment found = read(actual, tensor);
    long difference = wanted.mismatch(found);
    if (difference >= 0) {
      int width = tensor.info().dtype().bytes();
      long at = difference / width * width;
      assertEquals(
          hex(wanted.asSlice(at, width)),
          hex(found.asSlice(at, width)),
          tensor.name() + ", element " + at / width);
    }
  }

  private static String hex(MemorySegment bytes) {
    StringBuilder hex = new StringBuilder();
    for (byte b : bytes.toArray(java.lang.foreign.ValueLayout.JAVA_BYTE)) {
      hex.insert(0, "%02x".formatted(b));
    }
    return hex.toString();
  }

  private static MemorySegment read(Checkpoint checkpoint, StoredTensor tensor) throws IOException {
    MemorySegment bytes = MemorySegment.ofArray(new byte[Math.toIntExact(tensor.byteSize())]);
    checkpoint.source(tensor).read(0, bytes);
    return bytes;
  }

  private static Checkpoint open(String name, String file) throws IOException {
    URL url =
        Objects.requireNonNull(
            EditGoldenTest.class.getResource("edit/" + name + "/" + file + ".safetensors"));
    try {
      return Checkpoint.open(Path.of(url.toURI()));
    } catch (URISyntaxException e) {
      throw new IOException(e);
    }
  }
}

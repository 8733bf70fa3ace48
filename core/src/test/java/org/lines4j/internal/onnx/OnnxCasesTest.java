package org.lines4j.internal.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.lines4j.Convert;
import org.lines4j.Edit;
import org.lines4j.diff.Diff;
import org.lines4j.error.InputException;
import org.lines4j.format.Checkpoint;
import org.lines4j.format.StoredTensor;
import org.lines4j.layers.LayerOptions;
import org.lines4j.layers.LayerScaling;
import org.lines4j.plan.RunOptions;
import org.lines4j.storage.Location;
import org.lines4j.storage.Storages;
import org.lines4j.testing.TensorContents;

/// Every graph that the reference library writes is read to the same bits; every hostile one is
/// refused in words.
class OnnxCasesTest {
  private static final Path FOLDER = Path.of("src/test/resources/onnx");

  @TempDir private Path folder;

  /// A line of `cases.tsv`.
  record Case(String id, boolean isAccepted, Path input, Path expected, String message) {
    @Override
    public String toString() {
      return id;
    }
  }

  static Stream<Case> cases() throws IOException {
    return Files.readAllLines(FOLDER.resolve("cases.tsv")).stream()
        .skip(1)
        .map(line -> List.of(line.split("\t", -1)))
        .map(
            f ->
                new Case(
                    f.get(0),
                    f.get(1).equals("accept"),
                    FOLDER.resolve(f.get(2)),
                    FOLDER.resolve(f.get(3)),
                    f.get(4)));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void aGraphIsReadAsTheReferenceReadsItOrRefused(Case golden) throws IOException {
    if (golden.isAccepted()) {
      assertSame(golden.expected(), golden.input());
    } else {
      InputException refusal =
          assertThrows(InputException.class, () -> open(golden.input()).close());
      String message = String.valueOf(refusal.getMessage());
      assertTrue(message.startsWith(FOLDER.resolve("hostile").toString()), message);
      assertTrue(message.contains(golden.message()), message);
      assertTrue(message.length() < 1000, message);
    }
  }

  private static Checkpoint open(Path file) throws IOException {
    Location location = Location.of(file);
    return new OnnxFormat().open(Storages.of(location), location);
  }

  private static void assertSame(Path golden, Path graph) throws IOException {
    try (Checkpoint expected = Checkpoint.open(golden);
        Checkpoint found = Checkpoint.open(graph)) {
      assertEquals("onnx", found.format());
      assertEquals(TensorContents.names(expected), TensorContents.names(found));
      for (StoredTensor tensor : expected.tensors()) {
        StoredTensor own = found.find(tensor.name()).orElseThrow();
        assertEquals(tensor.info(), own.info());
        assertArrayEquals(
            TensorContents.bytes(expected.source(tensor)),
            TensorContents.bytes(found.source(own)),
            tensor.name());
      }
    }
  }

  /// Whoever edits or merges the initialisers leaves these as they are.
  @Test
  void weightsThatAreNoInitialisersAreToldOf() throws IOException {
    try (Checkpoint nodes = open(FOLDER.resolve("ok/nodes.onnx"));
        Checkpoint plain = open(FOLDER.resolve("ok/raw.onnx"))) {
      assertEquals(Optional.empty(), plain.unread());
      String told =
          "4 matrices lie in its nodes, such as folded, which are no initialisers and are not read";
      assertEquals(Optional.of(told), nodes.unread());

      Path out = folder.resolve("out.safetensors");
      String expected = nodes.location() + ": " + told;
      assertTrue(Convert.of(nodes).plan(out).notices().contains(expected));
      Edit edit = Edit.of(nodes, nodes).withScaling(LayerScaling.uniform(0.5));
      List<String> notices = edit.withStackless().plan(out).notices();
      assertTrue(notices.contains(expected));
      assertTrue(
          notices.stream().anyMatch(notice -> notice.contains("its graph stays behind")),
          notices.toString());
      assertTrue(
          Diff.between(nodes, nodes, LayerOptions.defaults(), RunOptions.defaults())
              .notices()
              .contains(expected));
    }
  }

  @ParameterizedTest
  @CsvSource({"ext/rnal.onnx_data, ext/rnal.onnx_data", "./ternal.onnx_data, ternal.onnx_data"})
  void dataMayBeInAFolderBelowTheGraph(String place, String file) throws IOException {
    Path original = FOLDER.resolve("ok/external.onnx");
    String bytes = Files.readString(original, StandardCharsets.ISO_8859_1);
    assertEquals("external.onnx_data".length(), place.length());
    Path graph = folder.resolve("other.onnx");
    Files.writeString(
        graph, bytes.replace("external.onnx_data", place), StandardCharsets.ISO_8859_1);
    Path data = folder.resolve(file);
    Files.createDirectories(data.resolveSibling(""));
    Files.copy(FOLDER.resolve("ok/external.onnx_data"), data);
    try (Checkpoint expected = open(original);
        Checkpoint found = open(graph)) {
      assertEquals(expected.infos(), found.infos());
      for (StoredTensor tensor : expected.tensors()) {
        assertArrayEquals(
            TensorContents.bytes(expected.source(tensor)),
            TensorContents.bytes(found.source(found.find(tensor.name()).orElseThrow())));
      }
    }
  }

  @Test
  void dataMayBeOnlyInAFileBesideTheGraph() throws IOException {
    for (String name : List.of("external.onnx", "external.onnx_data")) {
      Files.copy(FOLDER.resolve("ok").resolve(name), folder.resolve(name));
    }
    Path graph = folder.resolve("external.onnx");
    open(graph).close();
    Path inner = Files.createDirectory(folder.resolve("inner"));
    Files.move(folder.resolve("external.onnx_data"), inner.resolve("data"));
    InputException gone = assertThrows(InputException.class, () -> open(graph).close());
    assertTrue(String.valueOf(gone.getMessage()).contains("where no such file is"));
    Files.createDirectory(folder.resolve("external.onnx_data"));
    assertThrows(InputException.class, () -> open(graph).close());
  }

  @Test
  void aGraphIsToldByWhatItHolds() throws IOException {
    Path graph = Files.copy(FOLDER.resolve("ok/raw.onnx"), folder.resolve("model.weights"));
    assertTrue(recognises(graph));
    Path other = Files.writeString(folder.resolve("model.onnx"), "no graph at all");
    assertFalse(recognises(other));
    assertFalse(recognises(Files.write(folder.resolve("empty.onnx"), new byte[0])));
    assertFalse(recognises(folder));
  }

  private static boolean recognises(Path file) throws IOException {
    Location location = Location.of(file);
    return new OnnxFormat().recognises(Storages.of(location), location);
  }
}

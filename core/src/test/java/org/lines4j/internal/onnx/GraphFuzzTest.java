package org.lines4j.internal.onnx;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.lines4j.error.InputException;
import org.lines4j.format.TensorSource;
import org.lines4j.storage.ByteRange;
import org.lines4j.storage.Location;
import org.lines4j.testing.BytesInMemory;
import org.lines4j.testing.TensorContents;

/// Whatever the bytes, a graph is refused with an [InputException], or its tensors lie in the file
/// and can be read.
///
/// To fuzz for real: `JAZZER_FUZZ=1 ./mvnw -pl core test
/// -Dtest=org.lines4j.internal.onnx.GraphFuzzTest -Djazzer.hooks=true`.
class GraphFuzzTest {
  private static final Location FILE = Location.parse("graph.onnx");
  private static final Path OK = Path.of("src/test/resources/onnx/ok");

  @FuzzTest(maxDuration = "3m")
  void aGraphIsRefusedOrItsTensorsCanBeRead(byte[] bytes) throws IOException {
    Optional<List<Initialiser>> graph = read(bytes);
    boolean _ = GraphReader.begins(new BytesInMemory(FILE, bytes));
    if (graph.isPresent()) {
      for (Initialiser initialiser : graph.get()) {
        if (initialiser instanceof Initialiser.Here(TensorSource source)) {
          for (ByteRange range : source.ranges(0, source.info().byteSize())) {
            assertTrue(
                range.from() >= 0 && range.from() + range.count() <= bytes.length,
                range.toString());
          }
          byte[] _ = TensorContents.bytes(source);
        }
      }
    }
  }

  /// Empty if the bytes are refused.
  private static Optional<List<Initialiser>> read(byte[] bytes) throws IOException {
    try {
      return Optional.of(GraphReader.read(new BytesInMemory(FILE, bytes)).initialisers());
    } catch (InputException e) {
      assertTrue(String.valueOf(e.getMessage()).startsWith(FILE + ": "), e.getMessage());
      assertTrue(String.valueOf(e.getMessage()).length() < 2000, e.getMessage());
      return Optional.empty();
    }
  }

  /// Every byte of small files takes a few other values.
  @Test
  void noOtherByteAnywhereDoesHarm() throws IOException {
    for (String name : List.of("raw", "listed", "unpacked", "external", "nodes")) {
      byte[] bytes = Files.readAllBytes(OK.resolve(name + ".onnx"));
      for (int at = 0; at < Math.min(bytes.length, 600); at++) {
        for (int flip : new int[] {1, 2, 4, 0x80, 0xff}) {
          byte[] flipped = bytes.clone();
          flipped[at] ^= (byte) flip;
          aGraphIsRefusedOrItsTensorsCanBeRead(flipped);
        }
      }
    }
  }

  /// The graph is the last but one of a model's fields, so what follows it may be cut off whole.
  @Test
  void aGraphThatIsCutShortIsRefused() throws IOException {
    byte[] bytes = Files.readAllBytes(OK.resolve("raw.onnx"));
    int whole = read(bytes).orElseThrow().size();
    for (int length = 0; length < bytes.length; length++) {
      Optional<List<Initialiser>> cut = read(Arrays.copyOf(bytes, length));
      assertTrue(cut.isEmpty() || cut.get().size() == whole, "cut to " + length);
    }
  }
}

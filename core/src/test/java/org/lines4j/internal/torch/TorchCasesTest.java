package org.lines4j.internal.torch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.lines4j.error.InputException;
import org.lines4j.format.Checkpoint;
import org.lines4j.format.StoredTensor;
import org.lines4j.format.TensorSource;
import org.lines4j.storage.Location;
import org.lines4j.testing.TensorContents;

/// Every file that PyTorch writes is read to the bit, and every hostile one is refused or inert.
///
/// The files are made by torch 2.13.0, transformers 5.18.0 and open_clip 3.3.0; the hostile ones by
/// hand. `cases.tsv` has for each: kind, id, inputs, verdict, key, what is expected, reason.
class TorchCasesTest {
  private static final Path FOLDER = Path.of("src", "test", "resources", "torch");
  private static final Path CANARY = Path.of("/tmp/lines4j-canary-s");

  record Case(String id, Path input, String verdict, String key, String expected) {
    boolean mayBeRead() {
      return !verdict.equals("refuse");
    }

    boolean mayBeRefused() {
      return !verdict.equals("accept");
    }

    @Override
    public String toString() {
      return id + (key.isEmpty() ? "" : "#" + key);
    }
  }

  static Stream<Case> cases() throws IOException {
    return Files.readAllLines(FOLDER.resolve("cases.tsv")).stream()
        .map(line -> List.of(line.split("\t", -1)))
        .filter(fields -> fields.getFirst().equals("read"))
        .map(
            fields ->
                new Case(
                    fields.get(1),
                    FOLDER.resolve(fields.get(2)),
                    fields.get(3),
                    fields.get(4),
                    fields.get(5)));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void aFileIsReadAsPyTorchReadsItOrRefused(Case golden) {
    assertTimeoutPreemptively(Duration.ofSeconds(30), () -> check(golden));
    assertFalse(Files.exists(CANARY), "something of the file was run");
  }

  @ParameterizedTest
  @CsvSource({
    "other/sparse_coo/model.pt, torch._utils._rebuild_sparse_tensor",
    "other/sparse_csr/model.pt, torch._utils._rebuild_sparse_tensor",
    "other/torchscript/ViT-tiny.pt, torch.jit.load",
    "other/beside/model.pt, model.pt#."
  })
  void whatIsRefusedIsCalledWhatItIs(String file, String told) {
    Path input = FOLDER.resolve(file);
    InputException refusal = assertThrows(InputException.class, () -> Checkpoint.open(input));
    String message = String.valueOf(refusal.getMessage());
    assertTrue(message.contains(told), message);
    assertFalse(message.contains("malformed") || message.contains("do not load"), message);
  }

  /// Tensors in a list or a dictionary within the model's own would be lost without a word.
  @ParameterizedTest
  @ValueSource(strings = {"", "#state_dict"})
  void tensorsWithinTheModelsDictionaryAreToldOf(String key) throws IOException {
    try (Checkpoint found =
        Checkpoint.open(Location.parse(FOLDER + "/other/within/model.pt" + key))) {
      assertEquals(Set.of("fc.weight"), TensorContents.names(found));
      String remark = found.remark().orElseThrow();
      assertTrue(remark.contains("state_dict/parts, state_dict/head"), remark);
      assertEquals(key.isEmpty(), remark.contains("epoch"));
    }
  }

  /// The state of random numbers, losses, weights of classes.
  @Test
  void vectorsBesideAModelAreNoModel() throws IOException {
    try (Checkpoint found = Checkpoint.open(FOLDER.resolve("other/vectors/model.pt"))) {
      assertEquals(Set.of("fc.weight"), TensorContents.names(found));
      String remark = found.remark().orElseThrow();
      assertTrue(remark.endsWith("stays behind: rng_state, losses, loss"), remark);
    }
  }

  @Test
  void arraysOfNumpyWithinTheModelsDictionaryAreToldOf() throws IOException {
    try (Checkpoint found = Checkpoint.open(FOLDER.resolve("other/arrays/model.pt"))) {
      assertEquals(Set.of("fc.weight"), TensorContents.names(found));
      String remark = found.remark().orElseThrow();
      assertTrue(remark.contains("stays behind: state_dict/fc.bias, state_dict/scale;"), remark);
    }
  }

  private static void check(Case golden) throws IOException {
    String key = golden.key().isEmpty() ? "" : "#" + golden.key();
    try (Checkpoint found = Checkpoint.open(Location.parse(golden.input() + key))) {
      assertTrue(golden.mayBeRead(), () -> "should be refused, gives " + found.infos());
      if (!golden.expected().isEmpty()) {
        assertSame(FOLDER.resolve(golden.expected()), found);
      }
    } catch (InputException e) {
      assertTrue(golden.mayBeRefused(), e.getMessage());
      assertTrue(String.valueOf(e.getMessage()).startsWith(golden.input().toString()), e::toString);
    }
  }

  private static void assertSame(Path golden, Checkpoint found) throws IOException {
    try (Checkpoint expected = Checkpoint.open(golden)) {
      assertEquals(TensorContents.names(expected), TensorContents.names(found));
      for (StoredTensor tensor : expected.tensors()) {
        StoredTensor own = found.find(tensor.name()).orElseThrow();
        assertEquals(tensor.info(), own.info());
        byte[] bytes = TensorContents.bytes(expected.source(tensor));
        assertArrayEquals(bytes, TensorContents.bytes(found.source(own)), tensor.name());
        assertArrayEquals(bytes, inPieces(found.source(own)), tensor.name());
      }
    }
  }

  /// Read in pieces that begin and end anywhere.
  private static byte[] inPieces(TensorSource source) throws IOException {
    byte[] bytes = new byte[Math.toIntExact(source.info().byteSize())];
    int width = source.info().dtype().bytes();
    Random random = new Random(bytes.length);
    for (int from = 0; from < bytes.length; ) {
      int count = Math.min(bytes.length - from, width * (1 + random.nextInt(7)));
      source.read(from, MemorySegment.ofArray(bytes).asSlice(from, count));
      from += count;
    }
    return bytes;
  }
}

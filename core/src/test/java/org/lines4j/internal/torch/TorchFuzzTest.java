package org.lines4j.internal.torch;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
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

/// Whatever the bytes, a checkpoint is refused with an [InputException], or its tensors lie in the
/// file and can be read.
///
/// To fuzz for real: `JAZZER_FUZZ=1 ./mvnw -pl core test -Dtest=TorchFuzzTest -Djazzer.hooks=true`.
class TorchFuzzTest {
  private static final Location FILE = Location.parse("model.pt");
  private static final Path FOLDER = Path.of("src", "test", "resources", "torch");
  private static final long MOST = 1 << 20;

  @FuzzTest(maxDuration = "3m")
  void aCheckpointIsRefusedOrItsTensorsLieInIt(byte[] bytes) throws IOException {
    Optional<List<TensorSource>> tensors = read(bytes);
    if (tensors.isPresent()) {
      for (TensorSource tensor : tensors.get()) {
        assertLiesWithin(tensor, bytes.length);
      }
    }
  }

  /// Empty if the bytes are refused.
  private static Optional<List<TensorSource>> read(byte[] bytes) throws IOException {
    try {
      StateDicts dicts = new StateDicts(FILE);
      return Optional.of(TorchFormat.tensors(new BytesInMemory(FILE, bytes), dicts, ""));
    } catch (InputException e) {
      assertTrue(String.valueOf(e.getMessage()).startsWith(FILE + ": "), e.getMessage());
      assertTrue(String.valueOf(e.getMessage()).length() < 8000, e.getMessage());
      return Optional.empty();
    }
  }

  private static void assertLiesWithin(TensorSource tensor, long size) throws IOException {
    long bytes = tensor.info().byteSize();
    for (ByteRange range : tensor.ranges(0, bytes)) {
      boolean within =
          range.from() >= 0 && range.count() >= 0 && range.count() <= size - range.from();
      assertTrue(bytes == 0 || within, tensor.info() + " " + range);
    }
    long some =
        Math.min(bytes, MOST) / tensor.info().dtype().bytes() * tensor.info().dtype().bytes();
    tensor.read(0, MemorySegment.ofArray(new byte[(int) some]));
  }

  private static byte[] golden(String name) throws IOException {
    return Files.readAllBytes(FOLDER.resolve(name));
  }

  /// Every byte of small files' beginning and end takes a few other values.
  @Test
  void noOtherByteAnywhereDoesHarm() throws IOException {
    for (String name : List.of("hostile/zip/repacked_stored.pt", "hostile/legacy/hand_made.pth")) {
      byte[] bytes = golden(name);
      for (int at = 0; at < bytes.length; at++) {
        for (int flip : new int[] {1, 2, 4, 0x80, 0xff}) {
          byte[] flipped = bytes.clone();
          flipped[at] ^= (byte) flip;
          aCheckpointIsRefusedOrItsTensorsLieInIt(flipped);
        }
      }
    }
  }

  @Test
  void everyTruncationIsRefused() throws IOException {
    for (String name : List.of("hostile/zip/repacked_stored.pt", "hostile/legacy/hand_made.pth")) {
      byte[] bytes = golden(name);
      assertTrue(read(bytes).isPresent(), name);
      for (int length = 0; length < bytes.length; length++) {
        assertTrue(read(Arrays.copyOf(bytes, length)).isEmpty(), name + " cut to " + length);
      }
    }
  }
}

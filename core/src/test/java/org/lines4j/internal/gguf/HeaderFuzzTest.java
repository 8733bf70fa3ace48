package org.lines4j.internal.gguf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.lines4j.error.InputException;
import org.lines4j.internal.gguf.GgufHeader.StoredBlocks;
import org.lines4j.storage.Location;
import org.lines4j.testing.BytesInMemory;

/// Whatever the bytes, a header is refused with an [InputException], or its tensors lie in the
/// file, apart from each other.
///
/// To fuzz for real: `JAZZER_FUZZ=1 ./mvnw -pl core test
/// -Dtest=org.lines4j.internal.gguf.HeaderFuzzTest -Djazzer.hooks=true`.
class HeaderFuzzTest {
  private static final Location FILE = Location.parse("header.gguf");

  @FuzzTest(maxDuration = "3m")
  void aHeaderIsRefusedOrItsTensorsLieApart(byte[] bytes) throws IOException {
    Optional<GgufHeader> header = read(bytes);
    if (header.isPresent()) {
      assertApart(header.get().tensors(), bytes.length);
      assertFollowing(header.get());
    }
  }

  /// Empty if the bytes are refused.
  private static Optional<GgufHeader> read(byte[] bytes) throws IOException {
    try {
      return Optional.of(HeaderReader.read(new BytesInMemory(FILE, bytes)));
    } catch (InputException e) {
      assertTrue(String.valueOf(e.getMessage()).startsWith(FILE + ": "), e.getMessage());
      assertTrue(String.valueOf(e.getMessage()).length() < 2000, e.getMessage());
      return Optional.empty();
    }
  }

  private static void assertApart(List<StoredBlocks> tensors, long size) {
    long end = 0;
    for (StoredBlocks tensor : tensors) {
      assertTrue(tensor.place() >= end && tensor.end() <= size, tensor.toString());
      end = tensor.end();
    }
  }

  private static void assertFollowing(GgufHeader header) {
    long end = 24;
    for (Entry entry : header.entries().values()) {
      assertEquals(end, entry.from());
      end = entry.to();
    }
  }

  /// Every byte of small files takes a few other values.
  @Test
  void noOtherByteAnywhereDoesHarm() throws IOException {
    for (String name : List.of("smallest", "nested-arrays", "single/Q4_K")) {
      byte[] bytes = Files.readAllBytes(GgufCases.FOLDER.resolve("ok/" + name + ".gguf"));
      for (int at = 0; at < Math.min(bytes.length, 400); at++) {
        for (int flip : new int[] {1, 2, 4, 0x80, 0xff}) {
          byte[] flipped = bytes.clone();
          flipped[at] ^= (byte) flip;
          aHeaderIsRefusedOrItsTensorsLieApart(flipped);
        }
      }
    }
  }

  @Test
  void everyTruncationIsRefused() throws IOException {
    byte[] bytes = Files.readAllBytes(GgufCases.FOLDER.resolve("ok/smallest.gguf"));
    assertTrue(read(bytes).isPresent());
    for (int length = 0; length < bytes.length; length++) {
      assertTrue(read(Arrays.copyOf(bytes, length)).isEmpty(), "cut to " + length);
    }
  }
}

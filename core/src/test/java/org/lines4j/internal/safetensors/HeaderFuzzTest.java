package org.lines4j.internal.safetensors;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.lines4j.error.InputException;
import org.lines4j.format.FileTensor;
import org.lines4j.internal.safetensors.HeaderReader.Header;
import org.lines4j.storage.Location;
import org.lines4j.tensor.TensorInfo;
import org.lines4j.testing.BytesInMemory;
import org.lines4j.testing.Safetensors;

/// Whatever the bytes, a header is refused with an [InputException], or its tensors tile the file.
///
/// To fuzz for real: `JAZZER_FUZZ=1 ./mvnw -pl core test -Dtest=HeaderFuzzTest
/// -Djazzer.hooks=true`.
class HeaderFuzzTest {
  private static final Location FILE = Location.parse("header.safetensors");

  @FuzzTest(maxDuration = "3m")
  void aHeaderIsRefusedOrItsTensorsTileTheFile(byte[] bytes) throws IOException {
    Optional<Header> header = read(bytes);
    if (header.isPresent()) {
      assertTiled(header.get(), bytes.length);
      assertSurvivesWriting(header.get());
    }
  }

  /// Empty if the bytes are refused.
  private static Optional<Header> read(byte[] bytes) throws IOException {
    try {
      return Optional.of(HeaderReader.read(new BytesInMemory(FILE, bytes)));
    } catch (InputException e) {
      assertTrue(String.valueOf(e.getMessage()).startsWith(FILE + ": "), e.getMessage());
      assertTrue(String.valueOf(e.getMessage()).length() < 2000, e.getMessage());
      return Optional.empty();
    }
  }

  private static void assertTiled(Header header, long size) {
    List<FileTensor> tensors = header.tensors();
    long end = tensors.isEmpty() ? size : tensors.getFirst().place();
    for (FileTensor tensor : tensors) {
      assertEquals(end, tensor.place(), tensor.info().name());
      end += tensor.info().byteSize();
    }
    assertEquals(size, end);
  }

  /// What was read can be written, and is then read as the same.
  private static void assertSurvivesWriting(Header shard) throws IOException {
    List<TensorInfo> infos = shard.tensors().stream().map(FileTensor::info).toList();
    byte[] header = HeaderWriter.write(shard.metadata(), infos);
    long data = infos.stream().mapToLong(TensorInfo::byteSize).sum();
    byte[] bytes = java.util.Arrays.copyOf(header, Math.toIntExact(header.length + data));
    Header again = read(bytes).orElseThrow();
    assertEquals(shard.metadata(), again.metadata());
    assertEquals(infos, again.tensors().stream().map(FileTensor::info).toList());
  }

  /// Every byte of a small file takes every value. What is still a header has the same layout.
  @Test
  void noOtherByteAnywhereChangesTheLayout() throws IOException {
    String header =
        """
        {"__metadata__":{"a":"é"},"w":{"dtype":"I8","shape":[],"data_offsets":[0,1]},\
        "v":{"dtype":"F16","shape":[2,0],"data_offsets":[1,1]}}\
        """;
    byte[] bytes = Safetensors.file(header, 1);
    List<String> layout = layout(read(bytes).orElseThrow());
    int read = 0;
    for (int at = 0; at < bytes.length; at++) {
      for (int flip = 1; flip < 256; flip++) {
        byte[] flipped = bytes.clone();
        flipped[at] ^= (byte) flip;
        Optional<Header> found = read(flipped);
        if (found.isPresent()) {
          assertEquals(layout, layout(found.get()), "byte " + at + " ^ " + flip);
          read++;
        }
      }
    }
    assertTrue(read > 255, "at least the byte of data may change freely: " + read);
  }

  @Test
  void everyTruncationIsRefused() throws IOException {
    byte[] bytes =
        Safetensors.file(
            "{%s,%s}".formatted(Safetensors.u8("a", 0, 2), Safetensors.u8("b", 2, 5)), 5);
    assertTrue(read(bytes).isPresent());
    for (int length = 0; length < bytes.length; length++) {
      assertTrue(read(java.util.Arrays.copyOf(bytes, length)).isEmpty(), "cut to " + length);
    }
    assertTrue(read(java.util.Arrays.copyOf(bytes, bytes.length + 1)).isEmpty());
  }

  private static List<String> layout(Header header) {
    return header.tensors().stream().map(t -> t.place() + " + " + t.info().byteSize()).toList();
  }
}

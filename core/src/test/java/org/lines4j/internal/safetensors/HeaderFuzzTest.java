package org.lines4j.internal.safetensors;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.lines4j.error.InputException;
import org.lines4j.format.Shard;
import org.lines4j.format.StoredTensor;
import org.lines4j.tensor.TensorInfo;
import org.lines4j.testing.Safetensors;

/// Whatever the bytes, a header is refused with an [InputException], or its tensors tile the file.
///
/// To fuzz for real: `JAZZER_FUZZ=1 ./mvnw -pl core test -Dtest=HeaderFuzzTest
/// -Djazzer.hooks=true`.
class HeaderFuzzTest {
  private static Path file = Path.of("");

  @BeforeAll
  static void makeFile() throws IOException {
    file = Files.createTempFile("header", ".safetensors");
  }

  @AfterAll
  static void deleteFile() throws IOException {
    Files.delete(file);
  }

  @FuzzTest(maxDuration = "3m")
  void aHeaderIsRefusedOrItsTensorsTileTheFile(byte[] bytes) throws IOException {
    Optional<Shard> shard = read(bytes);
    if (shard.isPresent()) {
      assertTiled(shard.get(), bytes.length);
      assertSurvivesWriting(shard.get());
    }
  }

  /// Empty if the bytes are refused.
  private static Optional<Shard> read(byte[] bytes) throws IOException {
    try (FileChannel channel =
        FileChannel.open(
            file,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE,
            StandardOpenOption.TRUNCATE_EXISTING)) {
      channel.write(ByteBuffer.wrap(bytes), 0);
      return read(channel);
    }
  }

  private static Optional<Shard> read(FileChannel channel) throws IOException {
    try {
      return Optional.of(HeaderReader.read(file, channel, 0));
    } catch (InputException e) {
      assertTrue(String.valueOf(e.getMessage()).startsWith(file + ": "), e.getMessage());
      assertTrue(String.valueOf(e.getMessage()).length() < 2000, e.getMessage());
      return Optional.empty();
    }
  }

  private static void assertTiled(Shard shard, long size) {
    assertEquals(size, shard.size());
    long end = shard.tensors().isEmpty() ? size : shard.tensors().getFirst().offset();
    for (StoredTensor tensor : shard.tensors()) {
      assertEquals(end, tensor.offset(), tensor.name());
      end += tensor.byteSize();
    }
    assertEquals(size, end);
  }

  /// What was read can be written, and is then read as the same.
  private static void assertSurvivesWriting(Shard shard) throws IOException {
    List<TensorInfo> infos = shard.tensors().stream().map(StoredTensor::info).toList();
    byte[] header = HeaderWriter.write(shard.metadata(), infos);
    long data = infos.stream().mapToLong(TensorInfo::byteSize).sum();
    byte[] bytes = java.util.Arrays.copyOf(header, Math.toIntExact(header.length + data));
    Shard again = read(bytes).orElseThrow();
    assertEquals(shard.metadata(), again.metadata());
    assertEquals(infos, again.tensors().stream().map(StoredTensor::info).toList());
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
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      for (int at = 0; at < bytes.length; at++) {
        for (int flip = 1; flip < 256; flip++) {
          channel.write(ByteBuffer.wrap(new byte[] {(byte) (bytes[at] ^ flip)}), at);
          Optional<Shard> shard = read(channel);
          if (shard.isPresent()) {
            assertEquals(layout, layout(shard.get()), "byte " + at + " ^ " + flip);
            read++;
          }
        }
        channel.write(ByteBuffer.wrap(new byte[] {bytes[at]}), at);
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

  private static List<String> layout(Shard shard) {
    return shard.tensors().stream().map(t -> t.offset() + " + " + t.byteSize()).toList();
  }
}

package org.lines4j.format;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lines4j.tensor.DType;
import org.lines4j.tensor.Shape;
import org.lines4j.tensor.TensorInfo;

class CheckpointWriterTest {
  private static final TensorInfo FLAGS = new TensorInfo("flags", DType.BOOL, Shape.of(3));
  private static final TensorInfo MATRIX = new TensorInfo("matrix", DType.F32, Shape.of(2, 2));
  private static final TensorInfo WIDE = new TensorInfo("wide", DType.F64, Shape.of());
  private static final List<TensorInfo> ALL = List.of(FLAGS, MATRIX, WIDE);

  @TempDir private Path folder;

  private Path file() {
    return folder.resolve("model.safetensors");
  }

  private CheckpointWriter writer(List<TensorInfo> tensors) throws IOException {
    return CheckpointWriter.create(file(), tensors, Map.of("format", "pt"));
  }

  private static MemorySegment bytes(TensorInfo tensor) {
    byte[] bytes = new byte[(int) tensor.byteSize()];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) ((i + bytes.length) % 2);
    }
    return MemorySegment.ofArray(bytes).asReadOnly();
  }

  private void writeAll(List<TensorInfo> tensors) throws IOException {
    try (CheckpointWriter writer = writer(tensors)) {
      for (TensorInfo tensor : tensors) {
        writer.write(tensor.name(), bytes(tensor));
      }
      writer.publish();
    }
  }

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void whatIsWrittenIsReadBack() throws IOException {
    writeAll(ALL);
    try (Checkpoint checkpoint = Checkpoint.open(file())) {
      assertEquals(3, checkpoint.tensors().size());
      for (TensorInfo tensor : ALL) {
        StoredTensor stored = checkpoint.find(tensor.name()).orElseThrow();
        assertEquals(tensor, stored.info());
        MemorySegment read = MemorySegment.ofArray(new byte[(int) tensor.byteSize()]);
        checkpoint.source(stored).read(0, read);
        assertArrayEquals(
            bytes(tensor).toArray(ValueLayout.JAVA_BYTE), read.toArray(ValueLayout.JAVA_BYTE));
      }
    }
  }

  @Test
  void widerTypesLieFirstSoThatAllAreAligned() throws IOException {
    writeAll(ALL);
    byte[] file = Files.readAllBytes(file());
    byte[] values = new byte[8 + 16 + 3];
    int at = 0;
    for (TensorInfo tensor : List.of(WIDE, MATRIX, FLAGS)) {
      byte[] bytes = bytes(tensor).toArray(ValueLayout.JAVA_BYTE);
      System.arraycopy(bytes, 0, values, at, bytes.length);
      at += bytes.length;
    }
    int start = file.length - values.length;
    assertEquals(0, start % 64);
    assertArrayEquals(values, Arrays.copyOfRange(file, start, file.length));
  }

  @Test
  void theBytesDoNotDependOnTheOrderOfWritingAndOfMetadata() throws IOException {
    Map<String, String> upward = new LinkedHashMap<>();
    Map<String, String> downward = new LinkedHashMap<>();
    for (int i = 0; i < 9; i++) {
      upward.put("key" + i, "");
      downward.put("key" + (8 - i), "");
    }
    Path other = folder.resolve("other.safetensors");
    try (CheckpointWriter up = CheckpointWriter.create(file(), ALL, upward);
        CheckpointWriter down = CheckpointWriter.create(other, ALL, downward)) {
      for (TensorInfo tensor : ALL) {
        up.write(tensor.name(), bytes(tensor));
      }
      for (TensorInfo tensor : ALL.reversed()) {
        down.write(tensor.name(), bytes(tensor));
      }
      up.publish();
      down.publish();
    }
    assertArrayEquals(Files.readAllBytes(file()), Files.readAllBytes(other));
  }

  @Test
  void aFileWithoutTensorsIsReadable() throws IOException {
    writeAll(List.of());
    try (Checkpoint checkpoint = Checkpoint.open(file())) {
      assertEquals(List.of(), checkpoint.tensors());
    }
  }

  @Test
  void nothingIsInPlaceBeforeAllIsPublished() throws IOException {
    try (CheckpointWriter writer = writer(List.of(FLAGS))) {
      writer.write("flags", bytes(FLAGS));
      assertEquals(List.of(".model.safetensors.lines-partial"), names());
      writer.publish();
    }
    assertEquals(List.of("model.safetensors"), names());
  }

  @Test
  void whatIsGivenUpLeavesTheOldFile() throws IOException {
    Files.writeString(file(), "old");
    try (CheckpointWriter writer = writer(ALL)) {
      writer.write("flags", bytes(FLAGS));
      IllegalStateException failure = assertThrows(IllegalStateException.class, writer::publish);
      assertEquals(file() + ": not written yet: matrix, wide", failure.getMessage());
    }
    assertEquals("old", Files.readString(file()));
    assertEquals(List.of("model.safetensors"), names());
  }

  @Test
  void aFailedPublicationLeavesNothingBehind() throws IOException {
    Files.createDirectories(file().resolve("full"));
    assertThrows(IOException.class, () -> writeAll(ALL));
    assertEquals(List.of("model.safetensors"), names());
  }

  @Test
  void anInterruptLeavesNothingBehind() throws IOException {
    try (CheckpointWriter writer = writer(ALL)) {
      Thread.currentThread().interrupt();
      assertThrows(IOException.class, () -> writer.write("flags", bytes(FLAGS)));
    } finally {
      assertTrue(Thread.interrupted());
    }
    assertEquals(List.of(), names());
  }

  @Test
  void aPublishedFileReplacesTheOldOne() throws IOException {
    Files.writeString(file(), "old");
    writeAll(ALL);
    try (Checkpoint checkpoint = Checkpoint.open(file())) {
      assertEquals(3, checkpoint.tensors().size());
    }
  }

  @Test
  void wrongSizesAreRefused() throws IOException {
    try (CheckpointWriter writer = writer(ALL)) {
      IllegalArgumentException failure =
          assertThrows(IllegalArgumentException.class, () -> writer.write("matrix", bytes(FLAGS)));
      String message = String.valueOf(failure.getMessage());
      assertTrue(message.startsWith(file() + ": tensor matrix: "), message);
      assertTrue(message.endsWith(" takes 16 bytes, found 3"), message);
    }
  }

  @Test
  void unknownAndRepeatedTensorsAreRefused() throws IOException {
    try (CheckpointWriter writer = writer(List.of(FLAGS))) {
      writer.write("flags", bytes(FLAGS));
      IllegalArgumentException repeated =
          assertThrows(IllegalArgumentException.class, () -> writer.write("flags", bytes(FLAGS)));
      assertEquals(file() + ": tensor flags: is there already", repeated.getMessage());
      IllegalArgumentException unknown =
          assertThrows(IllegalArgumentException.class, () -> writer.write("wide", bytes(WIDE)));
      assertEquals(file() + ": tensor wide: was not announced", unknown.getMessage());
    }
  }

  @Test
  void twoTensorsOfOneNameAreRefused() throws IOException {
    IllegalArgumentException failure =
        assertThrows(IllegalArgumentException.class, () -> writer(List.of(FLAGS, FLAGS)));
    assertEquals(file() + ": two tensors are called flags", failure.getMessage());
    assertEquals(List.of(), names());
  }
}

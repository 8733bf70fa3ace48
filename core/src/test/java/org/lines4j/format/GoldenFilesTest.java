package org.lines4j.format;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.lines4j.internal.safetensors.HeaderWriter;
import org.lines4j.tensor.TensorInfo;

/// Files that the reference library wrote, and what it reads back from them: see
/// `golden/safetensors/make.py` and `versions.txt` beside it.
class GoldenFilesTest {
  private static final Path GOLDEN = golden();

  private static Path golden() {
    try {
      return Path.of(
              Objects.requireNonNull(
                      GoldenFilesTest.class.getResource("/golden/safetensors/make.py"))
                  .toURI())
          .resolveSibling("");
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  /// A row of `expected.tsv`: file, tensor, dtype, shape, bytes.
  private static Map<String, List<String>> expectedByFile() throws IOException {
    Map<String, List<String>> rows = new TreeMap<>();
    for (String line : Files.readAllLines(GOLDEN.resolve("expected.tsv"))) {
      int tab = line.indexOf('\t');
      rows.computeIfAbsent(line.substring(0, tab), _ -> new ArrayList<>())
          .add(line.substring(tab + 1));
    }
    return rows;
  }

  private static List<String> rows(Checkpoint checkpoint) throws IOException {
    List<String> rows = new ArrayList<>();
    for (StoredTensor tensor : checkpoint.tensors()) {
      byte[] bytes = new byte[Math.toIntExact(tensor.byteSize())];
      checkpoint.source(tensor).read(0, MemorySegment.ofArray(bytes));
      String shape =
          tensor.info().shape().dims().stream()
              .map(String::valueOf)
              .collect(Collectors.joining(","));
      rows.add(
          String.join(
              "\t",
              tensor.name(),
              tensor.info().dtype().name(),
              shape,
              HexFormat.of().formatHex(bytes)));
    }
    rows.sort(null);
    return rows;
  }

  @Test
  void everyFileReadsAsTheReferenceLibraryReadsIt() throws IOException {
    Map<String, List<String>> expected = expectedByFile();
    assertEquals(8, expected.size());
    for (var file : expected.entrySet()) {
      file.getValue().sort(null);
      try (Checkpoint checkpoint = Checkpoint.open(GOLDEN.resolve(file.getKey()))) {
        assertEquals(file.getValue(), rows(checkpoint), file.getKey());
      }
    }
  }

  @Test
  void foldersThatTransformersSavedReadAsTheirFilesTogether() throws IOException {
    for (String folder : List.of("single", "sharded")) {
      List<String> expected = new ArrayList<>();
      expectedByFile()
          .forEach(
              (file, rows) -> {
                if (file.startsWith(folder + "/")) {
                  expected.addAll(rows);
                }
              });
      expected.sort(null);
      try (Checkpoint checkpoint = Checkpoint.open(GOLDEN.resolve(folder))) {
        assertTrue(checkpoint.isFolder());
        assertEquals(folder.equals("single") ? 1 : 3, checkpoint.shards().size());
        assertEquals(expected, rows(checkpoint));
      }
    }
  }

  @Test
  void metadataIsKeptInItsOrder() throws IOException {
    try (Checkpoint checkpoint = Checkpoint.open(GOLDEN.resolve("names.safetensors"))) {
      Map<String, String> expected = new LinkedHashMap<>();
      expected.put("format", "pt");
      expected.put("λ", "1/2 \n\t\"{}\"");
      expected.put("", "");
      assertEquals(expected, checkpoint.shards().getFirst().metadata());
    }
  }

  @Test
  void aFileWithoutTensorsIsACheckpointWithoutTensors() throws IOException {
    for (String file : List.of("no-tensors.safetensors", "only-metadata.safetensors")) {
      try (Checkpoint checkpoint = Checkpoint.open(GOLDEN.resolve(file))) {
        assertEquals(List.of(), checkpoint.tensors());
        assertEquals(0, checkpoint.byteSize());
      }
    }
  }

  /// `written.safetensors` holds what this test writes; `make.py` has read it with the reference
  /// library and compared every tensor with the originals all 32.
  @Test
  void theHeaderThatWeWriteIsTheOneThatTheReferenceLibraryHasRead() throws IOException {
    List<TensorInfo> tensors = new ArrayList<>();
    List<byte[]> data = new ArrayList<>();
    for (String name : List.of("dtypes", "narrow-dtypes", "shapes", "names")) {
      try (Checkpoint checkpoint = Checkpoint.open(GOLDEN.resolve(name + ".safetensors"))) {
        for (StoredTensor tensor : checkpoint.tensors()) {
          tensors.add(tensor.info());
          byte[] bytes = new byte[Math.toIntExact(tensor.byteSize())];
          checkpoint.source(tensor).read(0, MemorySegment.ofArray(bytes));
          data.add(bytes);
        }
      }
    }
    java.io.ByteArrayOutputStream written = new java.io.ByteArrayOutputStream();
    Map<String, String> metadata = new LinkedHashMap<>();
    metadata.put("format", "pt");
    metadata.put("λ", "1/2 \n\t\"{}\"");
    written.writeBytes(HeaderWriter.write(metadata, tensors));
    data.forEach(written::writeBytes);
    Path golden = GOLDEN.resolve("written").resolve("ours.safetensors");
    assertArrayEquals(Files.readAllBytes(golden), written.toByteArray());
  }

  @Test
  void theDataOfAFileThatWeWriteStartsAtAMultipleOf64Bytes() {
    for (int length = 0; length < 130; length++) {
      byte[] header = HeaderWriter.write(Map.of("k", "x".repeat(length)), List.of());
      assertEquals(0, header.length % HeaderWriter.ALIGNMENT, "metadata of length " + length);
    }
  }
}

package org.lines4j.internal.foreign;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.lines4j.error.InputException;
import org.lines4j.format.Checkpoint;

/// Files of other formats are called what they are, by what they hold and not by their names.
class ForeignFilesTest {
  @TempDir Path folder;

  private String refusal(String name, byte[] content) throws IOException {
    Path file = Files.write(folder.resolve(name), content);
    InputException refusal =
        assertThrows(InputException.class, () -> Checkpoint.open(file).close());
    String message = Objects.requireNonNull(refusal.getMessage());
    assertTrue(message.startsWith(file + ": "), message);
    return message.substring(file.toString().length() + 2);
  }

  private String refusal(String latin) throws IOException {
    return refusal(
        "model.weights", (latin + "x".repeat(600)).getBytes(StandardCharsets.ISO_8859_1));
  }

  private static byte[] zip(String entry) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      zip.putNextEntry(new ZipEntry(entry));
      zip.write(new byte[20]);
    }
    return bytes.toByteArray();
  }

  @Test
  void namesAreQuotedForTheShell() throws IOException {
    String message = refusal("it's mine.npz", zip("a.npy"));
    assertTrue(message.endsWith("/it'\\''s mine.safetensors'"), message);
  }

  @Test
  void aShardThatIsACheckpointOfPyTorchIsNamedAsSuch() throws IOException {
    Path shard = folder.resolve("model.safetensors");
    for (byte[] content :
        List.of(zip("archive/data.pkl"), new byte[] {(byte) 0x80, 2, '}', 'q', 0, 0, 0, 0, 0})) {
      Files.write(shard, content);
      InputException refusal =
          assertThrows(InputException.class, () -> Checkpoint.open(folder).close());
      String message = String.valueOf(refusal.getMessage());
      assertTrue(message.startsWith(shard + ": a checkpoint of PyTorch (a "), message);
    }
  }

  @Test
  void arraysOfNumPyComeWithTheCommandThatConvertsThem() throws IOException {
    String message = refusal("w.npz", zip("a.npy"));
    assertTrue(message.startsWith("arrays of NumPy (.npz), not a safetensors file; "), message);
    assertTrue(message.contains("numpy.load(sys.argv[1])"), message);
  }

  @Test
  void anotherZipSaysWhatItHolds() throws IOException {
    String message = refusal("w.keras", zip("metadata.json"));
    assertTrue(message.startsWith("a zip archive, its first file metadata.json, not"), message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\\u0080\\u0002}q\\u0000(X                   | a pickle, but none that torch.save has"
            + " written",
        "\\u0080\\u0002\\u008a\\n"
            + "l\\u00fc\\u009cF\\u00f9 | a pickle, but none that torch.save has written",
        "\\u0080\\u0004\\u0095\\u0000\\u0000\\u0001\\u0000\\u0000 | a pickle, but none that"
            + " torch.save has written",
        "tjgg\\u0003\\u0000\\u0000\\u0000            | a model of llama.cpp in a format before"
            + " GGUF",
        "\\u0089HDF\\r"
            + "\\n"
            + "\\u001a\\n"
            + "                  | an HDF5 file, as Keras and TensorFlow write, not",
        "\\u0093NUMPY\\u0001\\u0000v\\u0000          | a single array of NumPy, not",
        "\\u0008\\u0008\\u0012\\u0007pytorch         | probably a graph of ONNX, not",
        "\\u001c\\u0000\\u0000\\u0000TFL3            | a model of TensorFlow Lite, not",
        "\\u001f\\u008b\\u0008\\u0000\\u0000\\u0000\\u0000\\u0000 | a file packed by gzip, not",
        "(\\u00b5/\\u00fd\\u0004\\u0000\\u0000\\u0000 | a file packed by Zstandard, not",
        "\\u0081\\u00a6params\\u0082                  | probably MessagePack, as Flax writes, not",
        "<!DOCTYPE html><html>                        | a web page, not",
        "{\"a\": 1} and text                          | a text, not",
        "version https://git-lfs.github.com/spec/v1   | a pointer of Git LFS, not",
      })
  void itsFirstBytesTellWhatAFileIs(String bytes, String expected) throws IOException {
    String message = refusal(unescaped(bytes));
    assertTrue(message.startsWith(expected), message);
  }

  /// With bytes for their numbers, which Java's own translation does not know.
  private static String unescaped(String text) {
    return java.util.regex.Pattern.compile("\\\\u([0-9a-f]{4})")
        .matcher(text)
        .replaceAll(
            match ->
                java.util.regex.Matcher.quoteReplacement(
                    String.valueOf((char) Integer.parseInt(match.group(1), 16))))
        .replace("\\r", "\r")
        .replace("\\n", "\n");
  }

  @Test
  void aRecipeIsNotCalledAFileWithoutWeightsAlone() throws IOException {
    assertEquals(
        "a YAML text, such as a recipe, not a safetensors file; merge what it says first, and name"
            + " the output",
        refusal("r.yml", "merge_method: ties".getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void aDownloadThatWasNotCompletedIsAllZeros() throws IOException {
    String message = refusal("model.safetensors", new byte[2000]);
    assertTrue(message.startsWith("nothing but zeros at its start"), message);
  }

  @Test
  void whatIsNotKnownIsRefusedAsBefore() throws IOException {
    byte[] noise = {-1, -2, -3, -4, -5, -6, -7, -8, 1, 2, 3, 4};
    assertEquals(
        "not a safetensors file: the first 8 bytes give a header of 17940079379270925055 bytes, at"
            + " most 100000000 are allowed",
        refusal("noise", noise).replaceAll("header of \\d+", "header of 17940079379270925055"));
  }
}

package org.lines4j.format;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.lines4j.error.InputException;
import org.lines4j.testing.Safetensors;

/// Whatever the bytes, an index is refused with an [InputException], or it names every tensor of
/// the files that it names, which lie beside it.
///
/// To fuzz for real: `JAZZER_FUZZ=1 ./mvnw -pl core test -Dtest=IndexFuzzTest -Djazzer.hooks=true`.
class IndexFuzzTest {
  private static final List<List<String>> MODELS =
      List.of(List.of("a", "b"), List.of("c"), List.of("a", "b", "c"));

  private static Path folder = Path.of("");
  private static Path index = Path.of("");

  @BeforeAll
  static void makeFolder() throws IOException {
    folder = Files.createTempDirectory("index");
    index = folder.resolve("model.safetensors.index.json");
    write("1.safetensors", Safetensors.u8("a", 0, 1) + "," + Safetensors.u8("b", 1, 2), 2);
    write("2.safetensors", Safetensors.u8("c", 0, 3), 3);
  }

  private static void write(String name, String entries, int bytes) throws IOException {
    Files.write(folder.resolve(name), Safetensors.file("{" + entries + "}", bytes));
  }

  @AfterAll
  static void deleteFolder() throws IOException {
    for (String name : List.of("1.safetensors", "2.safetensors")) {
      Files.delete(folder.resolve(name));
    }
    Files.deleteIfExists(index);
    Files.delete(folder);
  }

  @FuzzTest(maxDuration = "3m")
  void anIndexIsRefusedOrNamesWhatItsFilesHold(byte[] bytes) throws IOException {
    Files.write(index, bytes);
    try (Checkpoint checkpoint = Checkpoint.open(folder)) {
      List<String> names = checkpoint.tensors().stream().map(StoredTensor::name).toList();
      assertTrue(MODELS.contains(names), names.toString());
      for (Shard shard : checkpoint.shards()) {
        assertEquals(folder, shard.location().path().getParent());
      }
    } catch (InputException e) {
      String message = String.valueOf(e.getMessage());
      assertTrue(message.startsWith(folder.toString()), message);
      assertTrue(message.length() < 2000, message);
    }
  }
}

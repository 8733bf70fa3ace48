package org.lines4j.internal.lora;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.lines4j.error.InputException;
import org.lines4j.format.Checkpoint;
import org.lines4j.format.StoredTensor;
import org.lines4j.storage.Location;
import org.lines4j.testing.TensorContents;

/// Whatever the bytes, an adapter's configuration is refused with an [InputException], or its
/// adapter is the base with other numbers.
///
/// To fuzz for real: `JAZZER_FUZZ=1 ./mvnw -pl core test -Dtest=AdapterConfigFuzzTest
/// -Djazzer.hooks=true
/// -Djazzer.disabled_hooks=com.code_intelligence.jazzer.sanitizers.RegexInjection`: patterns of
/// configurations are meant to be patterns, and [org.lines4j.layers.NameSearch] counts what they
/// cost.
class AdapterConfigFuzzTest {
  private static final Path PEFT = Path.of("src", "test", "resources", "peft");
  private static final Path BASE = PEFT.resolve("bases").resolve("llama");
  private static final String WEIGHTS = "adapter_model.safetensors";

  private static Path folder = Path.of("");

  @BeforeAll
  static void makeFolder() throws IOException {
    folder = Files.createTempDirectory("adapter");
    Files.copy(
        PEFT.resolve("adapters").resolve("llama_qv").resolve(WEIGHTS), folder.resolve(WEIGHTS));
  }

  @AfterAll
  static void deleteFolder() throws IOException {
    Files.delete(folder.resolve(WEIGHTS));
    Files.deleteIfExists(folder.resolve(Adapter.CONFIG));
    Files.delete(folder);
  }

  @FuzzTest(maxDuration = "3m")
  void aConfigurationIsRefusedOrItsAdapterChangesNumbersAlone(byte[] bytes) throws IOException {
    Files.write(folder.resolve(Adapter.CONFIG), bytes);
    try (Checkpoint base = Checkpoint.open(BASE);
        Checkpoint adapted = Checkpoint.openOn(base, Location.of(folder))) {
      assertEquals(base.infos(), adapted.infos());
      StoredTensor tensor = adapted.tensors().getFirst();
      assertEquals(
          tensor.byteSize(), TensorContents.bytes(adapted.source(tensor)).length, tensor.name());
    } catch (InputException e) {
      String message = String.valueOf(e.getMessage());
      assertTrue(message.startsWith(folder.toString()), message);
      assertTrue(message.length() < 2000, message);
    }
  }
}

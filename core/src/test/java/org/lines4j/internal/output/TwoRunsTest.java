package org.lines4j.internal.output;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lines4j.error.RequestException;
import org.lines4j.storage.Draft;
import org.lines4j.storage.Location;
import org.lines4j.testing.EditProcess;
import org.lines4j.testing.Models;

/// Two runs to one output at a time: the second is refused.
class TwoRunsTest {
  @TempDir Path folder;
  private Path base;
  private Path tuned;
  private Path out;

  @BeforeEach
  void makeModels() throws IOException {
    base = Models.file(folder.resolve("base.safetensors"), 3, 1000, 1);
    tuned = Models.file(folder.resolve("tuned.safetensors"), 3, 1000, 2);
    out = folder.resolve("out.safetensors");
  }

  private String refusal() {
    RequestException refusal =
        assertThrows(RequestException.class, () -> EditProcess.edit(base, tuned, out, 0.1));
    return String.valueOf(refusal.getMessage());
  }

  private void assertRefusedInAnotherProcess() throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(EditProcess.command(base, tuned, out, 1))
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertEquals(2, process.waitFor(), output);
    assertTrue(output.contains("another run is writing this output at the moment"), output);
  }

  @Test
  void theSecondIsRefusedInTheSameProcessAndInAnother() throws IOException, InterruptedException {
    try (Draft _ = Destination.of(Location.of(out)).draft()) {
      assertRefusedInAnotherProcess();
      for (int i = 0; i < 3; i++) {
        assertEquals(out + ": another run is writing this output at the moment", refusal());
        System.gc();
      }
      // A refused run must not have given up the lock of the one at work.
      assertRefusedInAnotherProcess();
    }
    EditProcess.edit(base, tuned, out, 0.1);
    assertEquals(
        List.of("base.safetensors", "out.safetensors", "tuned.safetensors"), Models.names(folder));
  }

  @Test
  void runsToOtherOutputsAreNotConcerned() throws IOException {
    try (Draft _ = Destination.of(Location.of(folder.resolve("other.safetensors"))).draft()) {
      EditProcess.edit(base, tuned, out, 0.1);
    }
  }
}

package org.lines4j.internal.local;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.lines4j.testing.EditProcess;
import org.lines4j.testing.Models;

/// A process that may have few files open works with many.
final class FewHandlesTest {
  @TempDir private Path folder;

  @Test
  @EnabledOnOs(OS.LINUX)
  void modelsOfMoreFilesThanMayBeOpenAreEdited() throws IOException, InterruptedException {
    Path base = Models.sharded(folder.resolve("base"), 60, 8, 1);
    Path tuned = Models.sharded(folder.resolve("tuned"), 60, 8, 2);
    List<String> command = new ArrayList<>(List.of("sh", "-c", "ulimit -n 60; exec \"$@\"", "-"));
    command.addAll(EditProcess.command(base, tuned, folder.resolve("out"), 1));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertEquals(0, process.waitFor(), output);
    assertTrue(Files.exists(folder.resolve("out/model-00061-of-00061.safetensors")), output);
  }

  @Test
  void theLimitIsThatOfTheSystem() {
    assertEquals(
        256,
        Handles.in(
            """
            Limit                     Soft Limit           Hard Limit           Units
            Max processes             30446                30446                processes
            Max open files            256                  4096                 files
            """));
    assertEquals(1024, Handles.in(""));
    assertEquals(1024, Handles.in("Max open files            unlimited   unlimited   files\n"));
  }

  @Test
  void whoMeetsItIsToldWhatToDo() {
    Path file = Path.of("x");
    IOException met = new FileSystemException("x", null, "Too many open files");
    String message = String.valueOf(Handles.told(file, met).getMessage());
    assertTrue(message.startsWith("x: too many open files: this process may have "), message);
    assertTrue(message.endsWith("'ulimit -n 1024'"), message);
    IOException other = new IOException("something else");
    assertEquals(other, Handles.told(file, other));
  }
}

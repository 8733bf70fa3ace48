package org.lines4j.internal.output;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.lines4j.Edit;
import org.lines4j.format.Checkpoint;
import org.lines4j.plan.Plan;
import org.lines4j.plan.Progress;
import org.lines4j.plan.RunOptions;
import org.lines4j.testing.Models;

/// An input that another program writes to between the plan and the end of the run.
class ChangedInputTest {
  private interface Change {
    void apply(Path file) throws IOException;
  }

  @TempDir Path folder;

  /// Plans, applies `change` to the tuned model, runs, and says what came of it.
  private String failure(String out, boolean whileRunning, Change change) throws IOException {
    Path base = Models.folder(folder.resolve("base"), 3, 100_000, 1);
    Path tuned = Models.folder(folder.resolve("tuned"), 3, 100_000, 2);
    Path file = tuned.resolve("model.safetensors");
    Files.setLastModifiedTime(file, java.nio.file.attribute.FileTime.fromMillis(0));
    String message;
    try (Checkpoint from = Checkpoint.open(base);
        Checkpoint to = Checkpoint.open(tuned)) {
      Plan plan = Edit.of(from, to).plan(folder.resolve(out));
      RunOptions options = RunOptions.defaults();
      if (whileRunning) {
        options = options.withProgress(whenWritten(() -> apply(change, file)));
      } else {
        apply(change, file);
      }
      RunOptions chosen = options;
      IOException failure = assertThrows(IOException.class, () -> plan.run(chosen));
      message = String.valueOf(failure.getMessage());
    }
    assertTrue(message.startsWith(file + ": "), message);
    assertEquals(List.of("base", "tuned"), Models.names(folder));
    Models.delete(base);
    Models.delete(tuned);
    return message.substring(file.toString().length() + 2);
  }

  private static void apply(Change change, Path file) {
    try {
      change.apply(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Progress whenWritten(Runnable action) {
    return new Progress() {
      @Override
      public void start(String phase, long totalBytes) {}

      @Override
      public void advance(long bytes) {
        action.run();
      }
    };
  }

  private static void cut(Path file, long size) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.truncate(size);
    }
  }

  private static void overwrite(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.allocate(4), channel.size() - 4);
    }
  }

  @Test
  void aFileThatBecameShorterSaysWhichTensorAndWhere() throws IOException {
    for (String out : List.of("out", "out.safetensors")) {
      String message = failure(out, false, file -> cut(file, 500_000));
      assertTrue(
          message.matches(
              "tensor model\\.layers\\.1\\.mlp\\.weight: the file ended at byte 500000 while it was"
                  + " read; it had \\d+ when opened"),
          message);
    }
  }

  @Test
  void aFileThatBecameShorterAfterItWasReadIsNoticedToo() throws IOException {
    for (String out : List.of("out", "out.safetensors")) {
      assertEquals(
          "changed while it was read; run again when it is complete",
          failure(out, true, file -> cut(file, 500_000)));
    }
  }

  @Test
  void aFileThatWasWrittenToIsNoticed() throws IOException {
    for (boolean whileRunning : new boolean[] {false, true}) {
      assertEquals(
          "changed while it was read; run again when it is complete",
          failure("out.safetensors", whileRunning, ChangedInputTest::overwrite));
      assertEquals(
          "changed while it was read; run again when it is complete",
          failure("out", whileRunning, ChangedInputTest::overwrite));
    }
  }

  /// The card would name the hash of the new file, the output would be made from the old one.
  @Test
  @EnabledOnOs({OS.LINUX, OS.MAC})
  void aFileThatWasReplacedIsNoticed() throws IOException {
    Change replace =
        file -> {
          Path other = Models.file(folder.resolve("other"), 3, 100_000, 3);
          Files.move(other, file, StandardCopyOption.REPLACE_EXISTING);
        };
    assertEquals(
        "changed while it was read; run again when it is complete", failure("out", false, replace));
  }

  @Test
  @EnabledOnOs({OS.LINUX, OS.MAC})
  void aFileThatWasRemovedIsNoticed() throws IOException {
    for (String out : List.of("out", "out.safetensors")) {
      assertEquals(
          "changed while it was read; run again when it is complete",
          failure(out, false, Files::delete));
    }
  }
}

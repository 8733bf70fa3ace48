package org.lines4j.internal.output;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.lines4j.Edit;
import org.lines4j.error.RequestException;
import org.lines4j.format.Checkpoint;
import org.lines4j.plan.Plan;
import org.lines4j.plan.Progress;
import org.lines4j.plan.RunOptions;
import org.lines4j.storage.Draft;
import org.lines4j.storage.Location;
import org.lines4j.testing.EditProcess;
import org.lines4j.testing.Models;

/// A full disk is noticed before the first byte, or, if it fills meanwhile, leaves nothing behind.
/// Most of it needs the right to mount a small file system, which the superuser has.
@EnabledOnOs(OS.LINUX)
class DiskFullTest {
  private static final int MODEL_BYTES = 3_000_000;

  @TempDir Path folder;
  private final List<Path> mounted = new ArrayList<>();
  private Path base;
  private Path tuned;

  @BeforeEach
  void makeModels() throws IOException {
    base = Models.folder(folder.resolve("base"), 3, MODEL_BYTES / 12, 1);
    tuned = Models.folder(folder.resolve("tuned"), 3, MODEL_BYTES / 12, 2);
  }

  /// A file system of `size` bytes.
  private Path mount(int size) throws IOException, InterruptedException {
    Path disk = Files.createDirectory(folder.resolve("disk"));
    Process mount =
        new ProcessBuilder("mount", "-t", "tmpfs", "-o", "size=" + size, "none", disk.toString())
            .redirectErrorStream(true)
            .start();
    String output = new String(mount.getInputStream().readAllBytes(), UTF_8);
    assumeTrue(
        mount.waitFor() == 0, "NOT TESTED: a full disk, because nothing may be mounted: " + output);
    mounted.add(disk);
    return disk;
  }

  @AfterEach
  void unmount() throws IOException, InterruptedException {
    for (Path disk : mounted) {
      assertEquals(0, new ProcessBuilder("umount", disk.toString()).inheritIO().start().waitFor());
    }
  }

  private static void fill(Path disk) throws IOException {
    long free = Files.getFileStore(disk).getUsableSpace();
    Files.write(disk.resolve("filler"), new byte[Math.toIntExact(free)]);
  }

  private void assertNoRoom(Path out) {
    IOException failure =
        assertThrows(IOException.class, () -> EditProcess.edit(base, tuned, out, 0.1));
    String message = String.valueOf(failure.getMessage());
    assertTrue(message.startsWith(out + ": not enough room: the output takes "), message);
    assertTrue(message.endsWith(" free; make room, or name another output"), message);
  }

  @Test
  void aDiskThatIsTooSmallIsNoticedBeforeAnythingIsWritten()
      throws IOException, InterruptedException {
    Path disk = mount(MODEL_BYTES / 2);
    assertNoRoom(disk.resolve("out"));
    assertNoRoom(disk.resolve("new/deep/out.safetensors"));
    assertEquals(List.of(), Models.names(disk));
  }

  @Test
  void theOldOutputStaysWhereThereIsNoRoomForBoth() throws IOException, InterruptedException {
    Path disk = mount(MODEL_BYTES * 3 / 2);
    for (String name : List.of("out", "out.safetensors")) {
      Path out = disk.resolve(name);
      EditProcess.edit(base, tuned, out, 0.1);
      Map<String, String> old = Models.content(out);
      assertNoRoom(out);
      assertEquals(old, Models.content(out));
      assertEquals(List.of(name), Models.names(disk));
      Models.delete(out);
    }
  }

  @Test
  void aDiskThatFillsDuringTheRunLeavesNothingBehind() throws IOException, InterruptedException {
    Path disk = mount(MODEL_BYTES * 3);
    for (String name : List.of("out", "out.safetensors")) {
      Path out = disk.resolve(name);
      EditProcess.edit(base, tuned, out, 0.1);
      Map<String, String> old = Models.content(out);
      try (Checkpoint from = Checkpoint.open(base);
          Checkpoint to = Checkpoint.open(tuned)) {
        Plan plan = Edit.of(from, to).withForce().plan(out);
        IOException failure =
            assertThrows(IOException.class, () -> plan.run(whenStarted(() -> fillQuietly(disk))));
        String message = String.valueOf(failure.getMessage());
        assertTrue(message.startsWith(disk + "/."), message);
        assertTrue(message.endsWith(": writing failed: No space left on device"), message);
      }
      assertEquals(old, Models.content(out));
      assertEquals(List.of("filler", name), Models.names(disk));
      Models.delete(out);
      Files.delete(disk.resolve("filler"));
    }
  }

  private static void fillQuietly(Path disk) {
    try {
      fill(disk);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static RunOptions whenStarted(Runnable action) {
    return RunOptions.defaults()
        .withProgress(
            new Progress() {
              @Override
              public void start(String phase, long totalBytes) {
                action.run();
              }

              @Override
              public void advance(long bytes) {}
            });
  }

  /// Else a user would have to find and remove a hidden folder first.
  @Test
  void whatAKilledRunLeftMakesRoomForTheNextOne() throws IOException, InterruptedException {
    Path disk = mount(MODEL_BYTES * 3 / 2);
    Path out = disk.resolve("out");
    Path left = Files.createDirectories(disk.resolve(".out.lines-partial/new"));
    Files.write(left.resolve("model.safetensors"), new byte[MODEL_BYTES]);
    Files.write(left.resolve("../lock"), new byte[7]);
    EditProcess.edit(base, tuned, out, 0.1);
    assertEquals(List.of("out"), Models.names(disk));
  }

  @Test
  void theRoomOfARunAtWorkIsNotTaken() throws IOException, InterruptedException {
    Path disk = mount(MODEL_BYTES * 3 / 2);
    Path out = disk.resolve("out");
    try (Draft draft = Destination.of(Location.of(out)).draft()) {
      draft.write("model.safetensors", new byte[MODEL_BYTES]);
      assertThrows(RequestException.class, () -> EditProcess.edit(base, tuned, out, 0.1));
      assertEquals(
          MODEL_BYTES, Files.size(disk.resolve(".out.lines-partial/new/model.safetensors")));
    }
  }

  /// The output is made beside what it replaces, not inside it.
  @Test
  void theDiskThatCountsIsTheOneThatTheOutputsFolderIsOn()
      throws IOException, InterruptedException {
    Path disk = mount(MODEL_BYTES / 2);
    Models.folder(disk.resolve("old"), 1, 10, 3);
    Path out = Files.createSymbolicLink(folder.resolve("out"), disk.resolve("old"));
    EditProcess.edit(base, tuned, out, 0.1);
    assertEquals(3, Models.names(out).size());
    assertEquals(2, Models.names(disk.resolve("old")).size());
  }

  /// As a container's volume is, which nothing can take the place of when all is written.
  @Test
  void aDiskItselfIsNoOutput() throws IOException, InterruptedException {
    Path disk = mount(2 * MODEL_BYTES);
    RequestException refusal =
        assertThrows(RequestException.class, () -> EditProcess.edit(base, tuned, disk, 0.1));
    assertEquals(
        disk + ": is a mount point, which cannot be replaced; name a folder in it",
        refusal.getMessage());
    EditProcess.edit(base, tuned, disk.resolve("model"), 0.1);
    assertEquals(List.of("model"), Models.names(disk));
  }

  /// Needs no rights: a limit on the size of files makes writing fail.
  @Test
  void aProcessThatMayNotWriteSoMuchFailsAndLeavesNothingBehind()
      throws IOException, InterruptedException {
    Path work = Files.createDirectory(folder.resolve("work"));
    for (String name : List.of("out", "out.safetensors")) {
      List<String> command =
          new ArrayList<>(List.of("bash", "-c", "ulimit -f 2000; exec \"$@\"", "-"));
      command.addAll(EditProcess.command(base, tuned, work.resolve(name), 1));
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      String output = new String(process.getInputStream().readAllBytes(), UTF_8);
      assertEquals(1, process.waitFor(), output);
      assertTrue(output.contains("writing failed: File too large"), output);
      assertEquals(List.of(), Models.names(work));
    }
  }
}

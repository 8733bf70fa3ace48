package org.lines4j.internal.output;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
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

/// Where an output may go, and that it comes there whole or not at all.
class PublishTest {
  @TempDir Path folder;
  private Path inputs;
  private Path outputs;
  private Path base;
  private Path tuned;
  private Map<String, String> before;

  @BeforeEach
  void makeModels() throws IOException {
    inputs = Files.createDirectory(folder.resolve("inputs"));
    outputs = Files.createDirectory(folder.resolve("outputs"));
    base = Models.folder(inputs.resolve("base"), 3, 1000, 1);
    tuned = Models.folder(inputs.resolve("tuned"), 3, 1000, 2);
    before = Models.content(inputs);
  }

  @AfterEach
  void inputsAreNeverTouched() throws IOException {
    assertEquals(before, Models.content(inputs));
  }

  private void edit(Path out, boolean force) throws IOException {
    edit(base, tuned, out, force);
  }

  private static void edit(Path base, Path tuned, Path out, boolean force) throws IOException {
    try (Checkpoint from = Checkpoint.open(base);
        Checkpoint to = Checkpoint.open(tuned)) {
      Edit edit = Edit.of(from, to);
      (force ? edit.withForce() : edit).plan(out).run();
    }
  }

  /// What the refusal says after OUT.
  private String refusal(Path out, boolean force) {
    return refusal(base, tuned, out, force);
  }

  private static String refusal(Path base, Path tuned, Path out, boolean force) {
    String message =
        String.valueOf(
            assertThrows(RequestException.class, () -> edit(base, tuned, out, force)).getMessage());
    assertTrue(message.startsWith(out + ": "), message);
    return message.substring(out.toString().length() + 2);
  }

  private void assertInputRefused(Path from, Path to, Path out) {
    String message = refusal(from, to, out, true);
    assertTrue(message.startsWith("is or holds the input "), message);
  }

  @Test
  void aFileIsMadeAndNothingElse() throws IOException {
    edit(outputs.resolve("new/deep/out.safetensors"), false);
    assertEquals(List.of("out.safetensors"), Models.names(outputs.resolve("new/deep")));
  }

  @Test
  void aFolderIsMadeAndNothingElse() throws IOException {
    edit(outputs.resolve("out"), false);
    assertEquals(List.of("out"), Models.names(outputs));
    assertEquals(
        List.of("README.md", "config.json", "model.safetensors"),
        Models.names(outputs.resolve("out")));
  }

  @Test
  void anEmptyFolderIsFilled() throws IOException {
    Files.createDirectory(outputs.resolve("out"));
    edit(outputs.resolve("out"), false);
    assertEquals(3, Models.names(outputs.resolve("out")).size());
    assertEquals(List.of("out"), Models.names(outputs));
  }

  @Test
  void whatExistsIsReplacedOnlyByForce() throws IOException {
    for (String name : List.of("out", "out.safetensors")) {
      Path out = outputs.resolve(name);
      edit(out, false);
      Map<String, String> first = Models.content(out);
      assertEquals("exists already; force replaces it", refusal(out, false));
      assertEquals(first, Models.content(out));
      EditProcess.edit(base, tuned, out, 0.7);
      assertTrue(!first.equals(Models.content(out)), "replaced");
      edit(out, true);
      assertEquals(first, Models.content(out));
    }
    assertEquals(List.of("out", "out.safetensors"), Models.names(outputs));
  }

  @Test
  void nothingOfAReplacedFolderIsLeft() throws IOException {
    Path out = outputs.resolve("out");
    Models.sharded(out, 5, 10, 3);
    Files.createDirectories(out.resolve("sub/sub"));
    Files.writeString(out.resolve("sub/sub/file"), "");
    edit(out, true);
    assertEquals(List.of("README.md", "config.json", "model.safetensors"), Models.names(out));
    assertEquals(List.of("out"), Models.names(outputs));
  }

  @Test
  void aFolderThatIsNoModelIsNotReplacedEvenByForce() throws IOException {
    Path out = Files.createDirectory(outputs.resolve("thesis"));
    Files.writeString(out.resolve("chapter1.tex"), "");
    for (boolean force : List.of(false, true)) { // that force replaces it would be wrong advice
      assertEquals(
          "is not empty and holds no .safetensors file, so it is not replaced as a model folder;"
              + " choose another output or empty it",
          refusal(out, force));
    }
  }

  @Test
  void aFolderIsNotReplacedByAFileNorAFileByAFolder() throws IOException {
    Path out = Files.createDirectory(outputs.resolve("out.safetensors"));
    assertEquals("is a folder; a name with that ending means a file", refusal(out, true));
    Path file = Files.writeString(outputs.resolve("file"), "");
    assertEquals(
        "is a file; name a folder, or a file that ends in .safetensors or .pt",
        refusal(file, true));
    assertEquals(file + " is not a folder", refusal(file.resolve("out"), true));
  }

  @Test
  void anInputIsNeverTheOutput() throws IOException {
    Path file = base.resolve("model.safetensors");
    assertInputRefused(base, tuned, base);
    assertInputRefused(base, tuned, tuned);
    assertInputRefused(file, tuned, file);
    assertInputRefused(file, tuned, base);
    assertInputRefused(base, tuned, base.resolve("model.safetensors"));
    assertInputRefused(base, tuned, inputs);
    assertInputRefused(base, tuned, folder);
  }

  @Test
  @EnabledOnOs({OS.LINUX, OS.MAC})
  void anInputIsNotTheOutputByAnotherNameEither() throws IOException {
    Path link = Files.createSymbolicLink(outputs.resolve("link"), inputs);
    assertInputRefused(base, tuned, link);
    assertInputRefused(base, tuned, link.resolve("base"));
    assertInputRefused(base, tuned, link.resolve("base/model.safetensors"));
    assertInputRefused(link.resolve("base"), tuned, base);
    Path blob = Files.createSymbolicLink(outputs.resolve("blob"), base);
    assertInputRefused(base, tuned, blob);
  }

  /// A second `.safetensors` file would make another model of the folder.
  @Test
  void aFileIsNotMadeInsideAnInputFolder() {
    assertEquals(
        "lies in the input %s, which is never touched; choose another output".formatted(base),
        refusal(base.resolve("out.safetensors"), false));
  }

  @Test
  void nothingIsMadeInsideAnInputFolder() throws IOException {
    String wanted =
        "lies in the input %s, which is never touched; choose another output".formatted(base);
    assertEquals(wanted, refusal(base.resolve("out"), false));
    assertEquals(wanted, refusal(base.resolve("new/and/deep"), true));
    Path there = Files.createDirectories(base.resolve("there"));
    assertEquals(wanted, refusal(there, true));
    Files.delete(there);
  }

  @Test
  @EnabledOnOs({OS.LINUX, OS.MAC})
  void norByAnotherName() throws IOException {
    Path link = Files.createSymbolicLink(folder.resolve("link"), base);
    assertEquals(
        "lies in the input %s, which is never touched; choose another output".formatted(base),
        refusal(link.resolve("out"), false));
  }

  @Test
  @EnabledOnOs({OS.LINUX, OS.MAC})
  void anOutputThatIsALinkIsReplacedNotFollowed() throws IOException {
    Path elsewhere = Models.folder(folder.resolve("elsewhere"), 3, 1000, 5);
    Map<String, String> content = Models.content(elsewhere);
    Path out = Files.createSymbolicLink(outputs.resolve("out"), elsewhere);
    edit(out, true);
    assertTrue(Files.isDirectory(out, LinkOption.NOFOLLOW_LINKS));
    Path file =
        Files.createSymbolicLink(
            outputs.resolve("out.safetensors"), elsewhere.resolve("model.safetensors"));
    edit(file, true);
    assertTrue(Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS));
    assertEquals(content, Models.content(elsewhere));
    assertEquals(List.of("out", "out.safetensors"), Models.names(outputs));
  }

  @Test
  @EnabledOnOs({OS.LINUX, OS.MAC})
  void anOutputThatIsALinkIsNotReplacedUnasked() throws IOException {
    Path disk = Files.createDirectory(folder.resolve("disk"));
    Path out = Files.createSymbolicLink(outputs.resolve("out"), disk);
    String refusal =
        "is a link to %s; name what it leads to; force replaces the link"
            .formatted(disk.toRealPath());
    assertEquals(refusal, refusal(out, false));
    edit(disk, false);
    assertEquals(refusal, refusal(out, false));
  }

  @Test
  @EnabledOnOs({OS.LINUX, OS.MAC})
  void anOutputThatIsALinkToNothingIsRefused() throws IOException {
    for (String name : List.of("out", "out.safetensors")) {
      Path out = Files.createSymbolicLink(outputs.resolve(name), folder.resolve("nowhere"));
      assertEquals("is a link to nothing; remove it first", refusal(out, true));
    }
  }

  /// Calls back when a run has begun to write.
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

  private static final class Interruption extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  @Test
  void aRunThatFailsLeavesNothingAndTheOldOutputAsItWas() throws IOException {
    RunOptions failing =
        whenStarted(
            () -> {
              throw new Interruption();
            });
    for (String name : List.of("out", "out.safetensors")) {
      Path out = outputs.resolve(name);
      try (Checkpoint from = Checkpoint.open(base);
          Checkpoint to = Checkpoint.open(tuned)) {
        Plan fresh = Edit.of(from, to).plan(out);
        assertThrows(Interruption.class, () -> fresh.run(failing));
        assertTrue(!Files.exists(out));
        fresh.run();
        Map<String, String> first = Models.content(out);
        Plan again = Edit.of(from, to).withForce().plan(out);
        assertThrows(Interruption.class, () -> again.run(failing));
        assertEquals(first, Models.content(out));
      }
    }
    assertEquals(List.of("out", "out.safetensors"), Models.names(outputs));
  }

  @Test
  void whatAKilledRunLeftIsClearedAway() throws IOException {
    for (String name : List.of("out", "out.safetensors")) {
      Path left = Files.createDirectories(outputs.resolve("." + name + ".lines-partial/new/sub"));
      Files.writeString(left.resolve("file"), "half");
      Files.writeString(left.resolve("../../lock"), "12345 mark");
      Files.writeString(
          left.resolve("../../model.safetensors"), "longer than it will be".repeat(9));
      edit(outputs.resolve(name), false);
    }
    assertEquals(List.of("out", "out.safetensors"), Models.names(outputs));
    assertEquals(3, Models.names(outputs.resolve("out")).size());
  }

  /// Where two folders cannot be exchanged in one step, a run may die between its two moves.
  @Test
  void anOutputThatAKilledRunHadMovedAsideComesBack() throws IOException {
    Path old = outputs.resolve(".out.lines-partial/old");
    Models.folder(old, 2, 100, 9);
    Map<String, String> content = Models.content(old);
    try (Draft _ = Destination.of(Location.of(outputs.resolve("out"))).draft()) {
      assertEquals(content, Models.content(outputs.resolve("out")));
    }
    assertEquals(List.of("out"), Models.names(outputs));
  }

  @Test
  void somethingElseInPlaceOfTheStagingFolderIsAnErrorThatNamesIt() throws IOException {
    Path left = Files.writeString(outputs.resolve(".out.lines-partial"), "a file");
    IOException failure =
        assertThrows(IOException.class, () -> edit(outputs.resolve("out"), false));
    assertEquals(left + ": should be a folder that a run makes; remove it", failure.getMessage());
  }

  @Test
  void whatAppearsAtTheOutputWhileARunIsAtWorkIsNotReplacedWithoutForce() throws IOException {
    for (String name : List.of("out", "out.safetensors")) {
      Path out = outputs.resolve(name);
      try (Checkpoint from = Checkpoint.open(base);
          Checkpoint to = Checkpoint.open(tuned)) {
        Plan plan = Edit.of(from, to).plan(out);
        RunOptions options = whenStarted(() -> copy(base, out));
        RequestException refusal = assertThrows(RequestException.class, () -> plan.run(options));
        assertEquals(out + ": exists already; force replaces it", refusal.getMessage());
        assertThrows(RequestException.class, plan::run);
      }
    }
    assertEquals(Models.content(base), Models.content(outputs.resolve("out")));
    assertEquals(List.of("out", "out.safetensors"), Models.names(outputs));
  }

  /// Copies a model folder, or its only file, to `out`.
  private static void copy(Path model, Path out) {
    try {
      if (out.toString().endsWith(".safetensors")) {
        Files.copy(model.resolve("model.safetensors"), out);
        return;
      }
      Files.createDirectory(out);
      for (String name : Models.names(model)) {
        Files.copy(model.resolve(name), out.resolve(name));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  @EnabledOnOs({OS.LINUX, OS.MAC})
  void whatIsPrivateStaysPrivateWhenItIsReplaced() throws IOException {
    Path model = Files.createDirectory(outputs.resolve("model"));
    Files.setPosixFilePermissions(model, PosixFilePermissions.fromString("rwx------"));
    edit(model, false);
    assertEquals("rwx------", rights(model));
    edit(model, true);
    assertEquals("rwx------", rights(model));
    Path file = Files.writeString(outputs.resolve("model.safetensors"), "old");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    edit(file, true);
    assertEquals("rw-------", rights(file));
  }

  @Test
  @EnabledOnOs({OS.LINUX, OS.MAC})
  void whatIsReplacedGivesNoRightsThatANewOutputLacks() throws IOException {
    Path fresh = outputs.resolve("fresh");
    edit(fresh, false);
    Path model = Files.createDirectory(outputs.resolve("model"));
    Files.setPosixFilePermissions(model, PosixFilePermissions.fromString("rwxrwxrwx"));
    edit(model, false);
    assertEquals(rights(fresh), rights(model));
  }

  /// A shell in it would see an empty folder afterwards.
  @Test
  void theCurrentFolderIsNotReplaced() {
    Path here = Path.of("").toAbsolutePath();
    String refusal = "is or holds the folder you are in, which cannot be replaced; name another";
    assertEquals(refusal, refusal(here, false));
    assertEquals(refusal, refusal(here.resolveSibling(""), true));
  }

  private static String rights(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }
}

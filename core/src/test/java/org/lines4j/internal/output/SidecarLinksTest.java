package org.lines4j.internal.output;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.lines4j.Edit;
import org.lines4j.files.FolderTree;
import org.lines4j.format.Checkpoint;
import org.lines4j.plan.Plan;
import org.lines4j.testing.Models;

/// Whoever made a model could not know, and must not choose, which of the user's files reach an
/// output.
@EnabledOnOs({OS.LINUX, OS.MAC})
class SidecarLinksTest {
  @TempDir Path folder;
  private Path base;
  private Path secret;

  @BeforeEach
  void makeBase() throws IOException {
    base = Models.folder(folder.resolve("base"), 3, 100, 1);
    secret = Files.writeString(folder.resolve("secret"), "root:x");
  }

  private List<String> edit(Path tuned) throws IOException {
    try (Checkpoint from = Checkpoint.open(base);
        Checkpoint to = Checkpoint.open(tuned)) {
      Plan plan = Edit.of(from, to).plan(folder.resolve("out"));
      plan.run();
      return plan.notices();
    }
  }

  private List<String> written() throws IOException {
    return Models.names(folder.resolve("out"));
  }

  @Test
  void linksOutOfTheModelAreNotFollowed() throws IOException {
    Path tuned = Models.folder(folder.resolve("tuned"), 3, 100, 2);
    Files.createDirectory(tuned.resolve("sub"));
    Files.createSymbolicLink(tuned.resolve("secrets.json"), Path.of("../secret"));
    Files.createSymbolicLink(tuned.resolve("second.json"), Path.of("secrets.json"));
    Files.createSymbolicLink(tuned.resolve("sub/deep.json"), secret);
    Files.createSymbolicLink(tuned.resolve("sub/etc"), folder);
    String leads = ": not copied, a link that leads out of the model's folder";
    assertEquals(
        List.of(
            "second.json" + leads,
            "secrets.json" + leads,
            "sub/deep.json" + leads,
            "sub/etc: not copied, a link to a folder"),
        edit(tuned));
    assertEquals(List.of("README.md", "config.json", "model.safetensors"), written());
    assertFalse(
        Files.readString(folder.resolve("out/README.md")).contains(folder.toString()),
        "who reads a card need not know this machine's folders");
  }

  @Test
  void linksWithinTheModelAreFollowed() throws IOException {
    Path tuned = Models.folder(folder.resolve("tuned"), 3, 100, 2);
    Files.createSymbolicLink(tuned.resolve("other.json"), Path.of("config.json"));
    Files.createSymbolicLink(folder.resolve("alias"), tuned);
    assertEquals(List.of(), edit(folder.resolve("alias")));
    assertTrue(written().contains("other.json"));
  }

  @Test
  void aCachesSnapshotHasItsFilesInItsBlobs() throws IOException {
    Path repository = folder.resolve("hub/models--acme--tiny");
    Path blobs = Files.createDirectories(repository.resolve("blobs"));
    Path made = Models.folder(folder.resolve("made"), 3, 100, 2);
    Path snapshot = Files.createDirectories(repository.resolve("snapshots/abc"));
    for (String name : Models.names(made)) {
      Files.move(made.resolve(name), blobs.resolve("of-" + name));
      Files.createSymbolicLink(snapshot.resolve(name), Path.of("../../blobs/of-" + name));
    }
    Path other = Files.createDirectories(folder.resolve("hub/models--acme--private/blobs"));
    Files.writeString(other.resolve("token"), "secret");
    Files.createSymbolicLink(
        snapshot.resolve("token.json"), Path.of("../../../models--acme--private/blobs/token"));
    List<String> notices = edit(snapshot);
    assertEquals(1, notices.size(), notices.toString());
    assertTrue(notices.getFirst().startsWith("token.json: not copied, a link"));
    assertEquals(List.of("README.md", "config.json", "model.safetensors"), written());
  }

  /// As huggingface_hub 1.33 keeps what came by Xet, tokenizers among them: once for all models.
  @Test
  void aCachesSnapshotHasFilesInTheBlobsOfAllModels() throws IOException {
    Path cache = folder.resolve("hub");
    Path shared = Files.createDirectories(cache.resolve("blobs/ab"));
    Path blobs = Files.createDirectories(cache.resolve("models--acme--tiny/blobs"));
    Path snapshot = Models.folder(cache.resolve("models--acme--tiny/snapshots/abc"), 3, 100, 2);
    Files.writeString(shared.resolve("abcd"), "{}");
    Files.createSymbolicLink(blobs.resolve("etag"), Path.of("../../blobs/ab/abcd"));
    Files.createSymbolicLink(snapshot.resolve("tokenizer.json"), Path.of("../../blobs/etag"));
    List<String> unmarked = edit(snapshot);
    assertTrue(
        unmarked.toString().contains("tokenizer.json: not copied, a link"), unmarked.toString());
    Files.writeString(cache.resolve("blobs/.huggingface-shared-blobs"), "1\n");
    FolderTree.delete(folder.resolve("out"));
    assertEquals(List.of(), edit(snapshot));
    assertTrue(written().contains("tokenizer.json"));
  }

  @Test
  void aConfigurationThatIsNotFollowedIsMissed() throws IOException {
    Path tuned = Models.folder(folder.resolve("tuned"), 3, 100, 2);
    Files.move(tuned.resolve("config.json"), folder.resolve("config.json"));
    Files.createSymbolicLink(tuned.resolve("config.json"), folder.resolve("config.json"));
    List<String> notices = edit(tuned);
    assertTrue(notices.getFirst().startsWith("config.json: not copied"), notices.toString());
    assertTrue(notices.getLast().contains("has no config.json"), notices.toString());
  }
}

package org.lines4j.hub;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.lines4j.error.InputException;
import org.lines4j.format.Checkpoint;
import org.lines4j.format.StoredTensor;
import org.lines4j.storage.Location;
import org.lines4j.storage.Storage;

/// A cache that `huggingface_hub` wrote, and damaged ones (`hub.tar.gz`, from the goldens).
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "links")
class CachedModelsTest {
  private static final String REPOSITORY = "acme/tiny-llama";
  private static final String COMMIT = "f8844dacb90ca0cdd49fcb52a92366a10fa6e0a9";

  @TempDir private static Path folder;

  @BeforeAll
  static void unpack() throws IOException {
    try (InputStream tar =
        Objects.requireNonNull(CachedModelsTest.class.getResourceAsStream("/hub.tar.gz"))) {
      Tar.unpack(tar, folder);
    }
  }

  /// Deleting the folder would warn of it.
  @AfterAll
  static void removeWhatLeadsOut() throws IOException {
    Path snapshot = variant("link_outside").resolve("models--acme--tiny-llama/snapshots/" + COMMIT);
    Files.delete(snapshot.resolve("model.safetensors"));
  }

  private static Path home() {
    return folder.resolve("hub/home/hub");
  }

  private static Path variant(String name) {
    return folder.resolve("hub/variants/" + name + "/hub");
  }

  /// What a name leads to has the tensors of a file, to the byte.
  private static void assertIs(String expected, String name, Path cache) throws IOException {
    try (Environment _ = Environment.offline(cache);
        Checkpoint wanted = Checkpoint.open(folder.resolve("hub/expected/" + expected));
        Checkpoint found = Checkpoint.open(Location.of(Path.of(name)))) {
      assertEquals(wanted.infos(), found.infos());
      for (StoredTensor tensor : wanted.tensors()) {
        assertArrayEquals(bytes(wanted, tensor.name()), bytes(found, tensor.name()));
      }
    }
  }

  private static byte[] bytes(Checkpoint model, String name) throws IOException {
    StoredTensor tensor = model.find(name).orElseThrow();
    byte[] bytes = new byte[(int) tensor.byteSize()];
    model.source(tensor).read(0, MemorySegment.ofArray(bytes));
    return bytes;
  }

  private static String refusal(String name, Path cache) {
    try (Environment _ = Environment.offline(cache)) {
      return String.valueOf(
          assertThrows(InputException.class, () -> Checkpoint.open(Location.parse(name)).close())
              .getMessage());
    }
  }

  @Test
  void aBranchATagAPullRequestAndACommitAreFound() throws IOException {
    assertIs("two.safetensors", REPOSITORY, home());
    assertIs("two.safetensors", REPOSITORY + "@" + COMMIT, home());
    assertIs("one.safetensors", REPOSITORY + "@v1", home());
    assertIs("one.safetensors", REPOSITORY + "@refs/pr/3", home());
  }

  @Test
  void aFolderOfARepositoryIsAModel() throws IOException {
    try (Environment _ = Environment.offline(home());
        Checkpoint found = Checkpoint.open(Location.parse("hf://" + REPOSITORY + "/sharded"))) {
      assertEquals(2, found.tensors().size());
      assertEquals(2, found.shards().size());
    }
  }

  @Test
  void aLargeFileIsKnownByItsHashWithoutBeingRead() throws IOException {
    for (Path cache : List.of(home(), variant("ref_newline"))) {
      try (Environment _ = Environment.offline(cache);
          Checkpoint found = Checkpoint.open(Location.parse("hf://" + REPOSITORY))) {
        assertEquals(
            Optional.of("ed7a3f3dc45ef27c39d62fc3a0f1b060654e4902cfa0885088992e1c6731824a"),
            found.shards().getFirst().file().sha256());
      }
    }
  }

  @Test
  void otherLayoutsOfTheCacheAreRead() throws IOException {
    assertIs("two.safetensors", REPOSITORY, variant("no_links"));
    assertIs("two.safetensors", REPOSITORY, variant("no_exist"));
    assertIs("two.safetensors", REPOSITORY, variant("shared_blobs"));
    assertIs("two.safetensors", REPOSITORY, variant("ref_newline"));
  }

  @Test
  void whatIsMissingOrBrokenIsTold() {
    String place = "hf://" + REPOSITORY;
    assertTrue(refusal(place, variant("blob_missing")).contains("leads nowhere"));
    assertTrue(refusal(place, variant("incomplete")).contains("not in the cache"));
    assertTrue(
        refusal(place, variant("ref_missing")).contains("revision main is not in the cache"));
    assertTrue(refusal(place, variant("ref_dotdot")).contains("should hold a commit"));
    assertTrue(refusal(place, variant("link_outside")).contains("leads out of the cache"));
    assertTrue(refusal(place, variant("link_loop")).contains("leads nowhere"));
    assertTrue(refusal("hf://acme/other", home()).contains("HF_HUB_OFFLINE"));
    assertTrue(refusal(place + "@nope", home()).contains("revision nope"));
  }

  /// As tokenizers and configurations leave it, where the model itself was never asked for.
  @Test
  void aModelOfWhichTheCacheHasNoWeightsIsToldOf() throws IOException {
    Path cache = Files.createDirectory(folder.resolve("part"));
    Path model = cache.resolve("models--acme--part");
    Files.createDirectories(model.resolve("snapshots/" + COMMIT));
    Files.createDirectory(model.resolve("refs"));
    Files.writeString(model.resolve("refs/main"), COMMIT);
    Files.writeString(model.resolve("snapshots/" + COMMIT + "/config.json"), "{}");
    String message = refusal("hf://acme/part", cache);
    assertTrue(
        message.endsWith(
            "found config.json; the cache %s has no more of acme/part: unset HF_HUB_OFFLINE, and it is fetched"
                .formatted(cache)),
        message);
  }

  @Test
  void aFileOfAnIncompleteSnapshotIsToldOf() {
    String message =
        refusal("hf://" + REPOSITORY + "@v1/sharded/model.safetensors.index.json", home());
    assertTrue(message.contains("not in the cache"), message);
  }

  @Test
  void namesThatLeadOutAreNoFiles() throws IOException {
    try (Environment _ = Environment.offline(home())) {
      Storage storage = new HubStorage();
      for (String name : List.of("../refs/main", "a/../../x", "x\u0007y", "a\\b")) {
        assertEquals(
            Storage.Kind.ABSENT,
            storage.kind(new Location("hf", "hf://" + REPOSITORY + "/" + name)),
            name);
      }
    }
  }

  @Test
  void aPathOfThisMachineWins() throws IOException {
    Path file = folder.resolve("hub/expected/two.safetensors");
    try (Environment _ = Environment.offline(folder);
        Checkpoint found = Checkpoint.open(Location.of(file))) {
      assertTrue(found.location().isLocal());
    }
  }
}

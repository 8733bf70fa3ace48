package org.lines4j.hub;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.lines4j.Edit;
import org.lines4j.conformance.web.Answer;
import org.lines4j.conformance.web.Content;
import org.lines4j.conformance.web.HubServer;
import org.lines4j.conformance.web.Request;
import org.lines4j.error.InputException;
import org.lines4j.error.PlaceException;
import org.lines4j.format.Checkpoint;
import org.lines4j.plan.Progress;
import org.lines4j.plan.RunOptions;
import org.lines4j.storage.Location;
import org.lines4j.storage.Storages;

/// Models of a server that answers as the Hub does.
@Timeout(60)
class HubModelsTest {
  private static final int LAYERS = 6;
  private static final int ELEMENTS = 100_000;
  private static final AtomicInteger CACHES = new AtomicInteger();

  @TempDir private Path folder;
  private final HubServer server;
  private Environment environment = new Environment();
  private Path cache = Path.of("");

  HubModelsTest() throws IOException {
    server = HubServer.start();
  }

  @BeforeEach
  void begin() {
    emptyCache();
  }

  @AfterEach
  void end() throws IOException {
    environment.close();
    server.close();
  }

  /// Whoever asks now has asked for nothing before.
  private void emptyCache() {
    environment.close();
    cache = folder.resolve("cache-" + CACHES.incrementAndGet());
    environment = Environment.online(server.address(), cache);
  }

  private void offline() {
    environment.close();
    environment = Environment.offline(cache);
  }

  private byte[] model(String repository, long seed) throws IOException {
    byte[] weights = SmallModels.weights(LAYERS, ELEMENTS, seed);
    server.commit(repository, SmallModels.repository(weights));
    return weights;
  }

  private static Checkpoint open(String name) throws IOException {
    return Checkpoint.open(Location.of(Path.of(name)));
  }

  private static String refusal(String name) {
    InputException refused = assertThrows(InputException.class, () -> open(name).close());
    return String.valueOf(refused.getMessage());
  }

  private Path repository(String name) {
    return cache.resolve("models--" + name.replace("/", "--"));
  }

  /// An edit of two models, and its output's weights.
  private byte[] edit(String base, String tuned, String out, RunOptions options)
      throws IOException {
    try (Checkpoint from = open(base);
        Checkpoint to = open(tuned)) {
      Edit.of(from, to).plan(folder.resolve(out)).run(options);
    }
    return Files.readAllBytes(folder.resolve(out).resolve("model.safetensors"));
  }

  private byte[] locally(byte[] base, byte[] tuned) throws IOException {
    Path from = Files.createDirectories(folder.resolve("base"));
    Path to = Files.createDirectories(folder.resolve("tuned"));
    Files.write(from.resolve("model.safetensors"), base);
    Files.write(to.resolve("model.safetensors"), tuned);
    return edit(from.toString(), to.toString(), "local", RunOptions.defaults());
  }

  @Test
  void aHubThatDoesNotAnswerIsToldWithTheModel() {
    environment.close();
    environment = Environment.online("http://nowhere.invalid", cache);
    PlaceException e = assertThrows(PlaceException.class, () -> open("org/base").close());
    assertEquals(Optional.of("hf://org/base"), e.problem().file());
    String message = String.valueOf(e.getMessage());
    assertTrue(message.contains("hf://org/base: cannot find the server nowhere.invalid"), message);
    assertTrue(message.contains("nor is there a path 'org/base'"), message);
  }

  @Test
  void aServerThatDoesNotAnswerIsToldWithTheFile() {
    String file = "http://nowhere.invalid/a.safetensors";
    PlaceException e =
        assertThrows(PlaceException.class, () -> Checkpoint.open(Location.parse(file)).close());
    assertEquals(Optional.of(file), e.problem().file());
    assertTrue(String.valueOf(e.getMessage()).startsWith(file + ": cannot find the server"));
  }

  /// What browsers show in their bar of addresses.
  @ParameterizedTest
  @CsvSource({
    "https://huggingface.co/org/base, org/base",
    "https://hf.co/org/base/tree/main, org/base",
    "https://huggingface.co/org/base/tree/v2/, org/base@v2",
    "https://huggingface.co/org/base.git, org/base",
    "https://huggingface.co/org/base/blob/main/a.safetensors, hf://org/base/a.safetensors",
    "https://huggingface.co/org/base/blob/v2/sub/a.pt?x=1, hf://org/base@v2/sub/a.pt"
  })
  void aPageOfTheHubIsToldFromAFile(String page, String name) {
    InputException e =
        assertThrows(InputException.class, () -> Checkpoint.open(Location.parse(page)).close());
    assertEquals(
        page + ": a page of the Hugging Face hub, not a file; name " + name, e.getMessage());
  }

  @Test
  void anEditIsTheSameFromTheHubFromItsCacheAndByStreaming() throws IOException {
    byte[] base = model("org/base", 1);
    byte[] tuned = model("org/tuned", 2);
    byte[] wanted = locally(base, tuned);
    assertArrayEquals(
        wanted, edit("org/base", "org/tuned", "hub", RunOptions.defaults()), "downloaded");
    server.hub().reset();
    server.store().reset();
    offline();
    assertArrayEquals(
        wanted, edit("org/base", "org/tuned", "cached", RunOptions.defaults()), "cached");
    assertEquals(List.of(), server.hub().requests());
    emptyCache();
    assertArrayEquals(
        wanted,
        edit("org/base", "org/tuned", "streamed", RunOptions.defaults().withFetching(false)),
        "streamed");
    try (Stream<Path> files = Files.walk(cache)) {
      assertTrue(
          files.filter(Files::isRegularFile).allMatch(file -> file.toFile().length() < 10_000),
          "no weights come into the cache");
    }
    String card = Files.readString(folder.resolve("hub/README.md"));
    assertTrue(card.contains("- org/base"), card);
    assertTrue(card.contains(Content.of(base).sha256()), card);
    assertTrue(Files.exists(folder.resolve("hub/tokenizer.json")), "what lies beside the weights");
  }

  @Test
  void progressOfADownloadIsToldOfItsEveryByte() throws IOException {
    byte[] base = model("org/base", 1);
    byte[] tuned = model("org/tuned", 2);
    Map<String, AtomicLong> phases = new TreeMap<>();
    Progress progress =
        new Progress() {
          private AtomicLong now = new AtomicLong();

          @Override
          public void start(String phase, long totalBytes) {
            now = new AtomicLong(-totalBytes);
            phases.put(phase, now);
          }

          @Override
          public void advance(long bytes) {
            now.addAndGet(bytes);
          }
        };
    byte[] _ = edit("org/base", "org/tuned", "hub", RunOptions.defaults().withProgress(progress));
    assertTrue(base.length + tuned.length > 0);
    assertEquals(
        0, Objects.requireNonNull(phases.get("download")).get(), "all that was announced has come");
    assertEquals(0, Objects.requireNonNull(phases.get("write")).get());
  }

  @Test
  void aPlanFetchesHeadersAlone() throws IOException {
    long elements = 100_000_000 / LAYERS * LAYERS;
    long size = SmallModels.header(LAYERS, elements).length + LAYERS * elements * 4;
    for (String name : List.of("org/base", "org/tuned")) {
      String hash = Content.of(name.getBytes(StandardCharsets.UTF_8)).sha256();
      Map<String, Content> files = SmallModels.repository(new byte[0]);
      files.put(
          "model.safetensors", Content.padded(SmallModels.header(LAYERS, elements), size, hash));
      server.commit(name, files);
    }
    try (Checkpoint from = open("org/base");
        Checkpoint to = open("org/tuned")) {
      assertEquals(LAYERS, from.tensors().size());
      assertEquals(
          LAYERS, Edit.of(from, to).plan(folder.resolve("out")).tensors().size(), "a plan");
    }
    assertTrue(
        server.bytesSent() < 2 * size / 1000,
        "%,d of %,d bytes".formatted(server.bytesSent(), 2 * size));
  }

  @Test
  @DisabledOnOs(value = OS.WINDOWS, disabledReason = "links")
  void theCacheIsLaidOutAsHuggingfaceHubDoes() throws IOException {
    byte[] weights = model("org/base", 1);
    byte[] _ = edit("org/base", "org/base", "out", RunOptions.defaults());
    Path repository = repository("org/base");
    String commit = Files.readString(repository.resolve("refs/main"));
    Path snapshot = repository.resolve("snapshots").resolve(commit);
    assertEquals(
        Path.of("../../blobs/" + Content.of(weights).sha256()),
        Files.readSymbolicLink(snapshot.resolve("model.safetensors")));
    assertArrayEquals(weights, Files.readAllBytes(snapshot.resolve("model.safetensors")));
    assertTrue(Files.isSymbolicLink(snapshot.resolve("config.json")));
    assertTrue(Files.exists(repository.resolve("trees/" + commit + ".json")));
    assertTrue(Files.exists(cache.resolve("CACHEDIR.TAG")));
    try (Stream<Path> blobs = Files.list(repository.resolve("blobs"))) {
      assertTrue(blobs.noneMatch(blob -> blob.toString().endsWith(".incomplete")));
    }
  }

  @Test
  void withoutLinksTheFilesThemselvesLieInTheSnapshot() throws IOException {
    environment.with("HF_HUB_DISABLE_SYMLINKS", "1");
    byte[] weights = model("org/base", 1);
    byte[] _ = edit("org/base", "org/base", "out", RunOptions.defaults());
    String commit = Files.readString(repository("org/base").resolve("refs/main"));
    Path file = repository("org/base").resolve("snapshots/" + commit + "/model.safetensors");
    assertFalse(Files.isSymbolicLink(file));
    assertArrayEquals(weights, Files.readAllBytes(file));
  }

  @Test
  void aDownloadThatBrokeOffIsGoneOnWith() throws IOException {
    byte[] weights = model("org/base", 1);
    Path blobs = Files.createDirectories(repository("org/base").resolve("blobs"));
    Path partial = blobs.resolve(Content.of(weights).sha256() + ".lines4j.incomplete");
    Files.write(partial, Arrays.copyOf(weights, 2_000_000));
    byte[] _ = edit("org/base", "org/base", "out", RunOptions.defaults());
    assertArrayEquals(weights, Files.readAllBytes(blobs.resolve(Content.of(weights).sha256())));
    assertTrue(server.store().bytesSent() < weights.length - 1_500_000, "the rest alone came");
  }

  @Test
  void aWrongBeginningIsFetchedAnew() throws IOException {
    byte[] weights = model("org/base", 1);
    Path blobs = Files.createDirectories(repository("org/base").resolve("blobs"));
    Path partial = blobs.resolve(Content.of(weights).sha256() + ".lines4j.incomplete");
    Files.write(partial, new byte[2_000_000]);
    byte[] _ = edit("org/base", "org/base", "out", RunOptions.defaults());
    assertArrayEquals(weights, Files.readAllBytes(blobs.resolve(Content.of(weights).sha256())));
    assertFalse(Files.exists(partial));
  }

  @Test
  void wrongBytesAreNeverKept() throws IOException {
    byte[] weights = model("org/base", 1);
    byte[] other = weights.clone();
    other[1_000_000] ^= 1;
    server.misbehaveInStore(
        (request, _) -> Answer.file(request, Content.of(other), Content.of(weights).sha256()));
    IOException refused =
        assertThrows(
            IOException.class, () -> edit("org/base", "org/base", "out", RunOptions.defaults()));
    assertTrue(
        String.valueOf(refused.getMessage()).contains("is not the file: it should hash to"),
        refused.getMessage());
    assertFalse(Files.exists(folder.resolve("out")));
    try (Stream<Path> blobs = Files.list(repository("org/base").resolve("blobs"))) {
      assertTrue(blobs.noneMatch(blob -> blob.toFile().length() == weights.length));
    }
  }

  @Test
  void aStoreThatIgnoresRangesIsReadWhole() throws IOException {
    byte[] weights = model("org/base", 1);
    server.misbehaveInStore((_, right) -> Answer.whole(right.content()));
    byte[] _ = edit("org/base", "org/base", "out", RunOptions.defaults());
    assertArrayEquals(
        weights,
        Files.readAllBytes(
            repository("org/base").resolve("blobs").resolve(Content.of(weights).sha256())));
    emptyCache();
    IOException refused =
        assertThrows(
            IOException.class,
            () -> edit("org/base", "org/base", "o", RunOptions.defaults().withFetching(false)));
    assertTrue(String.valueOf(refused.getMessage()).contains("status 200 to a Range"));
  }

  @Test
  void aConnectionThatBreaksOffCostsNothing() throws IOException {
    byte[] base = model("org/base", 1);
    AtomicInteger number = new AtomicInteger();
    server.misbehaveInStore(
        (_, right) ->
            right.count() > 1_000_000 && number.incrementAndGet() < 3
                ? right.cutAfter(1_200_000)
                : right);
    assertArrayEquals(
        locally(base, base), edit("org/base", "org/base", "out", RunOptions.defaults()));
  }

  @Test
  void theTokenIsForTheHubAlone() throws IOException {
    byte[] _ = model("org/base", 1);
    byte[] _ = edit("org/base", "org/base", "out", RunOptions.defaults());
    for (Request request : server.hub().requests()) {
      assertEquals(Optional.of("Bearer hf_secret"), request.header("Authorization"));
    }
    assertFalse(server.store().requests().isEmpty());
    for (Request request : server.store().requests()) {
      assertEquals(Optional.empty(), request.header("Authorization"));
    }
  }

  @Test
  void aRenamedModelIsFound() throws IOException {
    byte[] _ = model("org/new", 1);
    server.rename("org/old", "org/new");
    try (Checkpoint found = open("org/old")) {
      assertEquals(LAYERS, found.tensors().size());
    }
  }

  @Test
  void aGatedModelIsExplained() throws IOException {
    byte[] _ = model("org/gated", 1);
    server.gate("org/gated", "hf_other");
    String message = refusal("org/gated");
    assertTrue(message.contains("the model is gated"), message);
    assertTrue(message.contains("ask for access at " + server.address() + "/org/gated"), message);
    assertFalse(message.contains("hf_secret"), message);
    environment.with("HF_HUB_DISABLE_IMPLICIT_TOKEN", "1");
    assertTrue(refusal("org/gated").contains("you are not logged in"));
    server.gate("org/gated", "hf_secret");
    environment.with("HF_HUB_DISABLE_IMPLICIT_TOKEN", "0").with("HF_HUB_CACHE", cache + "2");
    try (Checkpoint found = open("org/gated")) {
      assertEquals(LAYERS, found.tensors().size());
    }
  }

  @Test
  void whatIsNotThereIsExplained() throws IOException {
    byte[] _ = model("org/base", 1);
    String missing = refusal("org/none");
    assertTrue(missing.contains("no such model on the Hub, or it is private"), missing);
    assertTrue(missing.contains("nor is there a path 'org/none'"), missing);
    assertTrue(missing.contains("path 'org/none'; check the name"), missing);
    assertTrue(refusal("src/mian").contains("path 'src/mian' (did you mean 'main'?); check"));
    assertTrue(refusal("org/base@nope").contains("no branch, tag or commit 'nope'"));
    assertTrue(refusal("hf://org/base/none.bin").contains("no such file or folder"));
  }

  @Test
  void theCacheDoesWhereTheHubIsOutOfReach() throws IOException {
    byte[] _ = model("org/base", 1);
    byte[] _ = edit("org/base", "org/base", "out", RunOptions.defaults());
    environment.with("HF_ENDPOINT", "http://127.0.0.1:1");
    try (Checkpoint found = open("org/base")) {
      assertEquals(LAYERS, found.tensors().size());
    }
  }

  @Test
  void aCommitIsNotAskedForTwice() throws IOException {
    byte[] _ = model("org/base", 1);
    byte[] _ = edit("org/base", "org/base", "out", RunOptions.defaults());
    String commit = Files.readString(repository("org/base").resolve("refs/main"));
    server.hub().reset();
    environment.with("HF_HUB_DOWNLOAD_TIMEOUT", "9"); // which makes it another Hub
    try (Checkpoint found = open("org/base@" + commit)) {
      assertEquals(LAYERS, found.tensors().size());
    }
    assertEquals(List.of(), server.hub().requests());
  }

  @Test
  void hostileNamesAreRefused() throws IOException {
    for (String name :
        List.of("../../../x", "/etc/passwd", "a/../b", "a\u001bb", "a\\b", "", "a//b")) {
      Map<String, Content> files = SmallModels.repository(SmallModels.weights(1, 10, 1));
      files.put(name, SmallModels.text("x"));
      server.commit("org/hostile", files);
      emptyCache();
      String message = refusal("org/hostile");
      assertTrue(message.contains("is no file's name"), message);
      assertFalse(message.contains("\u001b"));
    }
  }

  @Test
  void whatIsNotTheHubIsToldOf() throws IOException {
    for (String answer :
        List.of(
            "<html>login</html>",
            "[]",
            "{}",
            "{\"sha\": \"main\"}",
            "{\"sha\": \"../../x\"}",
            "")) {
      server.misbehave((_, _) -> Answer.text(200, answer));
      emptyCache();
      IOException refused = assertThrows(IOException.class, () -> open("org/base").close());
      assertTrue(
          String.valueOf(refused.getMessage()).contains("does not answer as the Hub does"),
          refused.getMessage());
    }
  }

  @Test
  void aListWithoutEndIsGivenUp() throws IOException {
    byte[] _ = model("org/base", 1);
    server.misbehave(
        (request, right) ->
            request.path().contains("/tree/")
                ? right.with("Link", "<" + request.target() + ">; rel=\"next\"")
                : right);
    assertTrue(refusal("org/base").contains("has no end"));
  }

  @Test
  void aListOfSeveralPagesIsReadToItsEnd() throws IOException {
    byte[] _ = model("org/base", 1);
    server.misbehave(
        (request, right) ->
            request.path().contains("/tree/") && !request.target().contains("cursor")
                ? Answer.text(200, "[]")
                    .with("Link", "<" + request.target() + "&cursor=x>; rel=\"next\"")
                : right);
    try (Checkpoint found = open("org/base")) {
      assertEquals(LAYERS, found.tensors().size());
    }
  }

  @Test
  void nothingIsWrittenToTheHub() {
    Location out = Location.parse("hf://org/out");
    assertTrue(
        String.valueOf(
                assertThrows(
                        org.lines4j.error.RequestException.class,
                        () -> Storages.of(out).draft(out, true))
                    .getMessage())
            .contains("read, not written"));
  }
}

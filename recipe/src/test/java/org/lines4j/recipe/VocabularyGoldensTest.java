package org.lines4j.recipe;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.lines4j.Merge;
import org.lines4j.Methods;
import org.lines4j.RecipeResolver;
import org.lines4j.error.InputException;
import org.lines4j.error.RequestException;
import org.lines4j.format.Checkpoint;
import org.lines4j.format.StoredTensor;
import org.lines4j.layers.LayerOptions;
import org.lines4j.merge.ModelSet;
import org.lines4j.plan.Plan;
import org.lines4j.plan.RunOptions;
import org.lines4j.tensor.TensorInfo;

/// Models with different vocabularies, against what tools/vocabulary-goldens worked out from
/// mergekit's documented rules.
class VocabularyGoldensTest {
  private static final String TASK = "merge_method: task_arithmetic\nbase_model: base\n";

  @TempDir private Path folder;

  @BeforeEach
  void copyModels() throws IOException {
    Path goldens = GoldenRecipesTest.goldens().resolveSibling("vocabularies");
    try (Stream<Path> files = Files.walk(goldens)) {
      for (Path file : files.skip(1).toList()) {
        Files.copy(file, folder.resolve(goldens.relativize(file)));
      }
    }
  }

  private interface Check {
    void accept(Plan plan) throws IOException;
  }

  private void planned(RecipeFile file, Check check) throws IOException {
    RecipeResolver resolver = RecipeResolver.of(file.variants().getFirst().recipe(), Methods.all());
    try (ModelSet models = ModelSet.open(resolver.modelNames(), folder)) {
      check.accept(
          Merge.of(resolver.resolve(models, LayerOptions.defaults()))
              .withForce()
              .plan(folder.resolve("out")));
    }
  }

  private Path merged(RecipeFile file) throws IOException {
    planned(file, plan -> plan.run());
    return folder.resolve("out");
  }

  private Path merged(String text) throws IOException {
    return merged(RecipeFile.parse(folder.resolve("r.yml"), text));
  }

  private List<String> notices(String text) throws IOException {
    List<String> notices = new java.util.ArrayList<>();
    planned(
        RecipeFile.parse(folder.resolve("r.yml"), text), plan -> notices.addAll(plan.notices()));
    return notices;
  }

  private String refusal(Class<? extends Exception> kind, String text) {
    return String.valueOf(assertThrows(kind, () -> merged(text)).getMessage());
  }

  private static float[] values(Checkpoint model, StoredTensor tensor) throws IOException {
    byte[] bytes = new byte[Math.toIntExact(tensor.byteSize())];
    model.source(tensor).read(0, MemorySegment.ofArray(bytes));
    float[] values = new float[bytes.length / Float.BYTES];
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(values);
    return values;
  }

  @ParameterizedTest
  @CsvSource({"union,62", "base,36", "model,38", "mean,62", "tokens,48", "tied,40"})
  void everyTokenGetsItsRows(String name, int rows) throws IOException {
    Path out = merged(RecipeFile.read(folder.resolve(name + ".yml")));
    try (Checkpoint wanted = Checkpoint.open(folder.resolve(name + ".expected.safetensors"));
        Checkpoint found = Checkpoint.open(out)) {
      assertEquals(Set.copyOf(wanted.infos()), Set.copyOf(found.infos()));
      for (StoredTensor tensor : wanted.tensors()) {
        float[] expected = values(wanted, tensor);
        float[] actual = values(found, found.find(tensor.name()).orElseThrow());
        assertArrayEquals(expected, actual, 1e-7f, tensor.name());
      }
    }
    String config = Files.readString(out.resolve("config.json")).replace(" ", "");
    assertTrue(config.contains("\"vocab_size\":" + rows), config);
  }

  @ParameterizedTest
  @ValueSource(strings = {"union", "mean", "tokens", "tied"})
  void theTokenizerNumbersTheTokensThatTheRowsAreOf(String name) throws IOException {
    Path out = merged(RecipeFile.read(folder.resolve(name + ".yml")));
    String tokenizer =
        Files.readString(out.resolve("tokenizer.json"))
            .replaceAll("\"id\":(\\d+),\"content\":(\"[^\"]*\")", "$2:$1");
    for (String line : Files.readAllLines(folder.resolve(name + ".vocab.json"))) {
      String entry = line.replace(": ", ":").replaceAll(",$", "");
      assertTrue(entry.length() < 3 || tokenizer.contains(entry), entry);
    }
  }

  @Test
  void aTokenizerThatIsTakenStaysAsItIs() throws IOException {
    Path out = merged(RecipeFile.read(folder.resolve("model.yml")));
    assertEquals(
        -1, Files.mismatch(folder.resolve("code/tokenizer.json"), out.resolve("tokenizer.json")));
  }

  @Test
  void threadsAndChunksChangeNoByte() throws IOException {
    RecipeFile recipe = RecipeFile.read(folder.resolve("tokens.yml"));
    planned(recipe, plan -> plan.run(RunOptions.defaults().withThreads(1)));
    byte[] one = Files.readAllBytes(folder.resolve("out/model.safetensors"));
    planned(recipe, plan -> plan.run(RunOptions.defaults().withThreads(7).withChunkBytes(1 << 16)));
    assertArrayEquals(one, Files.readAllBytes(folder.resolve("out/model.safetensors")));
  }

  @Test
  void otherFormsOfTheVocabularyStayBehindWhenItGrows() throws IOException {
    Files.writeString(folder.resolve("base/vocab.json"), "{}");
    Files.writeString(folder.resolve("base/merges.txt"), "");
    Path out = merged(RecipeFile.read(folder.resolve("union.yml")));
    assertFalse(Files.exists(out.resolve("vocab.json")));
    assertFalse(Files.exists(out.resolve("merges.txt")));
    assertTrue(Files.exists(out.resolve("tokenizer_config.json")));
  }

  @Test
  void theConfigurationNamesTheSameTokensByTheirNewNumbers() throws IOException {
    String chat = Files.readString(folder.resolve("chat/config.json"));
    assertTrue(chat.contains("\"eos_token_id\": 37"), chat); // <|im_end|>
    String recipe = "merge_method: linear\ntokenizer_source: code\ndtype: float32\nmodels: ";
    Path out = merged(recipe + "[{model: chat}, {model: base}]");
    for (String name : List.of("config.json", "generation_config.json")) {
      String text = Files.readString(out.resolve(name));
      assertTrue(text.contains("\"eos_token_id\" : 37"), text);
      assertTrue(text.contains("\"bos_token_id\" : 1"), text);
    }
    out = merged(recipe.replace("code", "tied-base") + "[{model: chat}, {model: base}]");
    String text = Files.readString(out.resolve("config.json"));
    assertTrue(text.contains("\"eos_token_id\" : null"), text); // tied-base has no such token
  }

  @Test
  void tiedEmbeddingsStayTied() throws IOException {
    Path out = merged(RecipeFile.read(folder.resolve("tied.yml")));
    try (Checkpoint model = Checkpoint.open(out)) {
      assertEquals(
          List.of("model.embed_tokens.weight"),
          model.infos().stream()
              .map(TensorInfo::name)
              .filter(name -> name.contains("embed") || name.contains("head"))
              .collect(Collectors.toList()));
    }
  }

  @Test
  void whatEachTokenComesFromMustExist() {
    String tokens = "tokenizer: {source: base, tokens: {x: {source: %s}}}\nmodels: [{model: chat}]";
    assertTrue(
        refusal(RequestException.class, TASK + tokens.formatted("chat"))
            .contains("the source of token 'x': model chat has no embedding of 'x'"));
    assertTrue(
        refusal(RequestException.class, TASK + tokens.formatted("code"))
            .contains("model code is not among those that are merged"));
    assertTrue(
        refusal(
                RequestException.class,
                TASK + tokens.formatted("{kind: model_token, model: chat, token_id: 41}"))
            .contains("model chat has no token_id 41, it has 41 rows"));
    assertTrue(
        refusal(InputException.class, TASK + tokens.formatted("nowhere"))
            .contains("there is no such model"));
  }

  @Test
  void differentSizesAskForATokenizerSource() {
    String message = refusal(InputException.class, TASK + "models: [{model: chat}]");
    assertTrue(message.contains("'tokenizer_source: base'"), message);
  }

  @Test
  void equalSizesWithOtherTokensAreNoted() throws IOException {
    String recipe = "merge_method: linear\nmodels: [{model: base}, {model: copy}]";
    copyBase();
    assertEquals(List.of(), notices(recipe));
    Path tokenizer = folder.resolve("copy/tokenizer.json");
    Files.writeString(tokenizer, Files.readString(tokenizer).replace("\"cat\"", "\"dog\""));
    String notice = notices(recipe).getFirst();
    assertTrue(notice.contains("not all rows are of the same tokens: 1 token only in"), notice);
  }

  private void copyBase() throws IOException {
    Path copy = Files.createDirectory(folder.resolve("copy"));
    try (Stream<Path> files = Files.list(folder.resolve("base"))) {
      for (Path file : files.toList()) {
        Files.copy(file, copy.resolve(file.getFileName()));
      }
    }
  }

  @Test
  void tokensThatNoModelHasAreNoted() throws IOException {
    List<String> notices =
        notices(TASK + "tokenizer: {source: base, tokens: {x: {}}}\nmodels: [{model: chat}]");
    assertEquals(
        "the vocabulary is that of base, with 1 token more; there are 37 embeddings",
        notices.getFirst());
    assertTrue(
        notices.stream()
            .anyMatch(
                n ->
                    n.startsWith(
                        "no model has an embedding for 1 token of the vocabulary, such as 'x'")),
        notices.toString());
  }

  @Test
  void tokenizersThatCutTextInOtherWaysAreNotUnited() throws IOException {
    Path tokenizer = folder.resolve("code/tokenizer.json");
    Files.writeString(
        tokenizer,
        Files.readString(tokenizer).replace("\"type\": \"Metaspace\"", "\"type\": \"Whitespace\""));
    String message =
        refusal(RequestException.class, TASK + "tokenizer_source: union\nmodels: [{model: code}]");
    assertTrue(message.contains("cut text in different ways (decoder, pre_tokenizer)"), message);
  }

  @Test
  void aTokenizerInAnotherFormIsRefusedWithTheWayOut() throws IOException {
    Path chat = folder.resolve("it's $chat");
    Files.move(folder.resolve("chat"), chat);
    Files.move(chat.resolve("tokenizer.json"), chat.resolve("tokenizer.model"));
    String message =
        refusal(
            InputException.class,
            TASK + "tokenizer_source: base\nmodels: [{model: \"it's $chat\"}]");
    assertTrue(message.contains("has tokenizer.model, but no tokenizer.json"), message);
    assertTrue(message.contains("save_pretrained(sys.argv[1])\" '"), message);
    assertTrue(message.contains("/it'\\''s $chat'"), message);
  }
}

package org.lines4j.recipe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.lines4j.Merge;
import org.lines4j.Methods;
import org.lines4j.RecipeResolver;
import org.lines4j.error.InputException;
import org.lines4j.error.RequestException;
import org.lines4j.internal.work.ResolvedTensors;
import org.lines4j.layers.LayerOptions;
import org.lines4j.merge.ModelSet;
import org.lines4j.plan.Plan;

class TokenizerTest {
  private static final String TASK =
      "merge_method: task_arithmetic\nbase_model: base\nmodels: [{model: ft0}, {model: ft1}]\n";
  private static final String NUMBERED =
      """
      {"added_tokens": [{"id": 2, "content": "<s>", "special": true}],
       "model": {"type": "BPE", "vocab": {"a": 0, "b": 1}, "merges": [["a", "b"]]}}
      """;
  private static final String SCORED =
      """
      {"model": {"type": "Unigram", "vocab": [["a", -1.5], ["b", -2], ["<s>", 0]]}}
      """;

  @TempDir private Path folder;

  @BeforeEach
  void copyModels() throws IOException {
    for (String name : new String[] {"base", "ft0", "ft1"}) {
      Path model = Files.createDirectory(folder.resolve(name));
      try (Stream<Path> files = Files.list(GoldenRecipesTest.goldens().resolve(name))) {
        for (Path file : files.toList()) {
          Files.copy(file, model.resolve(file.getFileName()));
        }
      }
      write(name, "tokenizer.json", NUMBERED);
    }
  }

  private void write(String model, String file, String text) throws IOException {
    Files.writeString(folder.resolve(model).resolve(file), text);
  }

  private Path merged(String more) throws IOException {
    return merged(more, "out").out().path();
  }

  private Plan merged(String more, String out) throws IOException {
    RecipeFile file = RecipeFile.parse(folder.resolve("r.yml"), TASK + more);
    RecipeResolver resolver = RecipeResolver.of(file.variants().getFirst().recipe(), Methods.all());
    try (ModelSet models = ModelSet.open(resolver.modelNames(), folder)) {
      ResolvedTensors merge = ResolvedTensors.of(resolver.resolve(models, LayerOptions.defaults()));
      Plan plan = Merge.of(merge).withForce().plan(folder.resolve(out));
      plan.run();
      return plan;
    }
  }

  private String refusal(String more) {
    return String.valueOf(assertThrows(RequestException.class, () -> merged(more)).getMessage());
  }

  @Test
  void aTokenizerThatWillNotBeWrittenIsNoted() throws IOException {
    write("base", "config.json", "{\"vocab_size\": 2}");
    String union = "tokenizer_source: union\n";
    String template = "chat_template: chatml\n";
    assertEquals(
        List.of(
            "the output is a single file: chat_template.jinja, which the recipe's tokenizer or"
                + " chat_template asks for, will not be written; name a folder to have it"),
        merged(union + template, "out.safetensors").notices());
    assertEquals(List.of(), merged(union + template, "out").notices());
    assertEquals(List.of(), merged("", "out.safetensors").notices());
    Files.delete(folder.resolve("base/tokenizer.json"));
    assertEquals(
        List.of(
            folder.resolve("base")
                + ": has no tokenizer, so the output gets none, though ft0 has one"),
        merged("", "other").notices());
  }

  @ParameterizedTest
  @ValueSource(strings = {"base", "union", "ft1"})
  void aVocabularyThatAllShareIsTaken(String source) throws IOException {
    write("ft1", "tokenizer.json", SCORED);
    Path out = merged("tokenizer_source: " + source);
    String wanted = source.equals("ft1") ? SCORED : NUMBERED;
    assertEquals(wanted, Files.readString(out.resolve("tokenizer.json")));
  }

  @Test
  void aMisspeltSourceGetsTheNearest() {
    String refusal = refusal("tokenizer_source: unoin");
    assertTrue(refusal.contains("r.yml:4: tokenizer_source should be base, union or a"), refusal);
    assertTrue(refusal.contains("did you mean 'union'?"), refusal);
  }

  @Test
  void unigramTokenizersAreNotUnited() throws IOException {
    write("base", "tokenizer.json", SCORED);
    write("ft1", "tokenizer.json", SCORED.replace("\"b\"", "\"c\""));
    String refusal = refusal("tokenizer_source: union");
    assertTrue(refusal.contains("is a Unigram tokenizer"), refusal);
    assertTrue(refusal.contains("1 token, such as 'c'"), refusal);
    assertFalse(Files.exists(folder.resolve("out")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{",
        "[]",
        "{\"model\": {}}",
        "{\"model\": {\"vocab\": {\"a\": \"b\"}}}",
        "{\"model\": {\"vocab\": {\"a\": -1}}}",
        "{\"model\": {\"vocab\": {\"a\": 99999999999}}}",
        "{\"model\": {\"vocab\": {\"a\": 0, \"b\": 0}}}"
      })
  void aMalformedTokenizerIsNamed(String text) throws IOException {
    write("base", "tokenizer.json", text);
    String message =
        String.valueOf(
            assertThrows(InputException.class, () -> merged("tokenizer_source: base"))
                .getMessage());
    assertTrue(message.contains("tokenizer.json"), message);
  }

  @Test
  void theCommonestChatTemplateIsTaken() throws IOException {
    for (Map.Entry<String, String> template :
        Map.of("base", "{{ 'plain' }}", "ft0", "{{ 'chat' }}", "ft1", "{{ 'chat' }}").entrySet()) {
      write(
          template.getKey(),
          "tokenizer_config.json",
          "{\"a\": {\"b\": []}, \"chat_template\": \"" + template.getValue() + "\"}");
    }
    Path out = merged("chat_template: auto");
    assertEquals("{{ 'chat' }}", Files.readString(out.resolve("chat_template.jinja")));
  }

  @Test
  void aChatTemplateIsWrittenAsItStands() throws IOException {
    Path out = merged("chat_template: \"{{ messages }}\"");
    assertEquals("{{ messages }}", Files.readString(out.resolve("chat_template.jinja")));
    assertTrue(refusal("chat_template: vicunna").contains("should be auto, chatml or a Jinja"));
  }
}

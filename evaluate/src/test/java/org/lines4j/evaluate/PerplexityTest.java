package org.lines4j.evaluate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.lines4j.error.InputException;
import org.lines4j.error.RequestException;
import org.lines4j.evaluate.model.Transformer;
import org.lines4j.evaluate.text.TokenizedTexts;
import org.lines4j.format.Checkpoint;
import org.lines4j.storage.Location;
import org.lines4j.tune.Evaluator;
import org.lines4j.tune.Metric;
import org.lines4j.tune.Sample;
import tools.jackson.databind.JsonNode;

class PerplexityTest {
  /// Of the mean of −ln p: three orders better than what is promised of perplexities.
  private static final double CLOSE = 2e-6;

  @TempDir private Path folder;

  private static Evaluator evaluator(Path text) throws IOException {
    return Perplexity.of(text + ",window=48");
  }

  private static double value(Evaluator evaluator, Path model, double fraction) throws Exception {
    Map<String, Double> metrics =
        evaluator.evaluate(Location.of(model), Path.of("unused"), new Sample(fraction, 1));
    assertEquals(evaluator.metrics().keySet(), metrics.keySet());
    return metrics.values().iterator().next();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "llama", "llama3", "linear", "dynamic", "mistral", "qwen2", "qwen3", "gemma", "gemma2",
        "gemma3", "gpt2"
      })
  void perplexitiesAreThoseOfTransformers(String name) throws Exception {
    Path model = Goldens.path(name);
    JsonNode expected = Goldens.expected(name);
    Evaluator text = evaluator(Goldens.TEXT);
    checkLoss(expected, "text", value(text, model, 1));
    checkLoss(expected, "third", value(text, model, 0.3));
    checkLoss(expected, "documents", value(evaluator(Goldens.DOCUMENTS), model, 1));
  }

  private static void checkLoss(JsonNode expected, String what, double perplexity) {
    double loss = expected.get(what).get("mean_loss").doubleValue();
    assertEquals(loss, Math.log(perplexity), CLOSE * loss, what);
  }

  @ParameterizedTest
  @ValueSource(strings = {"llama", "llama3", "qwen2", "gemma", "gpt2", "mistral"})
  void tokensAreThoseOfTransformers(String name) throws Exception {
    JsonNode expected = Goldens.expected(name);
    String text = Files.readString(Goldens.TEXT);
    try (Checkpoint model = Checkpoint.open(Goldens.path(name));
        Transformer transformer = Transformer.of(model)) {
      int[] ids = expected.get("ids").valueStream().mapToInt(JsonNode::intValue).toArray();
      assertArrayEquals(
          ids,
          new TokenizedTexts(List.of(text.substring(0, 80))).in(model).whole(0, Integer.MAX_VALUE));
      Perplexity.Windows windows =
          Perplexity.of(Goldens.TEXT + ",window=48").windows(model, transformer);
      assertEquals(expected.get("text").get("tokens").longValue(), windows.predicted());
    }
  }

  @Test
  void itIsKnownByWhatItMeasuresOn() throws Exception {
    Evaluator evaluator = Perplexity.of(Goldens.TEXT.toString());
    assertEquals(Map.of("text/perplexity", Metric.Better.LOWER), evaluator.metrics());
    assertTrue(evaluator.identity().contains("windows of 1024"), evaluator.identity());
    Path other = Files.writeString(folder.resolve("text.txt"), "Another text.");
    assertTrue(!Perplexity.of(other.toString()).identity().equals(evaluator.identity()));
  }

  @Test
  void noWindowIsLongerThanTheModelsPositions() throws Exception {
    Path long100 = Files.writeString(folder.resolve("long.txt"), "word ".repeat(500));
    try (Checkpoint model = Checkpoint.open(Goldens.path("gpt2"));
        Transformer transformer = Transformer.of(model)) {
      Perplexity.Windows windows = Perplexity.of(long100.toString()).windows(model, transformer);
      assertEquals(64, windows.tokens().getFirst().length);
    }
  }

  private String refused(String argument) {
    return String.valueOf(
        assertThrows(RuntimeException.class, () -> Perplexity.of(argument)).getMessage());
  }

  @Test
  void textsThatAreNoneAreRefused() throws IOException {
    assertEquals(
        folder.resolve("none.txt")
            + ": there is no such file; name the file that models are measured on",
        refused(folder.resolve("none.txt").toString()));
    Path empty = Files.writeString(folder.resolve("empty.txt"), " \n");
    assertEquals(empty + ": there is no text in it", refused(empty.toString()));
    Path bytes = Files.write(folder.resolve("bytes.txt"), new byte[] {(byte) 0xff, 'a'});
    assertEquals(bytes + ": not text in UTF-8", refused(bytes.toString()));
    Path lines = Files.writeString(folder.resolve("l.jsonl"), "{\"text\": \"a b\"}\n{\"x\": 1}\n");
    assertEquals(lines + ": line 2 is not an object with a text", refused(lines.toString()));
    assertTrue(refused(Goldens.TEXT + ",window=1").contains("a number of tokens from 2"));
    assertEquals("an evaluator needs a file to measure on", refused(""));
  }

  private String failed(Path model, Path text) throws IOException {
    Evaluator evaluator = evaluator(text);
    RuntimeException e = assertThrows(RuntimeException.class, () -> value(evaluator, model, 1));
    assertTrue(e instanceof InputException || e instanceof RequestException, e.toString());
    return String.valueOf(e.getMessage());
  }

  @Test
  void aTextOfOneTokenSaysThatItIsTooShort() throws IOException {
    Path one = Files.writeString(folder.resolve("one.txt"), "a");
    assertEquals(one + ": too short: no token follows another", failed(Goldens.path("gpt2"), one));
  }

  @Test
  void aBrokenTokenizerIsSaidToBeSo() throws IOException {
    Path model = Goldens.copy("gpt2", folder.resolve("model"));
    Path tokenizer = model.resolve("tokenizer.json");
    String whole = Files.readString(tokenizer);
    List<String> broken =
        List.of(
            "",
            "{",
            "[1, 2]",
            "{\"model\": {\"type\": \"BPE\"}}",
            whole.replace("\"trim_offsets\":true", "\"trim_offsets\":t,rue"),
            // what the library only notices when it is too late for it
            whole.replaceFirst(
                "\"post_processor\":null",
                "\"post_processor\":{\"type\":\"TemplateProcessing\",\"single\":[{\"SpecialToken\":{\"id\":\"none\",\"type_id\":0}},{\"Sequence\":{\"id\":\"A\",\"type_id\":0}}],\"pair\":[],\"special_tokens\":{}}"));
    for (String text : broken) {
      assertTrue(!text.equals(whole));
      Files.writeString(tokenizer, text);
      String message = failed(model, Goldens.TEXT);
      assertTrue(message.startsWith(tokenizer + ": not a tokenizer: "), message);
    }
    Files.delete(tokenizer);
    String message = failed(model, Goldens.TEXT);
    assertTrue(message.contains("there is no tokenizer.json beside the weights"), message);
  }

  @Test
  void aTokenizerOfAnotherModelIsNoticed() throws IOException {
    Path model = Goldens.copy("gpt2", folder.resolve("model"));
    Files.copy(
        Goldens.path("gemma").resolve("tokenizer.json"),
        model.resolve("tokenizer.json"),
        java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    String message = failed(model, Goldens.TEXT);
    assertTrue(message.contains("tokenizer.json is another model's"), message);
  }

  @Test
  void whatCannotBeComputedIsRefusedByTheKey() throws IOException {
    Map<String, String> refused =
        Map.of(
            "\"model_type\": \"llama\"→\"model_type\": \"mamba\"",
            "models of the model_type 'mamba' cannot be computed here, only bert, camembert",
            "\"hidden_act\": \"silu\"→\"hidden_act\": \"xielu\"",
            "'hidden_act' is \"xielu\", which cannot be computed here",
            "\"rope_type\": \"default\"→\"rope_type\": \"longrope\"",
            "'rope_parameters.rope_type' is \"longrope\", which cannot be computed here",
            "\"rope_theta\": 10000.0→\"partial_rotary_factor\": 0.5",
            "'rope_parameters.partial_rotary_factor' is 0.5, which cannot be computed here",
            "\"num_hidden_layers\": 3→\"num_hidden_layers\": -3",
            "'num_hidden_layers' should be a whole number from 1",
            "\"num_hidden_layers\": 3→\"num_hidden_layers\": 4",
            "there is no tensor model.layers.3.input_layernorm.weight",
            "\"intermediate_size\": 24→\"intermediate_size\": 25",
            "tensor model.layers.0.mlp.gate_proj.weight should be of the shape [25, 16]",
            "\"hidden_size\": 16→\"hidden_size\": \"x\"",
            "'hidden_size' should be a whole number");
    int number = 0;
    for (Map.Entry<String, String> one : refused.entrySet()) {
      Path model = Goldens.copy("llama", folder.resolve("model" + number++));
      String[] change = one.getKey().split("→", 2);
      Goldens.edit(model.resolve("config.json"), change[0], change[1]);
      String message = failed(model, Goldens.TEXT);
      assertTrue(message.contains(one.getValue()), message);
    }
  }

  @Test
  void aModelWithoutConfigurationIsRefused() throws IOException {
    String message = failed(Goldens.path("gpt2").resolve("model.safetensors"), Goldens.TEXT);
    assertTrue(message.contains("there is no config.json beside the weights"), message);
  }

  @Test
  void encodersHaveNoPerplexity() throws IOException {
    String message = failed(Goldens.path("bert"), Goldens.TEXT);
    assertTrue(message.contains("bert models are encoders, which have no perplexity"), message);
  }
}

package org.lines4j.internal.renamed;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Against the names of files and of running models that transformers 5.18 has, in all classes of
/// which it renames something (`running.tsv`, by tools/transformers-check/running.py).
class RunningModulesTest {
  private static final Pattern HEADED = Pattern.compile("For[A-Z]\\w*$|LMHead\\w*$");

  /// Experts, which adapters name otherwise, and their routers, which PEFT renames with them.
  private static final Pattern EXPERTS =
      Pattern.compile("\\.(experts?|block_sparse_moe|shared_mlp|router)\\b|e_score_correction");

  /// Whose files lack what stands before the names, which [RunningNames] puts there.
  private static final Pattern WITHOUT_PREFIX = Pattern.compile("Backbone$|^ViTMSNFor");

  private record Pair(String type, String own, String file, String running) {
    String renamed(String name) {
      return RunningModules.of(type, List.of(own), HEADED.matcher(own).find(), name);
    }

    boolean isOfModules() {
      return !running.equals("-")
          && !EXPERTS.matcher(file).find()
          && !WITHOUT_PREFIX.matcher(own).find();
    }
  }

  private static List<Pair> pairs() throws IOException {
    List<Pair> pairs = new ArrayList<>();
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(
                Objects.requireNonNull(
                    RunningModulesTest.class.getResourceAsStream("/running/running.tsv")),
                StandardCharsets.UTF_8))) {
      for (String line : (Iterable<String>) lines.lines()::iterator) {
        if (!line.startsWith("#")) {
          String[] words = line.split("\t", -1);
          pairs.add(new Pair(words[0], words[1], words[2], words[3]));
        }
      }
    }
    return pairs;
  }

  private static Stream<Pair> known() throws IOException {
    return pairs().stream()
        .filter(pair -> pair.isOfModules() && !RunningModules.areUnknown(pair.type()));
  }

  @Test
  void filesNamesAreThoseOfTheRunningModel() throws IOException {
    TreeSet<String> wrong = new TreeSet<>();
    known()
        .filter(pair -> !pair.renamed(pair.file()).equals(pair.running()))
        .forEach(pair -> wrong.add(pair + " is called " + pair.renamed(pair.file())));
    assertEquals(new TreeSet<>(), wrong);
    assertTrue(known().filter(pair -> !pair.file().equals(pair.running())).count() > 200);
  }

  /// A file may have been written with them.
  @Test
  void namesOfTheRunningModelStayAsTheyAre() throws IOException {
    TreeSet<String> wrong = new TreeSet<>();
    known()
        .filter(pair -> !pair.renamed(pair.running()).equals(pair.running()))
        .forEach(pair -> wrong.add(pair + " is called " + pair.renamed(pair.running())));
    assertEquals(new TreeSet<>(), wrong);
  }

  /// Of which all names are right by themselves, is not said to be unknown.
  @Test
  void ofEveryUnknownTypeSomethingIsRenamed() throws IOException {
    TreeSet<String> types = new TreeSet<>();
    pairs().stream()
        .filter(pair -> RunningModules.areUnknown(pair.type()) && pair.isOfModules())
        .filter(pair -> !pair.renamed(pair.file()).equals(pair.running()))
        .forEach(pair -> types.add(pair.type()));
    assertTrue(types.contains("nomic_bert") && types.contains("grounding-dino"), types.toString());
    assertFalse(RunningModules.areUnknown("llama"));
  }

  /// Of classes that are not in the list, as they cannot be made from nothing.
  @ParameterizedTest
  @CsvSource({
    "aya_vision, AyaVisionForConditionalGeneration, language_model.model.norm.weight,"
        + " model.language_model.norm.weight",
    "gpt_neox, GPTNeoXForCausalLM, gpt_neox.layers.0.attention.dense,"
        + " gpt_neox.layers.0.attention.dense",
    "gpt_neox_japanese, GPTNeoXJapaneseForCausalLM, embed_out, embed_out",
    "blip-2, Blip2ForConditionalGeneration, language_model.model.decoder.layers.0.fc1,"
        + " language_model.model.decoder.layers.0.fc1",
    "llama, LlamaForCausalLM, model.layers.0.mlp.up_proj, model.layers.0.mlp.up_proj",
    "gemma3, Gemma3ForSequenceClassification, score.weight, score.weight",
  })
  void modulesOfOneClass(String type, String own, String file, String running) {
    assertEquals(running, RunningModules.of(type, List.of(own), HEADED.matcher(own).find(), file));
  }
}

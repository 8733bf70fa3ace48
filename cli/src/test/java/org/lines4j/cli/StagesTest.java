package org.lines4j.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.lines4j.cli.Cli.objects;
import static org.lines4j.cli.Cli.run;
import static org.lines4j.cli.Cli.tensor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Several recipes in one file.
class StagesTest {
  private static final SmallModel BASE = SmallModel.llama();
  private static final String LAST = "model.layers.2.mlp.weight";
  private static final String FIRST_STAGE =
      """
      merge_method: task_arithmetic
      base_model: base
      models: [{model: a, parameters: {weight: 0.3}}, {model: b, parameters: {weight: 0.7}}]
      lines: {alpha: auto, beta: 0.4}
      dtype: bfloat16
      """;
  private static final String SECOND_STAGE =
      """
      merge_method: ties
      base_model: base
      models:
      - {model: c, parameters: {density: 0.6}}
      - {model: %s, parameters: {density: 0.6}}
      parameters: {trim_scope: model}
      lines: {alpha: 0.2, beta: 0.7}
      """;
  private static final String LAST_STAGE =
      """
      merge_method: slerp
      base_model: %s
      models: [{model: %s}]
      parameters: {t: 0.3}
      """;

  /// As mergekit-multi has it: documents in any order, the last without a name.
  private static final String STAGES =
      "%s---\nname: second\n%s---\nname: first stage\n%s"
          .formatted(
              LAST_STAGE.formatted("first stage", "second"),
              SECOND_STAGE.formatted("first stage"),
              FIRST_STAGE);

  @TempDir private Path folder;

  @BeforeEach
  void writeModels() throws IOException {
    BASE.folder(folder.resolve("base"));
    BASE.plus(1).folder(folder.resolve("a"));
    BASE.plus(-0.5f).with(LAST, 3, 3).folder(folder.resolve("b"));
    BASE.plus(0.25f).with(LAST, -1, 7).folder(folder.resolve("c"));
  }

  private Path recipe(String text) throws IOException {
    return Files.writeString(folder.resolve("stages.yml"), text);
  }

  private Path out() {
    return folder.resolve("out");
  }

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  private void make(String recipe, String out) throws IOException {
    Path file = Files.writeString(folder.resolve(out + ".yml"), recipe);
    run("merge", file, folder.resolve(out), "--quiet").succeeds();
  }

  @Test
  void theOutputIsThatOfMergingOneAfterTheOther() throws IOException {
    make(FIRST_STAGE, "one");
    make(SECOND_STAGE.formatted("one"), "two");
    make(LAST_STAGE.formatted("one", "two"), "three");

    run("merge", recipe(STAGES), out(), "--quiet").succeeds();

    for (String file : List.of("model.safetensors", "config.json", "tokenizer.json")) {
      assertEquals(
          -1, Files.mismatch(folder.resolve("three").resolve(file), out().resolve(file)), file);
    }
  }

  @Test
  void nothingElseIsLeftBehind() throws IOException {
    Path recipe = recipe(STAGES);
    List<String> before = names();
    run("merge", recipe, out(), "--quiet").succeeds();
    assertEquals(Stream.concat(before.stream(), Stream.of("out")).sorted().toList(), names());
    try (Stream<Path> made = Files.list(out())) {
      assertEquals(
          List.of("README.md", "config.json", "model.safetensors", "tokenizer.json"),
          made.map(file -> file.getFileName().toString()).sorted().toList());
    }
  }

  @Test
  void theCardTellsOfEveryStage() throws IOException {
    run("merge", recipe(STAGES), out(), "--quiet").succeeds();
    String card = Files.readString(out().resolve("README.md"));
    for (String words :
        List.of(
            "## Stage first stage",
            "## Stage second",
            "| base | first_stage/model.safetensors | made by stage first stage |",
            "| α measured |",
            "### λ by layer",
            "base_model:\n- \"base\"\n- \"a\"\n- \"b\"\n- \"c\"\nbase_model_relation: merge")) {
      assertTrue(card.contains(words), () -> words + " is not in " + card);
    }
    assertTrue(card.indexOf("## Stage first") < card.indexOf("## Stage second"), card);
    assertFalse(card.contains("memory:"), card);
    assertFalse(card.contains("``"), "each file that was read has its hash: " + card);
  }

  @Test
  void aDryRunShowsEveryStageAndMakesNone() throws IOException {
    Path recipe = recipe(STAGES);
    List<String> before = names();
    Cli plain = run("merge", recipe, out(), "--dry-run").succeeds();
    assertTrue(plain.out().contains("stage first stage, kept in memory:"), plain.out());
    assertTrue(plain.out().contains("stage second, kept in memory:"), plain.out());
    Map<String, @Nullable Object> json =
        run("merge", recipe, out(), "--dry-run", "--json", "--quiet").succeeds().json();
    List<Map<String, @Nullable Object>> stages = objects(json.get("stages"));
    assertEquals(
        List.of("first stage", "second"), stages.stream().map(s -> s.get("name")).toList());
    assertEquals(0.2, objects(stages.get(1).get("tensors")).get(1).get("lambda"));
    assertEquals(2, objects(stages.getFirst().get("passes")).size());
    assertEquals(before, names());
  }

  @Test
  void jsonTellsOfEveryStage() throws IOException {
    Map<String, @Nullable Object> json =
        run("merge", recipe(STAGES), out(), "--json", "--quiet").succeeds().json();
    Map<String, @Nullable Object> first = objects(json.get("stages")).getFirst();
    assertTrue(first.get("alpha") instanceof Double, "α was measured");
    assertEquals(out().toString(), json.get("out"));
  }

  @Test
  void aPathOfTheLastStageSharesTheEarlierOnes() throws IOException {
    String last =
        """
        merge_method: linear
        models: [{model: one, parameters: {weight: w}}, {model: c, parameters: {weight: 1 - w}}]
        path: {w: [0, 1]}
        """;
    String first = FIRST_STAGE.replace("dtype: bfloat16\n", "");
    Path recipe = recipe("name: one\n" + first + "---\n" + last);
    Map<String, @Nullable Object> json =
        run("merge", recipe, out(), "--json", "--quiet").succeeds().json();
    assertEquals(2, objects(json.get("outputs")).size());
    assertEquals(1, objects(json.get("stages")).size());
    assertArrayEquals(
        BASE.plus(0.25f).with(LAST, -1, 7).values(LAST), tensor(out().resolve("w=0"), LAST));
    run("merge", recipe, out()).fails(2, "w=0: exists already");
    run("merge", recipe, out(), "--skip-existing", "--quiet").succeeds();
  }

  @Test
  void aMistakeInTheLastStageIsFoundBeforeTheFirstIsMade() throws IOException {
    BASE.without("model.norm.weight").folder(folder.resolve("c"));
    String last = LAST_STAGE.formatted("one", "c");
    Cli failed = run("merge", recipe("name: one\n" + FIRST_STAGE + "---\n" + last), out());
    failed.fails(3, "model.norm.weight: missing in c");
    assertFalse(failed.err().contains("made stage"), failed.err());
    BASE.plus(1).folder(folder.resolve("c"));
    Files.createDirectory(out());
    Files.writeString(out().resolve("mine"), "");
    run("merge", recipe(STAGES), out()).fails(2, "out: is not empty and holds no .safetensors");
  }

  @Test
  void namesThatNobodyHasAreSuggestedTheStages() throws IOException {
    String last = LAST_STAGE.formatted("base", "frist");
    run("merge", recipe("name: first\n" + FIRST_STAGE + "---\n" + last), out())
        .fails(2, "no other recipe uses what 'first' makes", "#first:1");
    String both = LAST_STAGE.formatted("first", "frist");
    run("merge", recipe("name: first\n" + FIRST_STAGE + "---\n" + both), out())
        .fails(3, "frist: there is no such model", "did you mean 'first'?");
  }
}

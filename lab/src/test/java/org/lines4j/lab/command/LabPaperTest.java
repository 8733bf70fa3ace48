package org.lines4j.lab.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.lines4j.cli.Main;
import org.lines4j.conformance.web.Content;
import org.lines4j.conformance.web.HubServer;
import org.lines4j.format.Checkpoint;
import org.lines4j.format.CheckpointWriter;
import org.lines4j.tensor.DType;
import org.lines4j.tensor.Shape;
import org.lines4j.tensor.TensorInfo;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// `lines lab paper` against a server that imitates the Hub, with tiny stand-ins of the published
/// files, of the same names and layouts, and a shell script that says some accuracy of any model.
@DisabledOnOs(OS.WINDOWS) // the evaluator is a shell script
class LabPaperTest {
  private static final Path TORCH = Path.of("../core/src/test/resources/torch").toAbsolutePath();
  private static final Path TALL = TORCH.resolve("lines_layout/ViT-B-32");
  private static final String SET = "single_task/ViT-B-32/";
  private static final List<String> TASKS = List.of("EuroSAT", "DTD");
  private static final List<String> VARIABLES =
      List.of("HF_ENDPOINT", "HF_HUB_CACHE", "HF_HUB_OFFLINE", "HF_TOKEN");

  @TempDir private Path folder;

  @BeforeEach
  void isolate() {
    System.setProperty("HF_HUB_CACHE", folder.resolve("cache").toString());
    System.setProperty("HF_HUB_OFFLINE", "0");
    System.setProperty("HF_TOKEN", "");
  }

  @AfterEach
  void restore() {
    VARIABLES.forEach(System::clearProperty);
  }

  private record Run(int code, String out, String err) {}

  private Run paper(Object... more) {
    List<String> words = new ArrayList<>(List.of("lab", "paper", "--tasks", "2", "--quick"));
    words.addAll(List.of("--methods", "tsv_m", "--out", lab().toString()));
    for (Object word : more) {
      words.add(word.toString());
    }
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int code = Main.run(words.toArray(String[]::new), new PrintWriter(out), new PrintWriter(err));
    return new Run(code, out.toString(), err.toString());
  }

  private Path lab() {
    return folder.resolve("lab");
  }

  /// The length of the task's name and three digits of a checksum are the accuracy. Each call is
  /// noted, and none is answered once there are as many as `most` says.
  private String evaluator(int most) throws IOException {
    Files.writeString(folder.resolve("most"), String.valueOf(most));
    Path script = folder.resolve("evaluate.sh");
    Files.writeString(
        script,
        """
        here=${0%/*}
        [ -f "$4/model.safetensors" ] || [ "$4" = none ] || exit 4
        read -r most < "$here/most"
        calls=0
        while read -r _; do calls=$((calls + 1)); done < "$here/calls"
        [ "$calls" -lt "$most" ] || { echo 'no more data' >&2; exit 3; }
        echo "$2 $3 $1" >> "$here/calls"
        sum=$(cksum < "$1/model.safetensors")
        echo "{\\"accuracy\\": 0.${#2}${sum%"${sum#???}"}}"
        """);
    Path calls = folder.resolve("calls");
    if (!Files.exists(calls)) {
      Files.createFile(calls);
    }
    return "sh " + script + " {model} {task} {split} ";
  }

  private List<String> calls() throws IOException {
    return Files.readAllLines(folder.resolve("calls"));
  }

  private HubServer hub() throws IOException {
    HubServer server = HubServer.start();
    System.setProperty("HF_ENDPOINT", server.address());
    return server;
  }

  private static Map<String, Content> tallMasks() {
    Map<String, Content> files = new TreeMap<>();
    Path head = TORCH.resolve("module/ViT-B-32/head_MNIST.pt");
    files.put(
        SET + "MNISTVal/nonlinear_zeroshot.pt",
        Content.of(TALL.resolve("MNISTVal/nonlinear_zeroshot.pt")));
    List<String> standIns = List.of("MNISTVal", "DTDVal");
    for (int i = 0; i < TASKS.size(); i++) {
      String name = SET + TASKS.get(i) + "Val/nonlinear_finetuned.pt";
      files.put(name, Content.of(TALL.resolve(standIns.get(i) + "/nonlinear_finetuned.pt")));
      files.put(SET + "head_" + TASKS.get(i) + "Val.pt", Content.of(head));
    }
    return files;
  }

  @Test
  void itFetchesEditsMergesAndMeasuresWhatWasPublishedAndGoesOnWhereItWasStopped()
      throws IOException {
    try (HubServer server = hub()) {
      server.commit("nik-dim/tall_masks", tallMasks());
      Run stopped = paper("--evaluate", evaluator(9) + "{head}");
      assertEquals(1, stopped.code(), stopped.err());
      assertTrue(stopped.err().contains("no more data"), stopped.err());
      assertEquals(9, calls().size());

      Run whole = paper("--evaluate", evaluator(10_000) + "{head}", "--json");
      assertEquals(0, whole.code(), whole.err());
      int measured = calls().size();
      long sent = server.bytesSent();
      JsonNode results =
          JsonMapper.shared().readTree(Files.readAllBytes(lab().resolve("results.json")));
      assertEquals(3, results.get("merges").get(0).get("rows").size(), "three ways");
      assertEquals(1, results.get("editing").get(0).get("tasks").size());
      assertTrue(results.get("settings").get("from").stringValue().contains("tall_masks"));

      Run again = paper("--evaluate", evaluator(10_000) + "{head}");
      assertEquals(0, again.code(), again.err());
      assertEquals(measured, calls().size(), "nothing is measured twice");
      assertEquals(sent, server.bytesSent(), "nothing is fetched twice");
      assertTrue(again.out().contains("| `tsv_m` | "), again.out());
      assertTrue(Files.readString(lab().resolve("report.html")).contains("<svg"), "a figure");
      assertTrue(Files.readString(lab().resolve("README.md")).contains("# Published models"));
    }
  }

  @Test
  void whatIsMissingIsToldBeforeAnythingIsFetched() throws IOException {
    try (HubServer server = hub()) {
      Map<String, Content> files = tallMasks();
      String missing = SET + "DTDVal/nonlinear_finetuned.pt";
      files.remove(missing);
      server.commit("nik-dim/tall_masks", files);
      Run run = paper("--evaluate", evaluator(0) + "{head}");
      assertEquals(3, run.code(), run.err());
      assertTrue(run.err().contains("hf://nik-dim/tall_masks"), run.err());
      assertTrue(run.err().contains(missing), run.err());
      assertFalse(Files.exists(lab().resolve("base")));
    }
  }

  @Test
  void withoutANetworkItSaysSo() throws IOException {
    System.setProperty("HF_HUB_OFFLINE", "1");
    Run run = paper("--evaluate", evaluator(0) + "{head}");
    assertEquals(3, run.code(), run.err());
    assertTrue(run.err().contains("HF_HUB_OFFLINE"), run.err());
  }

  @Test
  void anEvaluatorWithoutATaskIsRefused() {
    Run run = paper("--evaluate", "sh evaluate.sh {model} {split}");
    assertEquals(2, run.code(), run.err());
    assertTrue(run.err().contains("{task}"), run.err());
  }

  /// An encoder of images, with one of texts beside it where it is a base.
  private Content encoder(float value, boolean isBase) throws IOException {
    List<TensorInfo> tensors = new ArrayList<>();
    for (int layer = 0; layer < 3; layer++) {
      tensors.add(matrix("vision_model.encoder.layers." + layer + ".mlp.fc1.weight"));
      if (isBase) {
        tensors.add(matrix("text_model.encoder.layers." + layer + ".mlp.fc1.weight"));
      }
    }
    Path file = Files.createTempFile(folder, "encoder", ".safetensors");
    try (CheckpointWriter writer = CheckpointWriter.create(file, tensors, Map.of());
        Arena arena = Arena.ofConfined()) {
      for (TensorInfo tensor : tensors) {
        MemorySegment bytes = arena.allocate(tensor.byteSize(), 4);
        for (long i = 0; i < bytes.byteSize() / 4; i++) {
          float of = isBase ? 0.5f : 0.5f + value * (i % 5);
          bytes.setAtIndex(ValueLayout.JAVA_FLOAT_UNALIGNED, i, of);
        }
        writer.write(tensor.name(), bytes);
      }
      writer.publish();
    }
    return Content.of(file);
  }

  private static TensorInfo matrix(String name) {
    return new TensorInfo(name, DType.F32, Shape.of(4, 4));
  }

  @Test
  void anEncoderThatCameWithOneOfTextsIsMergedWithoutIt() throws IOException {
    try (HubServer server = hub()) {
      String name = "clip-vit-base-patch32";
      server.commit("openai/" + name, Map.of("model.safetensors", encoder(0, true)));
      server.commit(
          "tanganke/" + name + "_eurosat", Map.of("model.safetensors", encoder(0.1f, false)));
      server.commit(
          "tanganke/" + name + "_dtd", Map.of("model.safetensors", encoder(-0.2f, false)));
      Run run = paper("--checkpoints", "fusionbench", "--evaluate", evaluator(10_000) + "none");
      assertEquals(0, run.code(), run.err());
      try (Checkpoint base = Checkpoint.open(lab().resolve("base"))) {
        assertTrue(base.tensors().stream().allMatch(t -> t.name().startsWith("vision_model.")));
      }
      assertTrue(run.out().contains("No figures that were published"), run.out());
    }
  }
}

package org.lines4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.lines4j.cli.Cli.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class InspectCommandTest {
  @TempDir private Path folder;

  @Test
  void tensorsStacksAndLayersAreListed() throws IOException {
    Path model = SmallModel.llama().file(folder.resolve("model.safetensors"));
    Cli run = run("inspect", model).succeeds();
    assertEquals(
        List.of(
            "tensor                     type  shape  stack          layer",
            "model.embed_tokens.weight  F32   [4]    (outside)     before",
            "model.layers.0.mlp.weight  F32   [2]    model.layers     1/3",
            "model.layers.1.mlp.weight  F32   [2]    model.layers     2/3",
            "model.layers.2.mlp.weight  F32   [2]    model.layers     3/3",
            "model.norm.weight          F32   [2]    (outside)      after",
            "lm_head.weight             F32   [4]    (outside)      after",
            "",
            "6 tensors, 64 bytes in 1 file",
            "format safetensors, at " + model,
            "stack model.layers: 3 layers"),
        run.lines());
    assertEquals("", run.err());
  }

  @Test
  void jsonHoldsStacksAndTensorsAndNothingElse() throws IOException {
    Path model = SmallModel.llama().sharded(folder.resolve("model"));
    Cli run = run("inspect", "--json", model).succeeds();
    Map<String, @Nullable Object> json = run.json();
    assertEquals(
        List.of("format", "place", "files", "stacks", "quantisation", "unread", "tensors"),
        List.copyOf(json.keySet()));
    assertEquals("safetensors", json.get("format"));
    assertEquals(model.toString(), json.get("place"));
    assertEquals(6, Objects.requireNonNull((List<?>) json.get("files")).size());
    assertEquals(List.of(Map.of("name", "model.layers", "layers", 3L)), json.get("stacks"));
    List<Map<String, @Nullable Object>> tensors = Cli.objects(json.get("tensors"));
    assertEquals(tensor("model.embed_tokens.weight", 4, null, null), tensors.getFirst());
    assertTrue(tensors.contains(tensor("model.layers.1.mlp.weight", 2, "model.layers", 2L)));
    assertEquals(
        List.of("name", "dtype", "shape", "stack", "layer"),
        List.copyOf(tensors.getFirst().keySet()));
    assertEquals("", run.err());
  }

  @Test
  void aQuantisedModelsSchemeIsNamed() throws IOException {
    String scale = "model.layers.0.mlp.weight.absmax";
    Path model = SmallModel.llama().with(scale, 1).file(folder.resolve("model.safetensors"));
    String line = run("inspect", model).succeeds().lines().getLast();
    assertEquals(
        "quantised by bitsandbytes-4bit: 4-bit codes of bitsandbytes (QLoRA) (tensor %s)"
            .formatted(scale),
        line);
    Map<String, @Nullable Object> found = new LinkedHashMap<>();
    found.put("scheme", "bitsandbytes-4bit");
    found.put("description", "4-bit codes of bitsandbytes (QLoRA)");
    found.put("method", null);
    found.put("file", model.toString());
    found.put("tensor", scale);
    found.put("tensors", 1L);
    found.put("plain_weights", false);
    found.put("read", false);
    assertEquals(found, run("inspect", "--json", model).succeeds().json().get("quantisation"));
    run("diff", model, model).fails(3, "quantised by bitsandbytes-4bit", "dequantise it first");
  }

  @Test
  void quantisedWeightsThatAreReadAreListedAsTheyAreStored() throws IOException {
    Path model = Path.of("../core/src/test/resources/quant/edit/block/base");
    Cli cli = run("inspect", model).succeeds();
    assertTrue(
        cli.lines().stream()
            .anyMatch(l -> l.matches("model.layers.0.self_attn.q_proj.weight +FP8 128×128 .*")),
        cli.out());
    assertTrue(cli.lines().getLast().contains("read as the weights they stand for"), cli.out());
    run("diff", model, model.resolveSibling("tuned")).succeeds();
  }

  private static Map<String, @Nullable Object> tensor(
      String name, long elements, @Nullable String stack, @Nullable Long layer) {
    Map<String, @Nullable Object> tensor = new LinkedHashMap<>();
    tensor.put("name", name);
    tensor.put("dtype", "F32");
    tensor.put("shape", List.of(elements));
    tensor.put("stack", stack);
    tensor.put("layer", layer);
    return tensor;
  }

  /// Format, scheme and place, as text and as JSON.
  @ParameterizedTest
  @CsvSource({
    "torch/lines_layout/ViT-B-32/MNISTVal/nonlinear_zeroshot.pt, pytorch,",
    "torch/hf_bin/sharded, pytorch,",
    "gguf/ok/tiny-Q8_0.gguf, gguf,",
    "gguf/edit/base-hf, safetensors,",
    "peft/adapters/llama_plain, peft-lora,",
    "quant/fp8/fp8_block, safetensors, fp8-block",
    "quant/mxfp4/gpt_oss, safetensors, mxfp4",
    "quant/compressed/ct_fp8_channel_bfloat16, safetensors, compressed-tensors-fp8",
    "quant/refuse/gptq, safetensors, gptq",
  })
  void whatAModelIsIsSaid(String name, String format, @Nullable String scheme) throws IOException {
    Path model = Path.of("../core/src/test/resources").resolve(name);
    String text = run("inspect", model).succeeds().out();
    assertTrue(text.contains("format " + format + ", at " + model), text);
    Map<String, @Nullable Object> json = run("inspect", "--json", model).succeeds().json();
    assertEquals(format, json.get("format"));
    assertEquals(model.toString(), json.get("place"));
    if (scheme == null) {
      assertEquals(null, json.get("quantisation"));
    } else {
      assertTrue(text.contains("quantised by " + scheme), text);
      assertTrue(String.valueOf(json.get("quantisation")).contains("scheme=" + scheme));
    }
  }

  @Test
  void aModelWithoutLayersShowsTheNamesSeen() throws IOException {
    Path model = SmallModel.flat().file(folder.resolve("model.safetensors"));
    List<String> lines = run("inspect", model).succeeds().lines();
    assertTrue(lines.contains("no stack of layers found; names seen:"), lines.toString());
    assertEquals(List.of(), run("inspect", "--json", model).json().get("stacks"));
  }

  @Test
  void layersAreFoundAsTold() throws IOException {
    Path model = SmallModel.t5().file(folder.resolve("model.safetensors"));
    assertTrue(run("inspect", model).out().contains("encoder.block + decoder.block: 4 layers"));
    assertTrue(run("inspect", model, "--stacks=separate").out().contains("block: 2 layers"));
    assertTrue(run("inspect", model, "--layers=decoder.block.(\\d+)").out().contains("2/2"));
  }

  @Test
  void wrongInputsAndPatternsAreReported() throws IOException {
    Path model = SmallModel.llama().file(folder.resolve("model.safetensors"));
    run("inspect", folder.resolve("no")).fails(3, "no: there is no such file or folder");
    run("inspect", Files.createDirectory(folder.resolve("void"))).fails(3, "void");
    run("inspect", model, "--layers=(weight)").fails(2, "weight");
    run("inspect", "--layers=weight", model).fails(2, "group");
    run("inspect").fails(2, "missing required parameter: 'PATH'", "lines inspect --help");
    run("inspect", model, "more").fails(2, "unexpected argument 'more'");
    run("inspect", Files.write(folder.resolve("empty.safetensors"), new byte[0]))
        .fails(3, "empty.safetensors");
    byte[] bytes = Files.readAllBytes(model);
    Files.write(model, Arrays.copyOf(bytes, bytes.length - 1));
    run("inspect", model).fails(3, model.toString());
  }

  @Test
  void filesThatAreCutShortAreToBeFetchedAgain() throws IOException {
    Path empty = Files.createFile(folder.resolve("empty.safetensors"));
    run("inspect", empty).fails(3, "it has only 0 bytes", "copy or download it again");
    byte[] whole = Files.readAllBytes(SmallModel.llama().file(folder.resolve("a.safetensors")));
    Path cut = Files.write(empty, Arrays.copyOf(whole, whole.length - 4));
    run("inspect", cut).fails(3, "the file is truncated", "copy or download it again");
  }

  @Test
  void aFolderIsNoRulesFile() throws IOException {
    Path model = SmallModel.llama().file(folder.resolve("a.safetensors"));
    run("inspect", model, "--rules", folder).fails(2, folder + ": is a folder; name the text file");
    run("inspect", model, "--rules", folder.resolve("none"))
        .fails(2, "none: there is no such rules file; name the text file");
  }

  /// What a training run's processes wrote becomes a model by its own tools.
  @ParameterizedTest
  @CsvSource({
    "zero_to_fp32.py, DeepSpeed, python zero_to_fp32.py",
    "global_step7/mp_rank_00_model_states.pt, DeepSpeed, python zero_to_fp32.py",
    "__0_0.distcp, distributed checkpoint of PyTorch, dcp_to_torch",
    "pytorch_model_fsdp_0/__0_0.distcp, weights of FSDP in pytorch_model_fsdp_0, accelerate"
        + " merge-weights"
  })
  void theStateOfATrainingRunIsCalledWhatItIs(String file, String what, String command)
      throws IOException {
    Path part = folder.resolve(file);
    Files.createDirectories(part.resolveSibling(""));
    Files.writeString(part, "x");
    run("inspect", folder).fails(3, what, "put the model together first: ", command);
  }
}

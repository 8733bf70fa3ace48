package org.lines4j.internal.output;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.lines4j.Convert;
import org.lines4j.Edit;
import org.lines4j.error.InputException;
import org.lines4j.error.RequestException;
import org.lines4j.format.Checkpoint;
import org.lines4j.plan.Plan;
import org.lines4j.testing.Models;

/// An output loads as its input did: files have the names that its loader looks for, and no file
/// names another that is not there.
class OutputLikeInputTest {
  @TempDir Path folder;
  private Path base;
  private Path tuned;
  private Path out;

  @BeforeEach
  void makeModels() throws IOException {
    base = Models.folder(folder.resolve("base"), 3, 100, 1);
    tuned = Models.folder(folder.resolve("tuned"), 3, 100, 2);
    out = folder.resolve("out");
  }

  private void put(String name, String content) throws IOException {
    Path file = tuned.resolve(name);
    Files.createDirectories(file.resolveSibling(""));
    Files.writeString(file, content);
  }

  private void rename(String name) throws IOException {
    for (Path model : List.of(base, tuned)) {
      Files.move(model.resolve("model.safetensors"), model.resolve(name));
    }
  }

  private List<String> edit() throws IOException {
    return edit(0);
  }

  private List<String> edit(long shardSize) throws IOException {
    try (Checkpoint from = Checkpoint.open(base);
        Checkpoint to = Checkpoint.open(tuned)) {
      Edit edit = Edit.of(from, to).withForce();
      Plan plan = (shardSize == 0 ? edit : edit.withShardSize(shardSize)).plan(out);
      plan.run();
      return plan.notices();
    }
  }

  @Test
  void weightsKeepTheNameThatTheirLoaderLooksFor() throws IOException {
    String before = "model.safetensors";
    for (String name :
        List.of(
            "diffusion_pytorch_model.safetensors",
            "diffusion_pytorch_model.fp16.safetensors",
            "open_clip_model.safetensors",
            "open_clip_pytorch_model.safetensors",
            "model.fp16.safetensors")) {
      for (Path model : List.of(base, tuned)) {
        Files.move(model.resolve(before), model.resolve(name));
      }
      before = name;
      assertEquals(List.of(), edit());
      assertEquals(List.of("README.md", "config.json", name), sorted(Models.names(out)));
    }
  }

  @Test
  void soDoFilesOfPyTorch() throws IOException {
    for (String name :
        List.of(
            "pytorch_model",
            "diffusion_pytorch_model",
            "diffusion_pytorch_model-00001-of-00001",
            "open_clip_pytorch_model")) {
      for (Path model : List.of(base, tuned)) {
        pickled(model, name + ".bin");
      }
      edit();
      String written =
          name.equals("pytorch_model") || name.startsWith("open")
              ? name.replace("pytorch_", "")
              : "diffusion_pytorch_model";
      assertEquals(
          List.of("README.md", "config.json", written + ".safetensors"), sorted(Models.names(out)));
    }
  }

  /// As of Mamba, whose own program reads no safetensors.
  @Test
  void aModelThatAnotherProgramMayLoadIsNotedWhereItsFileGetsAnotherName() throws IOException {
    for (Path model : List.of(base, tuned)) {
      pickled(model, "pytorch_model.bin");
      Files.writeString(model.resolve("config.json"), "{\"d_model\": 32, \"n_layer\": 3}");
    }
    assertEquals(
        List.of(
            "config.json: has no model_type, so transformers may not be what loads the model; what"
                + " looks for pytorch_model.bin alone, as mamba_ssm does, needs an output of that"
                + " name"),
        edit());
    put("config.json", "{\"model_type\": \"mamba\"}");
    assertEquals(List.of(), edit());
  }

  /// Makes the model's only file one of PyTorch.
  private static void pickled(Path model, String name) throws IOException {
    Path file = model.resolveSibling(name);
    try (Checkpoint whole = Checkpoint.open(model)) {
      Convert.of(whole).plan(file).run();
    }
    for (String old : Models.names(model)) {
      if (!old.equals("config.json")) {
        Files.delete(model.resolve(old));
      }
    }
    Files.move(file, model.resolve(name));
    if (name.contains("-of-")) {
      Files.writeString(
          model.resolve(name.replaceFirst("-.*", ".bin.index.json")),
          "{\"weight_map\": {%s}}".formatted(weightMap(model.resolve(name))));
    }
  }

  private static String weightMap(Path file) throws IOException {
    try (Checkpoint whole = Checkpoint.open(file)) {
      return whole.tensors().stream()
          .map(tensor -> "\"%s\": \"%s\"".formatted(tensor.name(), file.getFileName()))
          .collect(Collectors.joining(", "));
    }
  }

  private static List<String> sorted(List<String> names) {
    return names.stream().sorted().toList();
  }

  @Test
  void aNameThatNoLoaderLooksForBecomesTheUsualOne() throws IOException {
    rename("my-finetune.safetensors");
    edit();
    assertEquals(List.of("README.md", "config.json", "model.safetensors"), Models.names(out));
  }

  @Test
  void theNameIsThatOfTheModelWhoseFilesGoAlong() throws IOException {
    Files.move(
        tuned.resolve("model.safetensors"), tuned.resolve("diffusion_pytorch_model.safetensors"));
    edit();
    assertTrue(Files.exists(out.resolve("diffusion_pytorch_model.safetensors")));
  }

  @Test
  void shardsAndTheirIndexKeepTheirNamesToo() throws IOException {
    rename("diffusion_pytorch_model.fp16.safetensors");
    edit(600);
    assertTrue(
        Models.names(out)
            .containsAll(
                List.of(
                    "diffusion_pytorch_model.fp16-00001-of-00003.safetensors",
                    "diffusion_pytorch_model.safetensors.index.fp16.json")),
        Models.names(out).toString());
    tuned = out;
    out = folder.resolve("again");
    edit(600);
    assertEquals(Models.names(tuned), withoutCards(Models.names(out)));
  }

  private static List<String> withoutCards(List<String> names) {
    return names.stream().filter(name -> !name.startsWith("README-")).toList();
  }

  @Test
  void aLoaderOfOneFileIsNotGivenSeveral() throws IOException {
    rename("open_clip_model.safetensors");
    RequestException refusal = assertThrows(RequestException.class, () -> edit(600));
    assertTrue(String.valueOf(refusal.getMessage()).contains("open_clip_model.safetensors"));
  }

  @Test
  void anAdaptersDescriptionStaysBehindWithItsWeights() throws IOException {
    put("adapter_config.json", "{}");
    put("adapter_model.safetensors", "");
    assertEquals(
        List.of(
            "adapter_config.json: not copied, it describes an adapter whose weights are not part of"
                + " the output",
            "adapter_model.safetensors: not copied, weights or training state of the input"),
        edit());
    assertEquals(List.of("README.md", "config.json", "model.safetensors"), Models.names(out));
  }

  @Test
  void whatIsCalledAnAdapterIsNotTakenForAModel() throws IOException {
    rename("adapter_model.safetensors");
    InputException refusal = assertThrows(InputException.class, this::edit);
    assertTrue(
        String.valueOf(refusal.getMessage()).contains("an adapter without adapter_config.json"),
        refusal.getMessage());
  }

  @Test
  void aPipelinesDescriptionStaysBehindWithItsModels() throws IOException {
    put("model_index.json", "{\"unet\": [\"diffusers\", \"UNet2DConditionModel\"]}");
    put("unet/diffusion_pytorch_model.safetensors", "");
    List<String> notices = edit();
    assertTrue(notices.getFirst().startsWith("model_index.json: not copied"), notices.toString());
    assertTrue(!Files.exists(out.resolve("model_index.json")));
  }

  @Test
  void aPartWithWeightsThatTheModelNamesGoesAlongAsItIs() throws IOException {
    put(
        "modules.json",
        """
        [{"idx": 0, "name": "0", "path": "", "type": "Transformer"},
         {"idx": 1, "name": "1", "path": "1_Pooling", "type": "Pooling"},
         {"idx": 2, "name": "2", "path": "2_Dense", "type": "Dense", "kwargs": [{"path": 1}]},
         {"idx": 3, "name": "3", "path": "3_Normalize", "type": "Normalize"}]
        """);
    put("1_Pooling/config.json", "{}");
    put("2_Dense/config.json", "{}");
    put("2_Dense/model.safetensors", "weights");
    put("onnx/model.onnx", "");
    assertEquals(
        List.of(
            "onnx: not copied, a folder with weights of its own",
            "2_Dense: copied as it is, because modules.json names it; its weights are not edited or"
                + " merged"),
        edit());
    assertEquals("weights", Files.readString(out.resolve("2_Dense/model.safetensors")));
    assertTrue(Files.exists(out.resolve("1_Pooling/config.json")));
  }

  /// As of the sparse encoders of OpenSearch, whose queries take other modules than documents: the
  /// transformer itself has no name.
  @Test
  void soDoesAPartThatARouterNames() throws IOException {
    put("modules.json", "[{\"idx\": 0, \"name\": \"0\", \"path\": \"\", \"type\": \"Router\"}]");
    put(
        "router_config.json",
        """
        {"types": {"query_0_SparseStaticEmbedding": "SparseStaticEmbedding",
                   "": "MLMTransformer", "document_1_SpladePooling": "SpladePooling"},
         "structure": {"query": ["query_0_SparseStaticEmbedding"],
                       "document": ["", "document_1_SpladePooling"]}}
        """);
    put("document_1_SpladePooling/config.json", "{}");
    put("query_0_SparseStaticEmbedding/model.safetensors", "weights");
    put("onnx/model.onnx", "");
    assertEquals(
        List.of(
            "onnx: not copied, a folder with weights of its own",
            "query_0_SparseStaticEmbedding: copied as it is, because router_config.json names it;"
                + " its weights are not edited or merged"),
        edit());
    assertEquals(
        "weights",
        Files.readString(out.resolve("query_0_SparseStaticEmbedding/model.safetensors")));
    put("router_config.json", "{\"types\": {\"../query\": \"SparseStaticEmbedding\"}}");
    assertTrue(refusal().contains("types should name folders of this model, found '../query'"));
    put("router_config.json", "{\"types\": 1}");
    assertTrue(refusal().contains("types"), refusal());
  }

  /// Where a repository has `model.safetensors` for another loader, transformers reads what its
  /// configuration names; it writes none of that.
  @Test
  void weightsThatAConfigurationNamesAreReadAndNamedAnew() throws IOException {
    for (Path model : List.of(base, tuned)) {
      Files.move(model.resolve("model.safetensors"), model.resolve("transformers.safetensors"));
      Files.writeString(model.resolve("model.safetensors"), "another loader's");
      Files.writeString(
          model.resolve("config.json"),
          """
          {"a": {"transformers_weights": 1}, "transformers_weights": "transformers.safetensors",
           "num_hidden_layers": 3}
          """);
    }
    assertEquals(
        List.of("model.safetensors: not copied, weights or training state of the input"), edit());
    assertEquals(
        List.of("README.md", "config.json", "model.safetensors"), sorted(Models.names(out)));
    assertEquals(
        """
        {
          "a" : {
            "transformers_weights" : 1
          },
          "num_hidden_layers" : 3
        }
        """,
        Files.readString(out.resolve("config.json")));
    try (Checkpoint written = Checkpoint.open(out);
        Checkpoint read = Checkpoint.open(tuned)) {
      assertEquals(read.infos(), written.infos());
    }
  }

  @Test
  @EnabledOnOs({OS.LINUX, OS.MAC})
  void aPartThatCannotBeTakenAlongIsRefused() throws IOException {
    put("modules.json", "[{\"path\": \"2_Dense\"}]");
    Files.createDirectory(folder.resolve("dense"));
    Files.createSymbolicLink(tuned.resolve("2_Dense"), folder.resolve("dense"));
    String linked = refusal();
    assertTrue(linked.startsWith(tuned.resolve("2_Dense") + ": a link to a folder"), linked);
    Files.delete(tuned.resolve("2_Dense"));
    put("modules.json", "[{\"path\": \"../dense\"}]");
    assertTrue(refusal().contains("path should name a folder of this model"));
  }

  private String refusal() {
    return String.valueOf(assertThrows(InputException.class, this::edit).getMessage());
  }
}

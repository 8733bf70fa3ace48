package org.lines4j.internal.resolve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lines4j.Merge;
import org.lines4j.Methods;
import org.lines4j.RecipeResolver;
import org.lines4j.error.InputException;
import org.lines4j.format.Checkpoint;
import org.lines4j.format.CheckpointWriter;
import org.lines4j.layers.LayerOptions;
import org.lines4j.merge.ModelSet;
import org.lines4j.merge.Recipe;
import org.lines4j.merge.Recipe.LayerRange;
import org.lines4j.merge.Recipe.ModelUse;
import org.lines4j.merge.Recipe.Slice;
import org.lines4j.merge.ResolvedMerge;
import org.lines4j.tensor.DType;
import org.lines4j.tensor.Shape;
import org.lines4j.tensor.TensorInfo;
import org.lines4j.testing.Models;

/// Stacked layers are what the configuration promises at their new positions, or refused.
class LayerKindsTest {
  @TempDir private Path folder;

  /// A model with a letter for each layer: `d`ense or `s`parse, or with a `m`ixer in place of
  /// attention.
  private void model(String name, String kinds, String settings, TensorInfo... outside)
      throws IOException {
    List<TensorInfo> infos = new ArrayList<>(List.of(outside));
    infos.add(info("model.embed_tokens.weight", 4));
    for (int i = 0; i < kinds.length(); i++) {
      String layer = "model.layers." + i + ".";
      char kind = kinds.charAt(i);
      infos.add(info(layer + "norm.weight", 2));
      infos.add(info(layer + (kind == 'm' ? "mixer.weight" : "attention.weight"), 2));
      infos.add(info(layer + (kind == 's' ? "mlp.gate.weight" : "mlp.up.weight"), 2));
    }
    infos.add(info("model.norm.weight", 2));
    Path file = folder.resolve(name).resolve("model.safetensors");
    try (CheckpointWriter writer = CheckpointWriter.create(file, infos, Map.of())) {
      for (TensorInfo info : infos) {
        writer.write(info.name(), MemorySegment.ofArray(new byte[(int) info.byteSize()]));
      }
      writer.publish();
    }
    Files.writeString(
        folder.resolve(name).resolve("config.json"),
        "{\"num_hidden_layers\": %d%s}"
            .formatted(kinds.length(), settings.isEmpty() ? "" : ", " + settings));
  }

  private static TensorInfo info(String name, long size) {
    return new TensorInfo(name, DType.F32, Shape.of(size, 2));
  }

  /// `a 0 3 b 2 4`: layers 0 to 2 of `a`, then layer 2 and 3 of `b`.
  private String stacked(String layers) throws IOException {
    return stacked(layers, "config.json");
  }

  private String stacked(String layers, String config) throws IOException {
    List<Slice> slices = new ArrayList<>();
    String[] words = layers.split(" ", -1);
    for (int i = 0; i < words.length; i += 3) {
      LayerRange range =
          new LayerRange(Integer.parseInt(words[i + 1]), Integer.parseInt(words[i + 2]));
      slices.add(
          new Slice(
              List.of(new ModelUse(words[i], Optional.of(range), Map.of(), 0)),
              Optional.empty(),
              Map.of()));
    }
    Recipe recipe =
        new Recipe(
            "r.yml",
            "passthrough",
            slices,
            Optional.empty(),
            Map.of(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty());
    RecipeResolver resolver = RecipeResolver.of(recipe, Methods.all());
    Path out = folder.resolve("out");
    try (ModelSet models = ModelSet.open(resolver.modelNames(), folder)) {
      ResolvedMerge merge = resolver.resolve(models, LayerOptions.defaults());
      Merge.of(merge).withForce().plan(out).run();
    }
    return Files.readString(out.resolve(config)).replaceAll("\\s+", "").replace('"', '\'');
  }

  private String refused(String layers) {
    return String.valueOf(assertThrows(InputException.class, () -> stacked(layers)).getMessage());
  }

  /// The kinds of the output's layers.
  private String kinds() throws IOException {
    StringBuilder kinds = new StringBuilder();
    try (Checkpoint made = Checkpoint.open(folder.resolve("out"))) {
      for (int i = 0; made.find("model.layers." + i + ".norm.weight").isPresent(); i++) {
        boolean mixes = made.find("model.layers." + i + ".mixer.weight").isPresent();
        boolean sparse = made.find("model.layers." + i + ".mlp.gate.weight").isPresent();
        kinds.append(mixes ? 'm' : sparse ? 's' : 'd');
      }
    }
    return kinds.toString();
  }

  @Test
  void denseLayersComeFirstWhereTheConfigurationCountsThem() throws IOException {
    model("a", "dsss", "\"first_k_dense_replace\": 1");
    assertEquals("{'num_hidden_layers':3,'first_k_dense_replace':0}", stacked("a 1 4"));
    assertEquals("sss", kinds());
    assertEquals("{'num_hidden_layers':7,'first_k_dense_replace':2}", stacked("a 0 1 a 0 4 a 2 4"));
    assertEquals("ddsssss", kinds());
    String message = refused("a 0 3 a 0 4");
    assertTrue(message.contains("first_k_dense_replace"), message);
    assertTrue(message.contains("Layer 3 of the output should hold"), message);
  }

  /// Whose loader reads one file, and knows the number of layers from another.
  @Test
  void mistralsOwnLayoutCountsTheLayersThatTheOutputHas() throws IOException {
    model("a", "dddd", "");
    Path model = folder.resolve("a");
    Files.move(model.resolve("model.safetensors"), model.resolve("consolidated.safetensors"));
    Files.delete(model.resolve("config.json"));
    Files.writeString(
        model.resolve("params.json"), "{\"dim\": 2, \"n_layers\": 4, \"vocab_size\": 4}");
    assertEquals("{'dim':2,'n_layers':6,'vocab_size':4}", stacked("a 0 3 a 1 4", "params.json"));
    assertEquals(
        List.of("README.md", "consolidated.safetensors", "params.json"),
        Models.names(folder.resolve("out")));
    assertEquals("dddddd", kinds());
    Files.writeString(model.resolve("params.json"), "{\"dim\": 2}");
    assertEquals("{'dim':2}", stacked("a 0 3 a 1 4", "params.json"));
  }

  /// Gemma 3n's embeddings have columns for each layer; speech models weigh the layers' outputs;
  /// ESM-2 finds contacts by all heads of all layers; YOLOS adds positions between its layers.
  @Test
  void aTensorWithAPartForEachLayerIsNotSliced() throws IOException {
    TensorInfo embeddings =
        new TensorInfo("model.embed_tokens_per_layer.weight", DType.F32, Shape.of(5, 12));
    model("a", "dddd", "", embeddings);
    assertTrue(refused("a 0 3 a 1 4").contains(embeddings.name()), refused("a 0 3 a 1 4"));
    assertTrue(refused("a 2 4 a 0 2").contains(embeddings.name()), refused("a 2 4 a 0 2"));
    stacked("a 0 4");
    model("b", "dddd", "", new TensorInfo("layer_weights", DType.F32, Shape.of(5)));
    assertTrue(refused("b 0 3 b 1 4").contains("layer_weights"), refused("b 0 3 b 1 4"));
    model("c", "dddd", "", new TensorInfo("vision.norm_per_layer", DType.F32, Shape.of(8)));
    stacked("c 0 3");
    String contacts = "esm.contact_head.regression.weight";
    model("d", "dddd", "", new TensorInfo(contacts, DType.F32, Shape.of(1, 16)));
    assertTrue(refused("d 0 3 d 1 4").contains(contacts), refused("d 0 3 d 1 4"));
    String positions = "vit.encoder.interpolation.mid_position_embeddings";
    model("e", "dddd", "", new TensorInfo(positions, DType.F32, Shape.of(3, 1, 9, 2)));
    assertTrue(refused("e 0 3 e 1 4").contains(positions), refused("e 0 3 e 1 4"));
  }

  /// It counts layers of images and of texts, each in its own words.
  @Test
  void openClipsConfigurationIsNotChanged() throws IOException {
    model("a", "dddd", "");
    Path model = folder.resolve("a");
    Files.move(model.resolve("model.safetensors"), model.resolve("open_clip_model.safetensors"));
    Files.delete(model.resolve("config.json"));
    String config = "open_clip_config.json";
    Files.writeString(model.resolve(config), "{}");
    assertTrue(refused("a 0 3 a 1 4").contains(config), refused("a 0 3 a 1 4"));
    assertEquals("{}", stacked("a 2 4 a 0 2", config));
  }

  /// DeepSeek-V3's and GLM-4.5's block that predicts one more token has the number behind the last
  /// layer's: with more layers it would have the name of one of them.
  @Test
  void aBlockNumberedBehindTheLayersIsNotMoved() throws IOException {
    TensorInfo head = new TensorInfo("model.layers.4.eh_proj.weight", DType.F32, Shape.of(4, 8));
    TensorInfo own =
        new TensorInfo("model.layers.4.embed_tokens.weight", DType.F32, Shape.of(5, 4));
    model("a", "dddd", "", head, own);
    assertTrue(refused("a 0 4 a 2 4").contains("model.layers.4.e"), refused("a 0 4 a 2 4"));
    assertTrue(refused("a 0 1 a 2 4").contains("model.layers.4.e"), refused("a 0 1 a 2 4"));
    stacked("a 2 4 a 0 2");
  }

  @Test
  void aPeriodThatTheLayersBreakIsRefused() throws IOException {
    model("a", "mmdm", "\"attn_layer_period\": 4, \"attn_layer_offset\": 2");
    assertTrue(refused("a 0 3 a 2 4").contains("attn_layer_period"));
    stacked("a 0 4 a 0 4");
    assertEquals("mmdmmmdm", kinds());
  }

  @Test
  void listsAndNumbersOfLayersFollow() throws IOException {
    model("a", "mdm", "\"attn_layer_indices\": [1]");
    assertEquals("{'num_hidden_layers':4,'attn_layer_indices':[0,2]}", stacked("a 1 3 a 1 3"));
    model("a", "mdm", "\"layers_block_type\": [\"m\", \"a\", \"m\"]");
    assertEquals("{'num_hidden_layers':2,'layers_block_type':['a','m']}", stacked("a 1 3"));
  }

  /// GPT-Neo: transformers refuses a model whose groups give another number of layers.
  @Test
  void groupsOfKindsFollow() throws IOException {
    model("a", "dddd", "\"attention_types\": [[[\"global\", \"local\"], 2]]");
    assertEquals(
        "{'num_hidden_layers':3,'attention_types':[[['global','global','local'],1]]}",
        stacked("a 0 1 a 2 4"));
  }

  @Test
  void kindsThatNoSettingTellsAreTakenByTheirPositions() throws IOException {
    model("a", "mmdm", "");
    assertEquals("{'num_hidden_layers':3}", stacked("a 0 3"));
    String message = refused("a 0 2 a 3 4");
    assertTrue(
        message.contains(
            "no setting is known that says which is where. Layer 2 of the output should hold"
                + " .attention.weight, but it would hold layer 3 of"),
        message);
    assertTrue(refused("a 0 4 a 0 1").contains("is of a kind that cannot be told"));
  }

  @Test
  void aFirstLayerOfItsOwnKindStaysTheFirst() throws IOException {
    model("a", "dsss", "");
    assertEquals("{'num_hidden_layers':6}", stacked("a 0 3 a 1 4"));
    assertTrue(refused("a 0 3 a 0 3").contains("Layer 3 of the output"));
  }

  @Test
  void anotherModelsLayersMustBeOfTheKindThatIsDescribed() throws IOException {
    model("a", "dsss", "\"first_k_dense_replace\": 1");
    model("b", "ddss", "\"first_k_dense_replace\": 2");
    assertEquals("{'num_hidden_layers':4,'first_k_dense_replace':1}", stacked("a 0 2 b 2 4"));
    String message = refused("a 0 1 b 1 4");
    assertTrue(message.contains("but it would hold layer 1 of " + folder.resolve("b")), message);
  }

  @Test
  void layersOfOneKindAreStackedAsBefore() throws IOException {
    model("a", "ddd", "\"rope_theta\": 1e6, \"num_attention_heads\": 2");
    stacked("a 0 2 a 1 3 a 0 3");
    assertEquals("ddddddd", kinds());
  }
}

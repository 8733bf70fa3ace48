package org.lines4j.internal.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lines4j.error.InputException;
import org.lines4j.format.Companion;
import org.lines4j.format.Companions;
import org.lines4j.internal.local.LocalStorage;
import org.lines4j.internal.work.SidecarChanges;
import org.lines4j.internal.work.SidecarChanges.Layers;
import org.lines4j.internal.work.SidecarChanges.Layers.Side;
import org.lines4j.internal.work.SidecarChanges.TokenNumbers;
import org.lines4j.internal.work.SidecarChanges.VocabularySize;
import org.lines4j.storage.Location;
import org.lines4j.tensor.DType;

class ModelConfigTest {
  @TempDir private Path folder;

  private String changed(String config, SidecarChanges changes) throws IOException {
    Files.writeString(folder.resolve("config.json"), config.replace('\'', '"'));
    return shown(ModelConfig.with(file("config.json"), changes));
  }

  private Companion file(String name) throws IOException {
    return Companions.of(new LocalStorage(), Location.of(folder)).find(name).orElseThrow();
  }

  private static String shown(byte[] json) {
    return new String(json, StandardCharsets.UTF_8).replaceAll("\\s+", "").replace('"', '\'');
  }

  private static SidecarChanges stacked(int before, Integer... origins) {
    return SidecarChanges.none().withLayers(new Layers(before, List.of(origins)));
  }

  @Test
  void theTypeChangesUnderBothOfItsNamesAndAtAnyDepth() throws IOException {
    assertEquals(
        "{'dtype':'bfloat16','text_config':{'torch_dtype':'bfloat16'},'eps':1e-06}",
        changed(
            "{'dtype': 'float32', 'text_config': {'torch_dtype': 'float16'}, 'eps': 1e-06}",
            SidecarChanges.none().withDtype(Optional.of(DType.BF16))));
  }

  @Test
  void theLayerCountAndTheListsByLayerFollowTheSlices() throws IOException {
    assertEquals(
        "{'num_hidden_layers':4,'layer_types':['full','full','slide','full'],'heads':2}",
        changed(
            "{'num_hidden_layers': 2, 'layer_types': ['full', 'slide'], 'heads': 2}",
            stacked(2, 0, 0, 1, 0)));
  }

  @Test
  void onlyThePartWhoseLayersAreStackedChanges() throws IOException {
    assertEquals(
        "{'text_config':{'num_hidden_layers':4},'vision_config':{'num_hidden_layers':2}}",
        changed(
            "{'text_config': {'num_hidden_layers': 2}, 'vision_config': {'num_hidden_layers': 2}}",
            stacked(2, 0, 0, 1, 0)));
    assertEquals(
        "{'text_config':{'num_hidden_layers':2},'vision_config':{'num_hidden_layers':3}}",
        changed(
            "{'text_config': {'num_hidden_layers': 2}, 'vision_config': {'num_hidden_layers': 2}}",
            SidecarChanges.none().withLayers(new Layers(2, List.of(0, 1, 1), true))));
  }

  @Test
  void anEncoderAndADecoderAreCountedApart() throws IOException {
    String t5 = "{'num_layers':2,'num_decoder_layers':2}";
    assertEquals(t5.replace("rs':2}", "rs':3}"), changed(t5, side(Side.DECODER)));
    assertEquals(t5.replace("num_layers':2", "num_layers':3"), changed(t5, side(Side.ENCODER)));
    String bart = "{'encoder_layers':2,'num_hidden_layers':2,'decoder_layers':2}";
    assertEquals(bart.replace("r_layers':2}", "r_layers':3}"), changed(bart, side(Side.DECODER)));
    String encoder = bart.replace("2,", "3,");
    assertEquals(encoder, changed(bart, side(Side.ENCODER)));
    String uncounted = "{'is_encoder_decoder': true, 'num_layers': 2}";
    for (Side side : List.of(Side.ENCODER, Side.DECODER)) {
      assertThrows(InputException.class, () -> changed(uncounted, side(side)));
    }
    assertEquals("{'num_layers':3}", changed("{'num_layers': 2}", side(Side.ENCODER)));
  }

  /// BERT2BERT, and a ViT with GPT-2: transformers joins any two.
  @Test
  void twoModelsPutTogetherAreCountedEachInItsOwnConfiguration() throws IOException {
    String config =
        "{'is_encoder_decoder':true,'encoder':{'num_hidden_layers':2},'decoder':{'num_hidden_layers':2}}";
    assertEquals(config.replace("2}}", "3}}"), changed(config, side(Side.DECODER)));
    assertEquals(config.replace("2},", "3},"), changed(config, side(Side.ENCODER)));
    String gpt = config.replace("{'num_hidden_layers':2}}", "{'n_layer':2}}");
    assertEquals(gpt.replace("2}}", "3}}"), changed(gpt, side(Side.DECODER)));
    assertEquals(gpt.replace("2},", "3},"), changed(gpt, side(Side.ENCODER)));
    String uncounted = gpt.replace("'num_hidden_layers':2", "");
    assertThrows(InputException.class, () -> changed(uncounted, side(Side.ENCODER)));
    String trocr = gpt.replace("'n_layer'", "'decoder_layers'");
    assertEquals(trocr.replace("2}}", "3}}"), changed(trocr, side(Side.DECODER)));
    assertEquals(trocr.replace("2},", "3},"), changed(trocr, side(Side.ENCODER)));
  }

  /// Longformer has a window for each layer; LED's are the encoder's.
  @Test
  void windowsOfAttentionFollowTheirLayers() throws IOException {
    assertEquals(
        "{'num_hidden_layers':3,'attention_window':[4,8,8]}",
        changed("{'num_hidden_layers': 2, 'attention_window': [4, 8]}", stacked(2, 0, 1, 1)));
    String led = "{'encoder_layers':2,'decoder_layers':2,'attention_window':[4,8]}";
    assertEquals(
        led.replace("decoder_layers':2", "decoder_layers':3"), changed(led, side(Side.DECODER)));
    assertEquals(
        "{'encoder_layers':3,'decoder_layers':2,'attention_window':[4,8,8]}",
        changed(led, side(Side.ENCODER)));
  }

  private static SidecarChanges side(Side side) {
    return SidecarChanges.none().withLayers(new Layers(2, List.of(0, 1, 1), false, side));
  }

  @Test
  void layersMayBeCountedByTheirListAlone() throws IOException {
    assertEquals(
        "{'layers_block_type':['mamba','moe','mamba']}",
        changed("{'layers_block_type': ['mamba', 'moe']}", stacked(2, 0, 1, 0)));
  }

  @Test
  void anUntiedHeadIsSaidWhetherOrNotItWas() throws IOException {
    SidecarChanges untied = SidecarChanges.none().untied();
    assertEquals(
        "{'tie_word_embeddings':false,'a':{'b':1}}",
        changed("{'tie_word_embeddings': true, 'a': {'b': 1}}", untied));
    assertEquals("{'a':{'b':1},'tie_word_embeddings':false}", changed("{'a': {'b': 1}}", untied));
  }

  @Test
  void listsThatAreNotByLayerStay() throws IOException {
    assertEquals(
        "{'n_layer':1,'layer_types':['a','b','c'],'norms':[[1],[2]],'mean':[0.5,1]}",
        changed(
            "{'n_layer': 2, 'layer_types': ['a', 'b', 'c'], 'norms': [[1], [2]],"
                + " 'mean': [0.5, 1]}",
            stacked(2, 1)));
  }

  private static SidecarChanges resized(long before, long after) {
    return SidecarChanges.none().withVocabulary(Optional.of(new VocabularySize(before, after)));
  }

  @Test
  void theVocabularySizeChanges() throws IOException {
    assertEquals(
        "{'vocab_size':99,'audio':{'vocab_size':7}}",
        changed("{'vocab_size': 96, 'audio': {'vocab_size': 7}}", resized(96, 99)));
    assertThrows(InputException.class, () -> changed("{'vocab_size': 95}", resized(96, 99)));
  }

  @Test
  void tokensGetTheirNewNumbersAndThoseThatAreGoneNone() throws IOException {
    SidecarChanges changes =
        SidecarChanges.none()
            .withTokenNumbers(Optional.of(new TokenNumbers(new int[] {0, 5, -1, 7})));
    assertEquals(
        "{'bos_token_id':5,'eos_token_id':[7,0],'pad_token_id':null,'image_token_index':7,"
            + "'layers':3,'sep_token_id':-1,'t':{'unk_token_id':null}}",
        changed(
            "{'bos_token_id': 1, 'eos_token_id': [3, 2, 0], 'pad_token_id': 2, 'image_token_index':"
                + " 3, 'layers': 3, 'sep_token_id': -1, 't': {'unk_token_id': 99}}",
            changes));
  }

  @Test
  void aConfigurationThatDoesNotCountItsLayersIsAnError() {
    InputException error =
        assertThrows(
            InputException.class, () -> changed("{'num_hidden_layers': 7}", stacked(6, 0, 1)));
    assertTrue(
        String.valueOf(error.getMessage())
            .contains("number of layers that is 6, to change it to 2"));
  }

  private String refused(String config, SidecarChanges changes) {
    return String.valueOf(
        assertThrows(InputException.class, () -> changed(config, changes)).getMessage());
  }

  @Test
  void listsByLayerFollowWhateverTheyHold() throws IOException {
    assertEquals(
        "{'n_layer':3,'block_configs':[{'a':[2]},{'a':[2]},{'a':1}],'hybrid_override_pattern':'**M',"
            + "'num_kv_heads':[4,4,2],'moe':{'layer_ffn':[2,2,1]}}",
        changed(
            "{'n_layer': 2, 'block_configs': [{'a': 1}, {'a': [2]}], 'hybrid_override_pattern':"
                + " 'M*', 'num_kv_heads': [2, 4], 'moe': {'layer_ffn': [1, 2]}}",
            stacked(2, 1, 1, 0)));
  }

  @Test
  void numbersOfLayersAreTheirNewOnes() throws IOException {
    assertEquals(
        "{'num_hidden_layers':5,'mlp_only_layers':[0,4],'attn_layer_indices':[1,3],'eos_token_ids':[0,2]}",
        changed(
            "{'num_hidden_layers': 3, 'mlp_only_layers': [0], 'attn_layer_indices': [1],"
                + " 'eos_token_ids': [0, 2]}",
            stacked(3, 0, 1, 2, 1, 0)));
  }

  /// Without this, transformers refuses a stacked Gemma 4 that it has saved.
  @Test
  void whatIsSaidOfALayerUnderItsNumberFollowsIt() throws IOException {
    String config =
        "{'text': {'num_hidden_layers': 4, 'per_layer_config': {'1': {'head_dim': 16}, '3':"
            + " {'head_dim': 32, 'rope': {'theta': 0.5}}}}, 'id2label': {'0': 'a', '1': 'b'}}";
    assertEquals(
        "{'text':{'num_hidden_layers':5,'per_layer_config':{'0':{'head_dim':16},'2':{'head_dim':32,'rope':{'theta':0.5}},'4':{'head_dim':32,'rope':{'theta':0.5}}}},'id2label':{'0':'a','1':'b'}}",
        changed(config, stacked(4, 1, 2, 3, 2, 3)));
    assertEquals(
        "{'n_layer':1,'layer_scales':{}}",
        changed("{'n_layer': 2, 'layer_scales': {'1': 0.5}}", stacked(2, 0)));
    assertEquals(
        "{'n_layer':1,'block_names':{'1':'x','7':'y'}}",
        changed("{'n_layer': 2, 'block_names': {'1': 'x', '7': 'y'}}", stacked(2, 0)));
  }

  /// Without this, transformers refuses the configuration of a DINOv2 with fewer layers.
  @Test
  void whatABackboneGivesOutComesBehindTheSameLayers() throws IOException {
    String config =
        "{'num_hidden_layers': 4, 'stage_names': ['stem', 'stage1', 'stage2', 'stage3', 'stage4'],"
            + " 'out_features': [%s], 'out_indices': [%s]}";
    String last = config.formatted("'stage4'", "-1");
    String fewer =
        "{'num_hidden_layers':2,'stage_names':['stem','stage1','stage2'],'out_features':['stage2'],'out_indices':[2]}";
    assertEquals(fewer, changed(last, stacked(4, 0, 1)));
    assertEquals(fewer, changed(last, stacked(4, 0, 3)));
    String two = config.formatted("'stage2', 'stage4'", "2, 4");
    assertEquals(
        "{'num_hidden_layers':5,'stage_names':['stem','stage1','stage2','stage3','stage4','stage5'],'out_features':['stage3','stage5'],'out_indices':[3,5]}",
        changed(two, stacked(4, 0, 1, 1, 2, 3)));
    assertTrue(refused(two, stacked(4, 0, 2, 3)).contains("out_features says behind which layers"));
    assertTrue(refused(two, stacked(4, 2, 3, 0, 1)).contains("[2, 4]"));
  }

  /// Without this, transformers looks for a Whisper's heads in layers that are not there.
  @Test
  void headsThatAlignWordsFollowTheLayersOfTheDecoder() throws IOException {
    String config = "{'alignment_heads': [[2, 0], [2, 5], [3, 1]], 'eos_token_id': 7}";
    assertEquals(
        "{'alignment_heads':[[1,1]],'eos_token_id':7}",
        generation(config, sided(4, Side.DECODER, 0, 3)));
    assertEquals(
        "{'alignment_heads':[[0,0],[1,0],[0,5],[1,5],[2,1]],'eos_token_id':7}",
        generation(config, sided(4, Side.DECODER, 2, 2, 3)));
    assertEquals("{'eos_token_id':7}", generation(config, sided(4, Side.DECODER, 0, 1)));
    assertEquals("", generation(config, sided(4, Side.ENCODER, 0, 1)));
    assertTrue(
        AlignmentHeads.lost(
                file("generation_config.json"), new Layers(4, List.of(0), false, Side.DECODER))
            .orElseThrow()
            .contains("alignment_heads is left out"));
  }

  private String generation(String config, SidecarChanges changes) throws IOException {
    Files.writeString(folder.resolve("generation_config.json"), config.replace('\'', '"'));
    return shown(ModelConfig.ofGeneration(file("generation_config.json"), changes));
  }

  /// DPT counts its own from the first layer, not from what is before it.
  @Test
  void whatTheHeadOfDptReadsComesBehindTheSameLayers() throws IOException {
    String config = "{'num_hidden_layers': 4, 'backbone_out_indices': [0, 3]}";
    assertEquals(
        "{'num_hidden_layers':3,'backbone_out_indices':[0,2]}",
        changed(config, stacked(4, 0, 1, 3)));
    assertTrue(refused(config, stacked(4, 0, 1)).contains("[0, 3]"));
  }

  @Test
  void quantilesAreNoLayers() throws IOException {
    assertEquals(
        "{'num_layers':8,'quantiles':[1,2,3,4,5,6,7,8,9]}",
        changed(
            "{'num_layers': 9, 'quantiles': [1, 2, 3, 4, 5, 6, 7, 8, 9]}",
            stacked(9, 0, 1, 2, 3, 4, 5, 6, 7)));
  }

  @Test
  void aCountOfFirstLayersFollowsAsLongAsTheyComeFirst() throws IOException {
    String config = "{'num_layers': 4, 'first_k_dense_replace': 2, 'moe_layer_freq': 1}";
    assertEquals(
        "{'num_layers':3,'first_k_dense_replace':1,'moe_layer_freq':1}",
        changed(config, stacked(4, 1, 2, 3)));
    assertEquals(
        "{'num_layers':2,'first_k_dense_replace':0,'moe_layer_freq':1}",
        changed(config, stacked(4, 2, 3)));
    String message = refused(config, stacked(4, 0, 1, 2, 1));
    assertTrue(
        message.contains(
            "first_k_dense_replace says which layers are of which kind by their position. Layer 3"
                + " of the output should hold a layer that is none of the first 2, but it would"
                + " hold layer 1 (one of the first 2)"),
        message);
  }

  @Test
  void aCountThatTakesInAllLayersStillDoes() throws IOException {
    assertEquals(
        "{'n_layer':3,'max_window_layers':3}",
        changed("{'n_layer': 2, 'max_window_layers': 2}", stacked(2, 0, 1, 1)));
  }

  @Test
  void aCountOfLastLayersFollowsAsLongAsTheyComeLast() throws IOException {
    String config = "{'n_layer': 4, 'num_kv_shared_layers': 2}";
    assertEquals(
        "{'n_layer':5,'num_kv_shared_layers':3}", changed(config, stacked(4, 0, 1, 2, 2, 3)));
    assertTrue(refused(config, stacked(4, 0, 2, 1)).contains("take those layers only at the end"));
  }

  @Test
  void periodsHoldWhereLayersMoveByThem() throws IOException {
    String config = "{'n_layer': 4, 'attn_layer_period': 2, 'attn_layer_offset': 1}";
    assertEquals(
        "{'n_layer':6,'attn_layer_period':2,'attn_layer_offset':1}",
        changed(config, stacked(4, 0, 1, 2, 1, 2, 3)));
    String message = refused(config, stacked(4, 0, 1, 1, 2));
    assertTrue(message.contains("attn_layer_period"), message);
    assertTrue(message.contains("Layer 2 of the output should hold a layer like layer 2"), message);
    assertTrue(message.contains("multiples of 2"), message);
    assertTrue(
        refused("{'n_layer': 4, 'global_attn_every_n_layers': 3}", stacked(4, 1, 2))
            .contains("global_attn_every_n_layers"));
    assertTrue(
        refused("{'n_layer': 6, 'sliding_window_pattern': 'LLG'}", stacked(6, 1, 2))
            .contains("sliding_window_pattern"));
  }

  @Test
  void aPeriodThatAModelsTypeHasWhereNothingIsSaidIsKept() throws IOException {
    for (String type : List.of("gemma2", "gemma3_text", "cohere2", "gpt_oss", "llama4_text")) {
      String config = "{'model_type': '%s', 'num_hidden_layers': 13}".formatted(type);
      assertTrue(refused(config, stacked(13, 0, 1, 3, 4, 5)).contains(type), type);
    }
    assertEquals(
        "{'model_type':'gemma2','num_hidden_layers':4}",
        changed("{'model_type': 'gemma2', 'num_hidden_layers': 6}", stacked(6, 0, 1, 4, 5)));
    assertEquals(
        "{'model_type':'gemma2','layer_types':['a','b'],'num_hidden_layers':2}",
        changed(
            "{'model_type': 'gemma2', 'layer_types': ['b', 'b', 'a'], 'num_hidden_layers': 3}",
            stacked(3, 2, 1)));
    assertTrue(
        refused(
                "{'model_type': 'gemma2', 'num_hidden_layers': 6, 'layer_types': null}",
                stacked(6, 0, 1, 3))
            .contains("layer_types (left out"));
    assertTrue(
        refused(
                "{'model_type': 'gemma3_text', 'num_hidden_layers': 9, 'sliding_window_pattern':"
                    + " 3}",
                stacked(9, 0, 2))
            .contains("every 3"));
  }

  /// Kinds of layers that no tensor shows, where transformers has them by default.
  @Test
  void whatATypeHasWhereNothingIsSaidIsKept() throws IOException {
    for (String type :
        List.of(
            "t5_gemma_module",
            "t5gemma2_text",
            "gemma3n_text",
            "gemma4_text",
            "cwm",
            "cohere2_moe",
            "exaone_moe",
            "granite_swa",
            "granitemoe_swa",
            "afmoe",
            "modernbert-decoder",
            "gpt_neo",
            "inkling_text",
            "muse_glimmer_text",
            "neomme")) {
      String config = "{'model_type': '%s', 'num_hidden_layers': 13}".formatted(type);
      assertTrue(refused(config, stacked(13, 0, 1, 3, 4, 5)).contains(type), type);
    }
    String said = "'residual_multiplier': 1, 'layer_types': ['a', 'a', 'b']}";
    assertTrue(
        changed("{'model_type': 'neomme', 'num_hidden_layers': 3, " + said, stacked(3, 0, 2))
            .contains("'layer_types':['a','b']"));
  }

  @Test
  void aNumberThatIsLeftOutCannotFollowItsLayers() throws IOException {
    String gemma =
        "{'model_type':'gemma3n_text','num_hidden_layers':20,'layer_types':%s"
            .formatted(Collections.nCopies(20, "'a'").toString().replace(" ", ""));
    Integer[] first15 = IntStream.range(0, 15).boxed().toArray(Integer[]::new);
    String message = refused(gemma + "}", stacked(20, first15));
    assertTrue(message.contains("num_kv_shared_layers (left out; gemma3n_text has 15)"), message);
    assertTrue(message.contains("write it into this file first"), message);
    String shared =
        ",'num_kv_shared_layers':5,'activation_sparsity_pattern':%s}"
            .formatted(Collections.nCopies(20, "0.5").toString().replace(" ", ""));
    assertTrue(changed(gemma + shared, stacked(20, first15)).contains("'num_kv_shared_layers':0"));
    String qwen = "{'model_type':'qwen2','num_hidden_layers':30%s}";
    Integer[] dropped = IntStream.range(5, 30).boxed().toArray(Integer[]::new);
    assertTrue(
        refused(qwen.formatted(",'use_sliding_window':true"), stacked(30, dropped))
            .contains("max_window_layers (left out; qwen2 has 28)"));
    assertEquals(
        qwen.formatted("").replace("30", "25"), changed(qwen.formatted(""), stacked(30, dropped)));
  }

  /// transformers divides the layers by how many are sparse, whatever the step says.
  @Test
  void sparseLayersOfSwitchTransformersStaySparse() throws IOException {
    String config =
        "{'model_type':'switch_transformers','num_layers':12,'num_decoder_layers':12,'num_sparse_encoder_layers':6,'encoder_sparse_step':2}";
    Integer[] ten = IntStream.range(0, 10).boxed().toArray(Integer[]::new);
    assertEquals(
        config.replace("num_layers':12", "num_layers':10").replace("6", "5"),
        changed(config, sided(12, Side.ENCODER, ten)));
    assertTrue(
        refused(config, sided(12, Side.ENCODER, 0, 2, 3, 4, 5, 6, 7, 8, 9, 10))
            .contains("num_sparse_encoder_layers"));
    String eight = "{'model_type':'switch_transformers','num_layers':12,'num_decoder_layers':12}";
    Integer[] first8 = IntStream.range(0, 8).boxed().toArray(Integer[]::new);
    String message = refused(eight, sided(12, Side.DECODER, first8));
    assertTrue(
        message.contains("num_sparse_decoder_layers (left out; switch_transformers has 3)"),
        message);
    Integer[] twice =
        IntStream.concat(IntStream.range(0, 12), IntStream.range(0, 3))
            .boxed()
            .toArray(Integer[]::new);
    assertTrue(
        refused(eight, sided(12, Side.ENCODER, twice)).contains("num_sparse_encoder_layers"));
    assertEquals(
        eight.replace("decoder_layers':12", "decoder_layers':12"),
        changed(
            eight,
            sided(
                12,
                Side.DECODER,
                IntStream.range(0, 12).map(i -> (i + 4) % 12).boxed().toArray(Integer[]::new))));
  }

  /// transformers makes Gemma 4's last layer one of full attention, whatever the list says.
  @Test
  void theLastLayerOfGemma4HasFullAttention() throws IOException {
    String config =
        "{'model_type':'gemma4_text','num_hidden_layers':3,'layer_types':['full_attention','sliding_attention','full_attention']}";
    String message = refused(config, stacked(3, 0, 1));
    assertTrue(message.contains("the last layer of gemma4_text has full attention"), message);
    assertTrue(
        changed(config, stacked(3, 1, 0))
            .contains("'layer_types':['sliding_attention','full_attention']"));
  }

  private static SidecarChanges sided(int before, Side side, Integer... origins) {
    return SidecarChanges.none().withLayers(new Layers(before, List.of(origins), false, side));
  }

  @Test
  void layersThatComputeByTheirNumberStayWhereTheyAre() throws IOException {
    for (String config :
        List.of(
            "{'n_layer': 4, 'scale_attn_by_inverse_layer_idx': true}",
            "{'num_hidden_layers': 4, 'model_type': 'diffllama'}",
            "{'num_hidden_layers': 4, 'model_type': 'minimax'}")) {
      String message = refused(config, stacked(4, 0, 2, 2, 3));
      assertTrue(
          message.contains(
              "follow from its number. Layer 1 of the output would be layer 2, which would compute"
                  + " something else there; choose ranges that leave layers at their numbers"),
          message);
    }
    assertEquals(
        "{'n_layer':2,'scale_attn_by_inverse_layer_idx':true}",
        changed("{'n_layer': 4, 'scale_attn_by_inverse_layer_idx': true}", stacked(4, 0, 1)));
    assertEquals(
        "{'n_layer':2,'scale_attn_by_inverse_layer_idx':false}",
        changed("{'n_layer': 4, 'scale_attn_by_inverse_layer_idx': false}", stacked(4, 1, 0)));
  }

  @Test
  void layersThatComputeByHowManyThereAreKeepTheirNumberOrWhatTheyCompute() throws IOException {
    for (String config :
        List.of(
            "{'num_hidden_layers': 4, 'model_type': 'minimax'}",
            "{'num_hidden_layers': 4, 'model_type': 'esmc'}",
            "{'num_hidden_layers': 4, 'model_type': 'minicpm3'}",
            "{'num_hidden_layers': 4, 'model_type': 'neomme', 'residual_multiplier': null}")) {
      String message = refused(config, stacked(4, 0, 1));
      assertTrue(
          message.contains(
              "follow from how many layers there are. The output would have 2 instead of 4, and all"
                  + " of them would compute something else; choose ranges that keep how many"),
          message);
    }
    assertEquals(
        "{'num_hidden_layers':4,'model_type':'minicpm','scale_depth':2.8}",
        changed(
            "{'num_hidden_layers': 1, 'model_type': 'minicpm', 'scale_depth': 1.4}",
            stacked(1, 0, 0, 0, 0)));
    assertEquals(
        "{'num_hidden_layers':1,'scale_depth':1.0}",
        changed("{'num_hidden_layers': 4, 'scale_depth': 2}", stacked(4, 1)));
    assertEquals(
        "{'num_hidden_layers':2,'scale_depth':1.4}",
        changed("{'num_hidden_layers': 2, 'scale_depth': 1.4}", stacked(2, 1, 0)));
    assertEquals(
        "{'num_hidden_layers':1,'model_type':'neomme','residual_multiplier':0.2,'layer_types':['b']}",
        changed(
            "{'num_hidden_layers': 2, 'model_type': 'neomme', 'residual_multiplier': 0.2,"
                + " 'layer_types': ['a', 'b']}",
            stacked(2, 1)));
  }

  /// Residuals of ChatGLM 1 are weighed by √(2 · layers); later ones have the same `model_type`.
  @Test
  void theFirstChatGlmComputesByHowManyLayersThereAre() throws IOException {
    assertTrue(
        refused("{'num_layers': 4, 'model_type': 'chatglm'}", stacked(4, 0, 1))
            .contains("the weight of its residuals (model_type chatglm) makes what each layer"));
    assertEquals(
        "{'num_layers':2,'model_type':'chatglm','padded_vocab_size':65024}",
        changed(
            "{'num_layers': 4, 'model_type': 'chatglm', 'padded_vocab_size': 65024}",
            stacked(4, 0, 1)));
  }

  @Test
  void layersThatAreStaggeredMoveByTwo() {
    assertTrue(
        refused("{'n_layer': 4, 'stagger_local_blocks': true}", stacked(4, 0, 2))
            .contains("stagger_local_blocks says which layers are of which kind"));
  }

  @Test
  void whatIsSaidOfADecoderIsNotSaidOfTheEncoderBesideIt() throws IOException {
    String config =
        "{'encoder_layers':4,'decoder_layers':4,'encoder_sparse_step':2,'decoder_sparse_step':4}";
    SidecarChanges encoder =
        SidecarChanges.none().withLayers(new Layers(4, List.of(0, 1, 0, 1), false, Side.ENCODER));
    assertEquals(config, changed(config, encoder));
    SidecarChanges decoder =
        SidecarChanges.none().withLayers(new Layers(4, List.of(0, 1, 0, 1), false, Side.DECODER));
    assertTrue(refused(config, decoder).contains("decoder_sparse_step says"));
  }

  @Test
  void aSecondCountOfLayersFollows() throws IOException {
    assertEquals(
        "{'num_hidden_layers':1,'num_blocks':1,'t':{'num_blocks':2}}",
        changed(
            "{'num_hidden_layers': 2, 'num_blocks': 2, 't': {'num_blocks': 2}}", stacked(2, 1)));
  }

  @Test
  void anEmptyListDoesNotCountInsteadOfAPeriod() {
    assertTrue(
        refused(
                "{'n_layer': 8, 'no_rope_layers': [], 'no_rope_layer_interval': 4}",
                stacked(8, 0, 1, 2, 4))
            .contains("no_rope_layer_interval"));
  }

  @Test
  void aListOfLayersCountsInsteadOfAPeriod() throws IOException {
    assertEquals(
        "{'n_layer':2,'layer_types':['full','slide'],'sliding_window_pattern':3}",
        changed(
            "{'n_layer': 3, 'layer_types': ['slide', 'slide', 'full'], 'sliding_window_pattern':"
                + " 3}",
            stacked(3, 2, 1)));
    assertEquals(
        "{'n_layer':2,'max_window_layers':1,'use_sliding_window':false}",
        changed(
            "{'n_layer': 2, 'max_window_layers': 1, 'use_sliding_window': false}",
            stacked(2, 1, 0)));
  }

  @Test
  void aLayerThatAListHasNoEntryForIsRefused() {
    assertTrue(
        refused("{'n_layer': 2, 'layer_types': ['a', 'b']}", stacked(2, 0, 2))
            .contains("layer_types"));
  }

  @Test
  void anotherPartOfTheModelKeepsItsSettings() throws IOException {
    assertEquals(
        "{'text_config':{'n_layer':1},'vision_config':{'depth':9,'moe_layer_freq':2}}",
        changed(
            "{'text_config': {'n_layer': 2}, 'vision_config': {'depth': 9, 'moe_layer_freq': 2}}",
            stacked(2, 1)));
  }
}
